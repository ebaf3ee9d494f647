import type { BarRun } from './bar-run.ts'
import type { StateArena } from './state-arena.ts'

/** Greatest of the last `bars` values; NaN counts as absent. Blocks as in WindowSum. */
export class WindowMaximum {
  readonly #bars: number
  /** Values; greatest from each place to the end of the last block; of this block. */
  readonly #state: Float64Array

  constructor(arena: StateArena, bars: number) {
    this.#bars = bars
    this.#state = arena.take(2 * bars + 2)
  }

  /** Forgets everything. */
  reset(): void {
    this.#state.fill(Number.NEGATIVE_INFINITY)
  }

  /** Takes a slot of the run's bars; writes the greatest, minus infinity of none, to slot `to`. */
  push({ values, size, first, count }: BarRun, slot: number, to: number): void {
    const state = this.#state
    const bars = this.#bars
    const from = slot * size
    const out = to * size
    let phase = first % bars
    let now = state[2 * bars + 1]!
    for (let i = 0; i < count; i++) {
      const value = values[from + i]!
      const seen = !Number.isNaN(value) ? value : Number.NEGATIVE_INFINITY
      state[phase] = seen
      if (seen > now) now = seen
      phase++
      const older = state[bars + phase]!
      values[out + i] = older > now ? older : now
      if (phase < bars) continue
      closeBlock(state, bars)
      phase = 0
      now = Number.NEGATIVE_INFINITY
    }
    state[2 * bars + 1] = now
  }
}

function closeBlock(state: Float64Array, bars: number): void {
  let greatest = Number.NEGATIVE_INFINITY
  for (let place = bars - 1; place >= 0; place--) {
    if (state[place]! > greatest) greatest = state[place]!
    state[bars + place] = greatest
  }
}
