import { assert } from '../lib/assert.ts'
import { WINDOW_MAX } from './exact-window.ts'

/** State of {@link RollingAverage} as plain data. */
export interface RollingAverageState {
  readonly window: number
  /** Values held, oldest first. */
  readonly values: readonly number[]
}

/** Mean of the last W integers from their exact sum: equal windows give equal bits. */
export class RollingAverage {
  readonly window: number
  readonly #ring: Float64Array
  readonly #limit: number
  #next = 0
  #count = 0
  #sum = 0

  /** A window of `window` values, an integer from 1 to WINDOW_MAX. */
  constructor(window: number) {
    assert(
      Number.isInteger(window) && window >= 1 && window <= WINDOW_MAX,
      `average window of ${window} values`,
    )
    this.window = window
    this.#ring = new Float64Array(window)
    this.#limit = Math.floor(2 ** 52 / window)
  }

  /** Mean of the window, NaN until it is full. */
  get value(): number {
    return this.#count === this.window ? this.#sum / this.window : Number.NaN
  }

  /** Values held, at most the window. */
  get count(): number {
    return this.#count
  }

  /**
   * Adds an integer of magnitude up to 2^52 / window; the oldest leaves when the window is full.
   */
  push(value: number): void {
    if (!(Number.isInteger(value) && Math.abs(value) <= this.#limit)) {
      assert(false, `average value ${value} is not an integer within ${this.#limit}`)
    }
    if (this.#count === this.window) this.#sum -= this.#ring[this.#next]!
    else this.#count++
    this.#ring[this.#next] = value
    this.#sum += value
    this.#next = this.#next + 1 === this.window ? 0 : this.#next + 1
  }

  /** Forgets all values. */
  clear(): void {
    this.#next = 0
    this.#count = 0
    this.#sum = 0
  }

  /** The state as plain data. */
  snapshot(): RollingAverageState {
    const first = this.#count === this.window ? this.#next : 0
    const values = Array.from(
      { length: this.#count },
      (_, i) => this.#ring[(first + i) % this.window]!,
    )
    return { window: this.window, values }
  }

  /** An average that goes on exactly as the one the state was taken from. */
  static restore(state: RollingAverageState): RollingAverage {
    const restored = new RollingAverage(state.window)
    assert(state.values.length <= state.window, 'average state holds more values than its window')
    for (const value of state.values) restored.push(value)
    return restored
  }
}
