const DIGIT_BITS = 8
const DIGITS = 1 << DIGIT_BITS
const MASK = DIGITS - 1

/** Sorts the values of one bar: radix sort by the bits of 32-bit numbers, equal ones by place. */
export class Ranker {
  readonly #keys: Int32Array
  readonly #spareKeys: Int32Array
  readonly #spare: Int32Array
  readonly #counts = new Int32Array(4 * DIGITS)
  readonly #float = new Float32Array(1)
  readonly #bits = new Int32Array(this.#float.buffer)
  /** Places of the values, ascending by value: as many as `sort` says. */
  readonly order: Int32Array

  constructor(length: number) {
    this.#keys = new Int32Array(length)
    this.#spareKeys = new Int32Array(length)
    this.#spare = new Int32Array(length)
    this.order = new Int32Array(length)
  }

  /** Sorts `values[at]` and after where `isIn` is not 0 and there is a value; how many these are. */
  sort(values: Float32Array, at: number, isIn: Uint8Array): number {
    const counts = this.#counts
    counts.fill(0)
    let count = 0
    for (let place = 0; place < isIn.length; place++) {
      const value = values[at + place]!
      if (isIn[place] === 0 || Number.isNaN(value)) continue
      // Adding 0 makes -0 equal to 0.
      this.#float[0] = value + 0
      const bits = this.#bits[0]!
      const key = bits ^ ((bits >> 31) | 0x80000000)
      this.#keys[count] = key
      this.order[count] = place
      counts[key & MASK]! += 1
      counts[DIGITS + ((key >>> DIGIT_BITS) & MASK)]! += 1
      counts[2 * DIGITS + ((key >>> (2 * DIGIT_BITS)) & MASK)]! += 1
      counts[3 * DIGITS + (key >>> (3 * DIGIT_BITS))]! += 1
      count++
    }
    startsOf(counts)
    this.#pass(count, 0, this.#keys, this.order, this.#spareKeys, this.#spare)
    this.#pass(count, 1, this.#spareKeys, this.#spare, this.#keys, this.order)
    this.#pass(count, 2, this.#keys, this.order, this.#spareKeys, this.#spare)
    this.#pass(count, 3, this.#spareKeys, this.#spare, this.#keys, this.order)
    return count
  }

  #pass(
    count: number,
    digit: number,
    keys: Int32Array,
    order: Int32Array,
    toKeys: Int32Array,
    toOrder: Int32Array,
  ): void {
    const counts = this.#counts
    const shift = digit * DIGIT_BITS
    const start = digit * DIGITS
    for (let i = 0; i < count; i++) {
      const key = keys[i]!
      const slot = start + ((key >>> shift) & MASK)
      const to = counts[slot]!
      counts[slot] = to + 1
      toKeys[to] = key
      toOrder[to] = order[i]!
    }
  }
}

/** Turns the counts of each digit into where the values of it begin. */
function startsOf(counts: Int32Array): void {
  for (let digit = 0; digit < counts.length; digit += DIGITS) {
    let start = 0
    for (let i = digit; i < digit + DIGITS; i++) {
      const count = counts[i]!
      counts[i] = start
      start += count
    }
  }
}
