import { type MarketBatch, RECORD_BYTES, viewBatch } from '../../../core/mod.ts'

const WORDS = RECORD_BYTES / 4
/** The word whose upper half is the instrument. */
const LAST_WORD = WORDS - 1

/**
 * The records of a batch that are about one engine's instruments, with its own ids, in a buffer
 * that is used again: what it returns is good until the next call. The pool is shared.
 */
export class Selection {
  /** Own id by the account's; -1 where it is not traded. */
  readonly #own: Int32Array
  #views = makeViews(256)

  constructor(own: Int32Array) {
    this.#own = own
  }

  select(batch: MarketBatch): MarketBatch {
    if (batch.count > this.#views.i32.length / WORDS) this.#views = makeViews(2 * batch.count)
    const { f64, i32, u8, u16 } = this.#views
    const from = batch.i32
    let count = 0
    for (let i = 0; i < batch.count; i++) {
      const last = from[i * WORDS + LAST_WORD]!
      const own = this.#own[last >>> 16]!
      if (own < 0) continue
      const at = count * WORDS
      for (let word = 0; word < LAST_WORD; word++) i32[at + word] = from[i * WORDS + word]!
      i32[at + LAST_WORD] = (own << 16) | (last & 0xffff)
      count++
    }
    const { pool, isVenueOrdered } = batch
    return { count, f64, i32, u8, u16, pool, isVenueOrdered }
  }
}

const makeViews = (records: number): MarketBatch =>
  viewBatch(new ArrayBuffer(records * RECORD_BYTES), records, new Float64Array(0))
