import type { StateArena } from '../windows/state-arena.ts'

const FAST = 2 / 13
const SLOW = 2 / 27
const SIGNAL = 2 / 10
const WILDER = 1 / 14
const CHANGES_MIN = 14
const SLOW_MIN = 26
const HISTOGRAM_MIN = 34

// Places in the state.
const LAST = 0
const CLOSES = 1
const GAIN = 2
const LOSS = 3
const FAST_MEAN = 4
const SLOW_MEAN = 5
const SIGNAL_MEAN = 6
const MISSING = 7

/**
 * Relative strength (Wilder 1978) and moving average convergence (Appel): exponential averages that
 * begin at the first value. A bar without a close leaves them as they were.
 */
export class MomentumOscillators {
  readonly #state: Float64Array

  constructor(arena: StateArena) {
    this.#state = arena.take(8)
  }

  /** Forgets everything. */
  reset(): void {
    this.#state.fill(0)
  }

  /** Takes the close of a bar, `values[slot]`. */
  push(values: Float64Array, slot: number): void {
    const close = values[slot]!
    const state = this.#state
    state[MISSING] = !Number.isNaN(close) ? 0 : 1
    if (state[MISSING] === 1) return
    const closes = state[CLOSES]! + 1
    const change = close - state[LAST]!
    state[CLOSES] = closes
    state[LAST] = close
    if (closes === 1) {
      state[FAST_MEAN] = close
      state[SLOW_MEAN] = close
      return
    }
    const gain = change > 0 ? change : 0
    const loss = change < 0 ? -change : 0
    const weight = closes === 2 ? 1 : WILDER
    state[GAIN]! += weight * (gain - state[GAIN]!)
    state[LOSS]! += weight * (loss - state[LOSS]!)
    state[FAST_MEAN]! += FAST * (close - state[FAST_MEAN]!)
    state[SLOW_MEAN]! += SLOW * (close - state[SLOW_MEAN]!)
    const convergence = state[FAST_MEAN]! - state[SLOW_MEAN]!
    if (closes < SLOW_MIN) return
    const share = closes === SLOW_MIN ? 1 : SIGNAL
    state[SIGNAL_MEAN]! += share * (convergence - state[SIGNAL_MEAN]!)
  }

  /** 0 to 100; NaN before 14 changes, without a loss, or without a close now. */
  get strength(): number {
    const state = this.#state
    const isKnown = state[MISSING] === 0 && state[CLOSES]! > CHANGES_MIN && state[LOSS]! > 0
    return isKnown ? 100 - 100 / (1 + state[GAIN]! / state[LOSS]!) : Number.NaN
  }

  /** Convergence less its own average; NaN before 34 closes, or without a close now. */
  get histogram(): number {
    const state = this.#state
    const isKnown = state[MISSING] === 0 && state[CLOSES]! >= HISTOGRAM_MIN
    return isKnown ? state[FAST_MEAN]! - state[SLOW_MEAN]! - state[SIGNAL_MEAN]! : Number.NaN
  }
}
