import type { StateArena } from './state-arena.ts'

/** Places of one summary: count, mean x, mean y, squares of x, squares of y, products. */
const WIDTH = 6

/**
 * Joint moments of the last `bars` pairs; a pair with a NaN counts as absent. Blocks and joining as
 * in WindowMoments.
 */
export class WindowCovariance {
  readonly #bars: number
  /** Values x, then y; a summary from each place to the end of the last block; now; the window. */
  readonly #state: Float64Array
  readonly #ends: number
  readonly #now: number
  readonly #window: number

  constructor(arena: StateArena, bars: number) {
    this.#bars = bars
    this.#ends = 2 * bars
    this.#now = this.#ends + WIDTH * (bars + 1)
    this.#window = this.#now + WIDTH
    this.#state = arena.take(this.#window + WIDTH)
  }

  /** Forgets everything. */
  reset(): void {
    this.#state.fill(0)
    this.#state.fill(Number.NaN, 0, 2 * this.#bars)
  }

  /** Takes the pair of a bar; `phase` is the bar's number modulo the length of the window. */
  push(x: number, y: number, phase: number): void {
    const state = this.#state
    state[phase] = x
    state[this.#bars + phase] = y
    if (!Number.isNaN(x) && !Number.isNaN(y)) addPair(state, this.#now, x, y)
    this.#join(this.#ends + WIDTH * (phase + 1))
    if (phase + 1 === this.#bars) this.#closeBlock()
  }

  /** Pairs that are there. */
  get count(): number {
    return this.#state[this.#window]!
  }

  /** Regression slope of x on y; NaN where y does not vary. */
  get slope(): number {
    const squares = this.#state[this.#window + 4]!
    return squares > 0 ? this.#state[this.#window + 5]! / squares : Number.NaN
  }

  /** Correlation within [-1, 1]; NaN where one of the two does not vary. */
  get correlation(): number {
    const product = this.#state[this.#window + 3]! * this.#state[this.#window + 4]!
    if (!(product > 0)) return Number.NaN
    return Math.max(-1, Math.min(1, this.#state[this.#window + 5]! / Math.sqrt(product)))
  }

  #join(older: number): void {
    const state = this.#state
    const newer = this.#now
    const window = this.#window
    const m = state[older]!
    const n = state[newer]!
    const count = m + n
    const share = count > 0 ? n / count : 0
    const offX = n > 0 && m > 0 ? state[newer + 1]! - state[older + 1]! : 0
    const offY = n > 0 && m > 0 ? state[newer + 2]! - state[older + 2]! : 0
    const base = m > 0 ? older : newer
    state[window] = count
    state[window + 1] = state[base + 1]! + offX * share
    state[window + 2] = state[base + 2]! + offY * share
    state[window + 3] = state[older + 3]! + state[newer + 3]! + offX * offX * m * share
    state[window + 4] = state[older + 4]! + state[newer + 4]! + offY * offY * m * share
    state[window + 5] = state[older + 5]! + state[newer + 5]! + offX * offY * m * share
  }

  #closeBlock(): void {
    const state = this.#state
    const now = this.#now
    state.fill(0, now, now + WIDTH)
    for (let place = this.#bars - 1; place >= 0; place--) {
      const x = state[place]!
      const y = state[this.#bars + place]!
      if (!Number.isNaN(x) && !Number.isNaN(y)) addPair(state, now, x, y)
      const to = this.#ends + WIDTH * place
      for (let i = 0; i < WIDTH; i++) state[to + i] = state[now + i]!
    }
    state.fill(0, now, now + WIDTH)
  }
}

function addPair(state: Float64Array, at: number, x: number, y: number): void {
  const count = state[at]! + 1
  const offX = x - state[at + 1]!
  const offY = y - state[at + 2]!
  const meanX = state[at + 1]! + offX / count
  const meanY = state[at + 2]! + offY / count
  state[at] = count
  state[at + 1] = meanX
  state[at + 2] = meanY
  state[at + 3]! += offX * (x - meanX)
  state[at + 4]! += offY * (y - meanY)
  state[at + 5]! += offX * (y - meanY)
}
