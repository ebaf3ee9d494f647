/** A growing column of numbers: amortised appends, one copy at the end. */
export class Column {
  #values = new Float64Array(256)
  #length = 0

  get length(): number {
    return this.#length
  }

  get last(): number {
    return this.#length === 0 ? Number.NaN : this.#values[this.#length - 1]!
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(this.#length * 2)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.#length++] = value
  }

  /** Puts a value in the place of the last one; there must be one. */
  replaceLast(value: number): void {
    this.#values[this.#length - 1] = value
  }

  toArray(): Float64Array {
    return this.#values.slice(0, this.#length)
  }
}
