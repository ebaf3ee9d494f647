import type { StateArena } from './state-arena.ts'

/**
 * Mean and sum of squared deviations of the last `bars` values; NaN counts as absent. Blocks as in
 * WindowSum, each summed up by Welford's recurrence and joined by the formula of Chan, Golub and
 * LeVeque (1979): exact for constants, stable at any level of the values.
 */
export class WindowMoments {
  readonly #bars: number
  /** Values; counts, means and squares to the end of the last block; this block; the window. */
  readonly #state: Float64Array
  readonly #counts: number
  readonly #means: number
  readonly #squares: number
  readonly #now: number

  constructor(arena: StateArena, bars: number) {
    this.#bars = bars
    this.#counts = bars
    this.#means = 2 * bars + 1
    this.#squares = 3 * bars + 2
    this.#now = 4 * bars + 3
    this.#state = arena.take(4 * bars + 9)
  }

  /** Forgets everything. */
  reset(): void {
    this.#state.fill(0)
    this.#state.fill(Number.NaN, 0, this.#bars)
  }

  /** Takes the value of a bar; `phase` is the bar's number modulo the length of the window. */
  push(value: number, phase: number): void {
    const state = this.#state
    const now = this.#now
    state[phase] = value
    if (!Number.isNaN(value)) {
      const count = state[now]! + 1
      const off = value - state[now + 1]!
      const mean = state[now + 1]! + off / count
      state[now] = count
      state[now + 1] = mean
      state[now + 2]! += off * (value - mean)
    }
    this.#join(phase + 1)
    if (phase + 1 === this.#bars) this.#closeBlock()
  }

  /** Values that are there. */
  get count(): number {
    return this.#state[this.#now + 3]!
  }

  /** Their mean; 0 of none. */
  get mean(): number {
    return this.#state[this.#now + 4]!
  }

  /** Standard deviation with divisor n - 1; NaN of fewer than two. */
  get deviation(): number {
    const count = this.#state[this.#now + 3]!
    return count > 1 ? Math.sqrt(this.#state[this.#now + 5]! / (count - 1)) : Number.NaN
  }

  #join(next: number): void {
    const state = this.#state
    const now = this.#now
    const older = state[this.#counts + next]!
    const newer = state[now]!
    const count = older + newer
    const share = count > 0 ? newer / count : 0
    const mean = older > 0 ? state[this.#means + next]! : state[now + 1]!
    const off = older > 0 && newer > 0 ? state[now + 1]! - mean : 0
    state[now + 3] = count
    state[now + 4] = mean + off * share
    state[now + 5] = state[this.#squares + next]! + state[now + 2]! + off * off * older * share
  }

  #closeBlock(): void {
    const state = this.#state
    let count = 0
    let mean = 0
    let squares = 0
    for (let place = this.#bars - 1; place >= 0; place--) {
      const value = state[place]!
      if (!Number.isNaN(value)) {
        count++
        const off = value - mean
        mean += off / count
        squares += off * (value - mean)
      }
      state[this.#counts + place] = count
      state[this.#means + place] = mean
      state[this.#squares + place] = squares
    }
    state.fill(0, this.#now, this.#now + 3)
  }
}
