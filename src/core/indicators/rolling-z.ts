import { assert } from '../lib/assert.ts'
import { ExactWindow } from './exact-window.ts'

/** Whether the window behind a z-score holds the value that is scored. */
export type CurrentValue = 'include' | 'exclude'

/** State of {@link RollingZ} as plain data. */
export interface RollingZState {
  readonly window: number
  readonly current: CurrentValue
  /** Values that decide every later result, oldest first. */
  readonly values: readonly number[]
}

/**
 * z-score of the newest of a run of integers against a rolling window of W: (x - mean) / s with the
 * sample deviation s (n - 1 in the divisor). With `include` the window ends at x and |z| is at most
 * (W - 1) / sqrt(W); with `exclude` it ends just before x.
 *
 * Computed from exact integer sums as (W x - S) / sqrt((W Q - S^2) W / (W - 1)), S and Q the sums
 * of
 * the values and of their squares, so equal windows give equal bits wherever the run started.
 */
export class RollingZ {
  readonly window: number
  readonly current: CurrentValue
  readonly #values: ExactWindow
  readonly #factor: number
  /** With `exclude`: the newest value, which enters the window with the next one. */
  #pending = 0
  #hasPending = false
  #z = Number.NaN

  /** A window of `window` values, an integer from 2 to WINDOW_MAX. */
  constructor(window: number, current: CurrentValue) {
    assert(window >= 2, `z-score window of ${window} values: at least 2`)
    this.window = window
    this.current = current
    this.#values = new ExactWindow(window)
    this.#factor = window / (window - 1)
  }

  /** z of the newest value; NaN before `needed` values and at zero variance. */
  get value(): number {
    return this.#z
  }

  /** Values seen since the start or the last `clear`, at most `needed`. */
  get count(): number {
    return this.#values.count + (this.#hasPending ? 1 : 0)
  }

  /** Values until the first z: W, with `exclude` one more. */
  get needed(): number {
    return this.current === 'include' ? this.window : this.window + 1
  }

  /** Adds the next value, a safe integer. */
  push(value: number): void {
    if (this.current === 'include') {
      this.#values.push(value)
    } else {
      if (!Number.isSafeInteger(value))
        assert(false, `z-score value ${value} is not a safe integer`)
      if (this.#hasPending) this.#values.push(this.#pending)
      this.#pending = value
      this.#hasPending = true
    }
    const spread = this.#values.full ? this.#values.spread() : 0
    this.#z =
      spread > 0 ? this.#values.distance(value) / Math.sqrt(spread * this.#factor) : Number.NaN
  }

  /** Mean of the window behind `value`; NaN with it. */
  mean(): number {
    return Number.isNaN(this.#z) ? Number.NaN : this.#values.sum() / this.window
  }

  /** Sample standard deviation of the window behind `value`; NaN with it. */
  deviation(): number {
    if (Number.isNaN(this.#z)) return Number.NaN
    return Math.sqrt(this.#values.spread() / (this.window * (this.window - 1)))
  }

  /** Forgets all values. */
  clear(): void {
    this.#values.clear()
    this.#hasPending = false
    this.#z = Number.NaN
  }

  /** The state as plain data. */
  snapshot(): RollingZState {
    const values = this.#values.values()
    if (this.#hasPending) values.push(this.#pending)
    return { window: this.window, current: this.current, values }
  }

  /** A score that goes on exactly as the one the state was taken from. */
  static restore(state: RollingZState): RollingZ {
    const restored = new RollingZ(state.window, state.current)
    assert(state.values.length <= restored.needed, 'z-score state holds more values than it needs')
    for (const value of state.values) restored.push(value)
    return restored
  }
}
