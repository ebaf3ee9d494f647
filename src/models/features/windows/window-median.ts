import type { StateArena } from './state-arena.ts'

/** Median of the last `bars` values; NaN counts as absent. The window is kept sorted. */
export class WindowMedian {
  readonly #bars: number
  /** Values by phase; the same ascending; how many there are; the median. */
  readonly #state: Float64Array

  constructor(arena: StateArena, bars: number) {
    this.#bars = bars
    this.#state = arena.take(2 * bars + 2)
  }

  /** Forgets everything. */
  reset(): void {
    this.#state.fill(Number.NaN)
    this.#state[2 * this.#bars] = 0
  }

  /** Takes `values[slot]` of a bar; `phase` is the bar's number modulo the window's length. */
  push(values: Float64Array, slot: number, phase: number): void {
    const value = values[slot]!
    const state = this.#state
    const bars = this.#bars
    const oldest = state[phase]!
    state[phase] = value
    let end = bars + (state[2 * bars]! | 0)
    // The place that becomes free: that of the oldest, or one more at the end.
    let free = end
    if (Number.isNaN(oldest)) end++
    else for (free = bars; state[free]! < oldest; ) free++
    if (Number.isNaN(value)) {
      for (end--; free < end; free++) state[free] = state[free + 1]!
    } else {
      for (; free > bars && state[free - 1]! > value; free--) state[free] = state[free - 1]!
      for (; free + 1 < end && state[free + 1]! < value; free++) state[free] = state[free + 1]!
      state[free] = value
    }
    const count = end - bars
    const middle = bars + (count >> 1)
    const upper = state[middle]!
    state[2 * bars] = count
    state[2 * bars + 1] = count % 2 === 1 ? upper : (state[middle - 1]! + upper) / 2
  }

  /** Values that are there. */
  get count(): number {
    return this.#state[2 * this.#bars]!
  }

  /** The middle, or the mean of the two; NaN of none. */
  get median(): number {
    return this.count > 0 ? this.#state[2 * this.#bars + 1]! : Number.NaN
  }
}
