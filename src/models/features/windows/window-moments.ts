import type { BarRun } from './bar-run.ts'
import type { StateArena } from './state-arena.ts'

/** Places of one summary: count, sum of the distances from the shift, sum of their squares. */
const WIDTH = 3

// Places after the values and the summaries of ends.
const SHIFT = WIDTH
const OLD_SHIFT = WIDTH + 1
const REST = WIDTH + 2

/**
 * Mean and standard deviation of the last `bars` values; NaN counts as absent. Blocks as in
 * WindowSum; each is summed up by distances from one of its own values that lies in the window: the
 * first of the newer block, the last of the older. So sums are never much larger than what they
 * are to give, at any level of the values, and constants deviate by exactly 0.
 */
export class WindowMoments {
  readonly #bars: number
  /** Values; a summary from each place to the end of the last block; this block. */
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

  /**
   * Takes a slot of the run's bars; writes the count to slot `to`, behind it the mean, NaN of none,
   * and the standard deviation with divisor n - 1, NaN of fewer than two.
   */
  push({ values, size, first, count }: BarRun, slot: number, to: number): void {
    const state = this.#state
    const bars = this.#bars
    const now = this.#now
    const from = slot * size
    const out = to * size
    let phase = first % bars
    let present = state[now]!
    let sum = state[now + 1]!
    let squares = state[now + 2]!
    let shift = state[now + SHIFT]!
    for (let i = 0; i < count; i++) {
      const value = values[from + i]!
      state[phase] = value
      if (!Number.isNaN(value)) {
        if (present === 0) shift = value
        const off = value - shift
        present += 1
        sum += off
        squares += off * off
      }
      phase++
      const older = bars + WIDTH * phase
      const before = state[older]!
      const oldShift = state[now + OLD_SHIFT]!
      const origin = present > 0 ? shift : oldShift
      const off = before > 0 ? oldShift - origin : 0
      const all = present + before
      const total = sum + state[older + 1]! + before * off
      const squared = squares + state[older + 2]! + off * (2 * state[older + 1]! + before * off)
      const mean = total / all
      const rest = squared - total * mean
      values[out + i] = all
      values[out + size + i] = origin + mean
      values[out + 2 * size + i] = Math.sqrt(
        (rest > 0 ? rest : 0) / (all > 1 ? all - 1 : Number.NaN),
      )
      if (phase < bars) continue
      closeBlock(state, bars, now)
      phase = 0
      present = 0
      sum = 0
      squares = 0
    }
    state[now] = present
    state[now + 1] = sum
    state[now + 2] = squares
    state[now + SHIFT] = shift
  }
}

function closeBlock(state: Float64Array, bars: number, now: number): void {
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
  state[now + OLD_SHIFT] = shift
}
