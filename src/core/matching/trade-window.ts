/** Trade ids remembered at least; twice as many at most. */
export const TRADE_WINDOW = 1024

const SLOTS = 2 * TRADE_WINDOW
const EMPTY = -1

/** A trade window as plain data: ids of the older and the newer generation. */
export type TradeWindowSnapshot = readonly [readonly number[], readonly number[]]

/**
 * Remembers the last {@link TRADE_WINDOW} trade ids of a stream in bounded memory: two hash tables
 * in typed arrays, the older of which is emptied when the newer is full.
 */
export class TradeWindow {
  #newer = new Float64Array(SLOTS).fill(EMPTY)
  #older = new Float64Array(SLOTS).fill(EMPTY)
  #count = 0
  /** Largest id so far: larger ones are new without a look at the older table. */
  #largest = EMPTY

  /** Remembers a non-negative integer id; false when it was there already. */
  add(id: number): boolean {
    const slot = find(this.#newer, id)
    if (this.#newer[slot]! === id) return false
    if (id > this.#largest) this.#largest = id
    else if (this.#older[find(this.#older, id)]! === id) return false
    this.#newer[slot] = id
    if (++this.#count >= TRADE_WINDOW) {
      const emptied = this.#older.fill(EMPTY)
      this.#older = this.#newer
      this.#newer = emptied
      this.#count = 0
    }
    return true
  }

  snapshot(): TradeWindowSnapshot {
    return [kept(this.#older), kept(this.#newer)]
  }

  restore([older, newer]: TradeWindowSnapshot): void {
    this.#older.fill(EMPTY)
    this.#newer.fill(EMPTY)
    for (const id of older) this.#older[find(this.#older, id)] = id
    for (const id of newer) this.#newer[find(this.#newer, id)] = id
    this.#count = newer.length
    this.#largest = Math.max(EMPTY, ...older, ...newer)
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

const kept = (table: Float64Array): number[] =>
  [...table].filter((id) => id !== EMPTY).sort((a, b) => a - b)
