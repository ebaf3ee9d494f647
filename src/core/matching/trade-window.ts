/** Trade ids remembered at least; twice as many at most. */
export const TRADE_WINDOW = 1024

const SLOTS = 2 * TRADE_WINDOW
const EMPTY = -1

/** A trade window as plain data: ids of the older and the newer generation. */
export type TradeWindowSnapshot = readonly [readonly number[], readonly number[]]

/**
 * Remembers the last {@link TRADE_WINDOW} trade ids of a stream in bounded memory: two generations,
 * the older of which is emptied when the newer is full.
 */
export class TradeWindow {
  #newer = new Generation()
  #older = new Generation()
  /** Largest id so far: larger ones are new without a search. */
  #largest = EMPTY

  /** Remembers a non-negative integer id; false when it was there already. */
  add(id: number): boolean {
    if (id > this.#largest) this.#largest = id
    else if (this.#newer.has(id) || this.#older.has(id)) return false
    this.#newer.add(id)
    if (this.#newer.count === TRADE_WINDOW) {
      const emptied = this.#older
      this.#older = this.#newer
      this.#newer = emptied
      emptied.clear()
    }
    return true
  }

  snapshot(): TradeWindowSnapshot {
    return [this.#older.sorted(), this.#newer.sorted()]
  }

  restore([older, newer]: TradeWindowSnapshot): void {
    this.#older.clear()
    this.#newer.clear()
    for (const id of older) this.#older.add(id)
    for (const id of newer) this.#newer.add(id)
    this.#largest = Math.max(EMPTY, ...older, ...newer)
  }
}

/**
 * Up to {@link TRADE_WINDOW} ids in order of arrival, which touches one cache line at a time, and a
 * hash table of them from the first search on: streams of growing ids never need one.
 */
class Generation {
  count = 0
  readonly #ids = new Float64Array(TRADE_WINDOW)
  #table: Float64Array | null = null

  add(id: number): void {
    this.#ids[this.count++] = id
    if (this.#table !== null) this.#table[find(this.#table, id)] = id
  }

  has(id: number): boolean {
    this.#table ??= this.#hash()
    return this.#table[find(this.#table, id)]! === id
  }

  clear(): void {
    this.count = 0
    this.#table?.fill(EMPTY)
  }

  sorted(): number[] {
    return [...this.#ids.subarray(0, this.count)].sort((a, b) => a - b)
  }

  #hash(): Float64Array {
    const table = new Float64Array(SLOTS).fill(EMPTY)
    for (let i = 0; i < this.count; i++) table[find(table, this.#ids[i]!)] = this.#ids[i]!
    return table
  }
}

/** Slot of `id`, or the empty slot where it belongs. Tables are at most half full. */
function find(table: Float64Array, id: number): number {
  const low = id >>> 0
  const high = (id / 4294967296) >>> 0
  let slot = Math.imul(low ^ (high * 31), 0x9e3779b1) >>> 21
  while (table[slot]! !== EMPTY && table[slot]! !== id) slot = slot + 1 === SLOTS ? 0 : slot + 1
  return slot
}
