import type { BarRun } from '../windows/bar-run.ts'
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

/**
 * Relative strength (Wilder 1978) and moving average convergence (Appel): exponential averages that
 * begin at the first value. A bar without a close leaves them as they were.
 */
export class MomentumOscillators {
  readonly #state: Float64Array

  constructor(arena: StateArena) {
    this.#state = arena.take(7)
  }

  /** Forgets everything. */
  reset(): void {
    this.#state.fill(0)
  }

  /**
   * Takes the closes of the run, slot `slot`; writes to slot `to` the strength, 0 to 100, NaN
   * before 14 changes and without a loss, and behind it the convergence less its own average, NaN
   * before 34 closes. Both are NaN without a close.
   */
  push({ values, size, count }: BarRun, slot: number, to: number): void {
    const state = this.#state
    const from = slot * size
    const out = to * size
    let closes = state[CLOSES]!
    let last = state[LAST]!
    let gain = state[GAIN]!
    let loss = state[LOSS]!
    let fast = state[FAST_MEAN]!
    let slow = state[SLOW_MEAN]!
    let signal = state[SIGNAL_MEAN]!
    for (let i = 0; i < count; i++) {
      const close = values[from + i]!
      if (Number.isNaN(close)) {
        values[out + i] = Number.NaN
        values[out + size + i] = Number.NaN
        continue
      }
      const change = close - last
      closes += 1
      last = close
      if (closes === 1) {
        fast = close
        slow = close
      } else {
        const weight = closes === 2 ? 1 : WILDER
        gain += weight * ((change > 0 ? change : 0) - gain)
        loss += weight * ((change < 0 ? -change : 0) - loss)
        fast += FAST * (close - fast)
        slow += SLOW * (close - slow)
        const share = closes === SLOW_MIN ? 1 : SIGNAL
        if (closes >= SLOW_MIN) signal += share * (fast - slow - signal)
      }
      values[out + i] =
        closes > CHANGES_MIN && loss > 0 ? 100 - 100 / (1 + gain / loss) : Number.NaN
      values[out + size + i] = closes >= HISTOGRAM_MIN ? fast - slow - signal : Number.NaN
    }
    state[CLOSES] = closes
    state[LAST] = last
    state[GAIN] = gain
    state[LOSS] = loss
    state[FAST_MEAN] = fast
    state[SLOW_MEAN] = slow
    state[SIGNAL_MEAN] = signal
  }
}
