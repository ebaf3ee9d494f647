import type { StateArena } from './state-arena.ts'

/** Places of one summary: count, sum of the distances from the shift, sum of their squares. */
const WIDTH = 3

// Places after the values and the summaries of ends.
const SHIFT = WIDTH
const OLD_SHIFT = WIDTH + 1
const COUNT = WIDTH + 2
const MEAN = WIDTH + 3
const DEVIATION = WIDTH + 4
const REST = WIDTH + 5

/**
 * Mean and standard deviation of the last `bars` values; NaN counts as absent. Blocks as in
 * WindowSum; each is summed up by distances from one of its own values that lies in the window: the
 * first of the newer block, the last of the older. So sums are never much larger than what they
 * are to give, at any level of the values, and constants deviate by exactly 0.
 */
export class WindowMoments {
  readonly #bars: number
  /** Values; a summary from each place to the end of the last block; this block; the window. */
  readonly #state: Float64Array
  readonly #now: number

  constructor(arena: StateArena, bars: number) {
    this.#bars = bars
    this.#now = bars + WIDTH * (bars + 1)
    this.#state = arena.take(this.#now + REST)
  }

  /** Forgets everything. */
  reset(): void {
    this.#state.fill(0)
    this.#state.fill(Number.NaN, 0, this.#bars)
  }

  /** Takes `values[slot]` of a bar; `phase` is the bar's number modulo the window's length. */
  push(values: Float64Array, slot: number, phase: number): void {
    const value = values[slot]!
    const state = this.#state
    const now = this.#now
    state[phase] = value
    if (!Number.isNaN(value)) {
      if (state[now] === 0) state[now + SHIFT] = value
      const off = value - state[now + SHIFT]!
      state[now]! += 1
      state[now + 1]! += off
      state[now + 2]! += off * off
    }
    this.#join(this.#bars + WIDTH * (phase + 1))
    if (phase + 1 === this.#bars) this.#closeBlock()
  }

  /** Values that are there. */
  get count(): number {
    return this.#state[this.#now + COUNT]!
  }

  /** Their mean; NaN of none. */
  get mean(): number {
    return this.#state[this.#now + MEAN]!
  }

  /** Standard deviation with divisor n - 1; NaN of fewer than two. */
  get deviation(): number {
    return this.#state[this.#now + DEVIATION]!
  }

  /** Joins the summary of the older block at `older` with that of this one. */
  #join(older: number): void {
    const state = this.#state
    const now = this.#now
    const before = state[older]!
    const isNew = state[now]! > 0
    const shift = isNew ? state[now + SHIFT]! : state[now + OLD_SHIFT]!
    const off = before > 0 ? state[now + OLD_SHIFT]! - shift : 0
    const count = state[now]! + before
    const sum = state[now + 1]! + state[older + 1]! + before * off
    const squares =
      state[now + 2]! + state[older + 2]! + off * (2 * state[older + 1]! + before * off)
    const mean = sum / count
    const rest = squares - sum * mean
    state[now + COUNT] = count
    state[now + MEAN] = shift + mean
    state[now + DEVIATION] = Math.sqrt((rest > 0 ? rest : 0) / (count > 1 ? count - 1 : Number.NaN))
  }

  #closeBlock(): void {
    const state = this.#state
    const bars = this.#bars
    const now = this.#now
    let shift = 0
    let count = 0
    let sum = 0
    let squares = 0
    for (let place = bars - 1; place >= 0; place--) {
      const value = state[place]!
      if (!Number.isNaN(value)) {
        if (count === 0) shift = value
        const off = value - shift
        count++
        sum += off
        squares += off * off
      }
      const to = bars + WIDTH * place
      state[to] = count
      state[to + 1] = sum
      state[to + 2] = squares
    }
    state[now] = 0
    state[now + 1] = 0
    state[now + 2] = 0
    state[now + OLD_SHIFT] = shift
  }
}
