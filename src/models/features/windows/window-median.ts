import type { BarRun } from './bar-run.ts'
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

  /**
   * Takes a slot of the run's bars; writes the count to slot `to`, and behind it the middle value or
   * the mean of the two, NaN of none.
   */
  push({ values, size, first, count }: BarRun, slot: number, to: number): void {
    const state = this.#state
    const bars = this.#bars
    const from = slot * size
    const out = to * size
    let phase = first % bars
    let present = state[2 * bars]! | 0
    for (let i = 0; i < count; i++) {
      const value = values[from + i]!
      const oldest = state[phase]!
      state[phase] = value
      if (++phase === bars) phase = 0
      let end = bars + present
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
      present = end - bars
      const middle = bars + (present >> 1)
      const upper = state[middle]!
      values[out + i] = present
      values[out + size + i] =
        present === 0 ? Number.NaN : present % 2 === 1 ? upper : (state[middle - 1]! + upper) / 2
    }
    state[2 * bars] = present
  }
}
