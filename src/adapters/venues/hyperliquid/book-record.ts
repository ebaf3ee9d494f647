import { type MarketBatch, RECORD_BYTES, RecordKind, viewBatch } from '../../../core/mod.ts'
import { LEVEL_CAPACITY, type MarketFrame } from './market-frame.ts'

/**
 * The packed record of one book, over the same memory for every frame: what is read from it is
 * valid until the next one is set.
 */
export class BookRecord {
  readonly #buffer = new ArrayBuffer(RECORD_BYTES)
  #batch: MarketBatch = viewBatch(this.#buffer, 1, new Float64Array(4 * LEVEL_CAPACITY))

  /** The frame's book as a batch of one snapshot; times in microseconds. */
  set(frame: MarketFrame, receivedTime: number): MarketBatch {
    const { bids, asks } = frame
    const bidsEnd = 2 * frame.bidCount
    const asksLength = 2 * frame.askCount
    const { f64, i32, u8, u16, pool } = this.#roomFor(bidsEnd + asksLength)
    for (let i = 0; i < bidsEnd; i++) pool[i] = bids[i]!
    for (let i = 0; i < asksLength; i++) pool[bidsEnd + i] = asks[i]!
    f64[0] = receivedTime
    f64[1] = frame.time * 1000
    f64[2] = frame.bidCount
    f64[3] = 0
    i32[8] = frame.askCount
    u8[36] = RecordKind.snapshot
    u8[37] = 0
    u16[19] = frame.instrument
    return this.#batch
  }

  #roomFor(length: number): MarketBatch {
    if (length > this.#batch.pool.length) {
      this.#batch = viewBatch(this.#buffer, 1, new Float64Array(length))
    }
    return this.#batch
  }
}
