import { assert } from '../../../core/mod.ts'

/** Hands out pieces of one array, so that all that a machine remembers can be copied at once. */
export class StateArena {
  readonly values: Float64Array
  #used = 0

  constructor(values: Float64Array) {
    this.values = values
  }

  /** Elements handed out so far. */
  get used(): number {
    return this.#used
  }

  /** The next `length` elements. */
  take(length: number): Float64Array {
    const start = this.#used
    this.#used += length
    assert(this.#used <= this.values.length, 'the arena is large enough')
    return this.values.subarray(start, this.#used)
  }
}
