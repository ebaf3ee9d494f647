import type { StateArena } from './state-arena.ts'

/**
 * Sum of the last `bars` values; NaN counts as absent. Nothing is ever subtracted: bars are cut
 * into blocks by their number, and a window is the end of one block and the beginning of the next
 * (van Herk 1992), so no rounding builds up and the same window gives the same bits wherever a run
 * began.
 */
export class WindowSum {
  readonly #bars: number
  /** Values of the block; counts and sums from each place to the end of the last block; now. */
  readonly #state: Float64Array
  readonly #counts: number
  readonly #sums: number
  readonly #now: number

  constructor(arena: StateArena, bars: number) {
    this.#bars = bars
    this.#counts = bars
    this.#sums = 2 * bars + 1
    this.#now = 3 * bars + 2
    this.#state = arena.take(3 * bars + 6)
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
      state[now]! += 1
      state[now + 1]! += value
    }
    const next = phase + 1
    state[now + 2] = state[now]! + state[this.#counts + next]!
    state[now + 3] = state[now + 1]! + state[this.#sums + next]!
    if (next === this.#bars) this.#closeBlock()
  }

  /** Values that are there. */
  get count(): number {
    return this.#state[this.#now + 2]!
  }

  /** Their sum; 0 of none. */
  get sum(): number {
    return this.#state[this.#now + 3]!
  }

  #closeBlock(): void {
    const state = this.#state
    let count = 0
    let sum = 0
    for (let place = this.#bars - 1; place >= 0; place--) {
      const value = state[place]!
      if (!Number.isNaN(value)) {
        count++
        sum += value
      }
      state[this.#counts + place] = count
      state[this.#sums + place] = sum
    }
    state[this.#now] = 0
    state[this.#now + 1] = 0
  }
}
