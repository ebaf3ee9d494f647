import { type MarketBatch, RECORD_BYTES, RecordKind, viewBatch } from '../../../core/mod.ts'
import type { MarketFrame } from './market-frame.ts'

/**
 * The packed record of one book, over the same memory for every frame and with the frame's levels:
 * what is read from it is valid until the next frame is read.
 */
export class BookRecord {
  readonly #buffer = new ArrayBuffer(RECORD_BYTES)
  #batch: MarketBatch = viewBatch(this.#buffer, 1, new Float64Array(0))

  /** The frame's book as a batch of one snapshot; times in microseconds. */
  set(frame: MarketFrame, receivedTime: number): MarketBatch {
    if (this.#batch.pool !== frame.levels) this.#batch = viewBatch(this.#buffer, 1, frame.levels)
    const { f64, i32, u8, u16 } = this.#batch
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
}
