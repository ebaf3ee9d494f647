/** A set of texts that remembers the last `capacity` additions: a window for deduplication. */
export class BoundedSet {
  readonly #capacity: number
  readonly #values = new Set<string>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  has(value: string): boolean {
    return this.#values.has(value)
  }

  /** Adds and returns true, or returns false when it was there. */
  add(value: string): boolean {
    if (this.#values.has(value)) return false
    this.#values.add(value)
    if (this.#values.size > this.#capacity) {
      for (const oldest of this.#values) {
        this.#values.delete(oldest)
        break
      }
    }
    return true
  }

  values(): readonly string[] {
    return [...this.#values]
  }

  restore(values: readonly string[]): void {
    this.#values.clear()
    for (const value of values) this.#values.add(value)
  }
}
