import type { StateArena } from './state-arena.ts'

/** Median of the last `bars` values; NaN counts as absent. The window is kept sorted. */
export class WindowMedian {
  readonly #bars: number
  /** Values by phase; the same ascending; how many there are. */
  readonly #state: Float64Array

  constructor(arena: StateArena, bars: number) {
    this.#bars = bars
    this.#state = arena.take(2 * bars + 1)
  }

  /** Forgets everything. */
  reset(): void {
    this.#state.fill(Number.NaN)
    this.#state[2 * this.#bars] = 0
  }

  /** Takes the value of a bar; `phase` is the bar's number modulo the length of the window. */
  push(value: number, phase: number): void {
    const state = this.#state
    const bars = this.#bars
    const oldest = state[phase]!
    state[phase] = value
    let end = bars + state[2 * bars]!
    if (!Number.isNaN(oldest)) {
      let at = bars
      while (state[at]! < oldest) at++
      for (end--; at < end; at++) state[at] = state[at + 1]!
    }
    if (!Number.isNaN(value)) {
      let at = end++
      for (; at > bars && state[at - 1]! > value; at--) state[at] = state[at - 1]!
      state[at] = value
    }
    state[2 * bars] = end - bars
  }

  /** Values that are there. */
  get count(): number {
    return this.#state[2 * this.#bars]!
  }

  /** The middle, or the mean of the two; NaN of none. */
  get median(): number {
    const count = this.count
    if (count === 0) return Number.NaN
    const middle = this.#bars + (count >> 1)
    if (count % 2 === 1) return this.#state[middle]!
    return (this.#state[middle - 1]! + this.#state[middle]!) / 2
  }
}
