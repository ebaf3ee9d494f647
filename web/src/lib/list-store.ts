import type { ListOf } from './protocol.ts'

/** A list kept by id: snapshots replace it, deltas add to it or update it in place. */
export class ListStore<Item> {
  readonly #idOf: (item: Item) => string
  readonly #keptMax: number
  #items = new Map<string, Item>()

  constructor(idOf: (item: Item) => string, keptMax: number) {
    this.#idOf = idOf
    this.#keptMax = keptMax
  }

  /** Applies a message and returns the whole list, oldest first. */
  merge(list: ListOf<Item>): readonly Item[] {
    if (!list.isPartial) this.#items = new Map()
    for (const item of list.items) this.#items.set(this.#idOf(item), item)
    for (const id of this.#items.keys()) {
      if (this.#items.size <= this.#keptMax) break
      this.#items.delete(id)
    }
    return [...this.#items.values()]
  }
}
