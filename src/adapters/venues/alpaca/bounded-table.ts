/** Entries kept; the oldest leave first. */
const TABLE_LIMIT = 16_384

/** A map that forgets what was set longest ago when it is full. */
export class BoundedTable<Key, Value> {
  readonly #entries = new Map<Key, Value>()

  get(key: Key): Value | undefined {
    return this.#entries.get(key)
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key)
    if (this.#entries.size >= TABLE_LIMIT) {
      const oldest = this.#entries.keys().next()
      if (oldest.done === false) this.#entries.delete(oldest.value)
    }
    this.#entries.set(key, value)
  }
}
