import type { StateArena } from './state-arena.ts'

/** Greatest of the last `bars` values; NaN counts as absent. Blocks as in WindowSum. */
export class WindowMaximum {
  readonly #bars: number
  /** Values; greatest from each place to the end of the last block; of this block; of the window. */
  readonly #state: Float64Array

  constructor(arena: StateArena, bars: number) {
    this.#bars = bars
    this.#state = arena.take(2 * bars + 3)
  }

  /** Forgets everything. */
  reset(): void {
    this.#state.fill(Number.NEGATIVE_INFINITY)
  }

  /** Takes `values[slot]` of a bar; `phase` is the bar's number modulo the window's length. */
  push(values: Float64Array, slot: number, phase: number): void {
    const value = values[slot]!
    const state = this.#state
    const bars = this.#bars
    const seen = !Number.isNaN(value) ? value : Number.NEGATIVE_INFINITY
    const now = 2 * bars + 1
    state[phase] = seen
    if (seen > state[now]!) state[now] = seen
    const older = state[bars + phase + 1]!
    state[now + 1] = older > state[now]! ? older : state[now]!
    if (phase + 1 < bars) return
    let greatest = Number.NEGATIVE_INFINITY
    for (let place = bars - 1; place >= 0; place--) {
      if (state[place]! > greatest) greatest = state[place]!
      state[bars + place] = greatest
    }
    state[now] = Number.NEGATIVE_INFINITY
  }

  /** The greatest; minus infinity of none. */
  get greatest(): number {
    return this.#state[2 * this.#bars + 2]!
  }
}
