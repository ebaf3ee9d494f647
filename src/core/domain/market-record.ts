import { assert } from '../lib/assert.ts'
import type { TimeUs } from './units.ts'

/**
 * The packed form in which market data reach the core, are recorded and replayed: 40 little-endian
 * bytes a record, plus a pool of numbers for levels and bars.
 *
 *  offset  type  field
 *       0  f64   receivedTime, us
 *       8  f64   venueTime, us
 *      16  f64   quantity, lots (trade, delta); number of bids (snapshot)
 *      24  f64   aux: trade id (trade), pool index (snapshot, bar), rate x 1e9 (funding)
 *      32  i32   price, quanta; number of asks (snapshot)
 *      36  u8    kind ({@link RecordKind})
 *      37  u8    side: 0 bid or buy aggressor, 1 ask or sell aggressor
 *      38  u16   instrument
 */
export const RECORD_BYTES = 40
/** Layout number of the packed form; stored in the header of every file that holds it. */
export const RECORD_VERSION = 1

/** What a record says. */
export const RecordKind = {
  /** Whole book: pool holds bids best first, then asks best first, as (price, quantity) pairs. */
  snapshot: 0,
  /** One level set to a quantity; 0 removes it. Side 0 bid, 1 ask. */
  delta: 1,
  /** A public trade; side is the aggressor's. */
  trade: 2,
  /** A finished bar; pool holds open, high, low, close (quanta), volume (lots), open time (us). */
  bar: 3,
  /** Funding rate that applies at venueTime; aux is the rate x 1e9 for the interval. */
  funding: 4,
  /** Mark and oracle price: price is the mark in quanta, quantity the oracle price in quanta. */
  mark: 5,
} as const
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind]

/** Numbers a bar takes in the pool. */
export const BAR_POOL_LENGTH = 6

/** A block of records with the pool they point into. Plain data; owned by whoever made it. */
export interface MarketBatch {
  readonly count: number
  /** Views over one buffer of count x 40 bytes. */
  readonly f64: Float64Array
  readonly i32: Int32Array
  readonly u8: Uint8Array
  readonly u16: Uint16Array
  readonly pool: Float64Array
  /** True when no record has an earlier venue time than the one before; null when not known. */
  readonly isVenueOrdered: boolean | null
}

/** Reused read position in a batch; the hot path reads through it without allocating. */
export class MarketCursor {
  receivedTime: TimeUs = 0
  venueTime: TimeUs = 0
  quantity = 0
  aux = 0
  price = 0
  kind: number = 0
  side = 0
  instrument = 0
  pool: Float64Array = new Float64Array(0)

  /** Loads record `index` of `batch`. */
  load(batch: MarketBatch, index: number): void {
    const { f64, i32, pool } = batch
    const f = index * 5
    this.receivedTime = f64[f]!
    this.venueTime = f64[f + 1]!
    this.quantity = f64[f + 2]!
    this.aux = f64[f + 3]!
    this.price = i32[2 * f + 8]!
    // Kind, side and instrument in one read.
    const last = i32[2 * f + 9]!
    this.kind = last & 255
    this.side = (last >> 8) & 255
    this.instrument = last >>> 16
    if (this.pool !== pool) this.pool = pool
  }
}

/** Views over a buffer of whole records. */
export function viewBatch(buffer: ArrayBufferLike, count: number, pool: Float64Array): MarketBatch {
  assert(buffer.byteLength >= count * RECORD_BYTES, 'buffer is shorter than its records')
  return {
    isVenueOrdered: null,
    count,
    f64: new Float64Array(buffer, 0, count * 5),
    i32: new Int32Array(buffer, 0, count * 10),
    u8: new Uint8Array(buffer, 0, count * RECORD_BYTES),
    u16: new Uint16Array(buffer, 0, count * 20),
    pool,
  }
}

/** Fields common to every written record. */
export interface RecordHead {
  readonly receivedTime: TimeUs
  readonly venueTime: TimeUs
  readonly instrument: number
}

/** Appends records; grows by doubling. `batch()` views what was written so far without copying. */
export class MarketWriter {
  #buffer: ArrayBuffer
  #view: DataView
  #pool: Float64Array
  #count = 0
  #poolLength = 0
  #lastVenueTime = Number.NEGATIVE_INFINITY
  #isVenueOrdered = true

  constructor(capacity = 1024) {
    this.#buffer = new ArrayBuffer(capacity * RECORD_BYTES)
    this.#view = new DataView(this.#buffer)
    this.#pool = new Float64Array(capacity)
  }

  get count(): number {
    return this.#count
  }

  /** Book snapshot. `bids` and `asks` are flat (price, quantity) pairs, best first. */
  snapshot(head: RecordHead, bids: ArrayLike<number>, asks: ArrayLike<number>): void {
    const at = this.#reserve(bids.length + asks.length)
    for (let i = 0; i < bids.length; i++) this.#pool[at + i] = bids[i]!
    for (let i = 0; i < asks.length; i++) this.#pool[at + bids.length + i] = asks[i]!
    this.#put(head, RecordKind.snapshot, bids.length / 2, at, asks.length / 2, 0)
  }

  /** One level set to `quantity` lots (0 removes). */
  delta(head: RecordHead, side: 'bid' | 'ask', price: number, quantity: number): void {
    this.#put(head, RecordKind.delta, quantity, 0, price, side === 'bid' ? 0 : 1)
  }

  /** Public trade; `tradeId` must be unique per instrument within the stream. */
  trade(
    head: RecordHead,
    aggressor: 'buy' | 'sell',
    price: number,
    quantity: number,
    tradeId: number,
  ): void {
    this.#put(head, RecordKind.trade, quantity, tradeId, price, aggressor === 'buy' ? 0 : 1)
  }

  /** Finished bar; prices in quanta, volume in lots, `openTime` in us. venueTime is its close. */
  bar(head: RecordHead, bar: BarFields): void {
    const at = this.#reserve(BAR_POOL_LENGTH)
    this.#pool.set([bar.open, bar.high, bar.low, bar.close, bar.volume, bar.openTime], at)
    this.#put(head, RecordKind.bar, bar.volume, at, bar.close, 0)
  }

  /** Funding rate that applies at venueTime. */
  funding(head: RecordHead, rateE9: number): void {
    this.#put(head, RecordKind.funding, 0, rateE9, 0, 0)
  }

  /** Mark and oracle price in quanta. */
  mark(head: RecordHead, mark: number, oracle: number): void {
    this.#put(head, RecordKind.mark, oracle, 0, mark, 0)
  }

  /** Views what has been written; stays valid until the next write that grows the buffers. */
  batch(): MarketBatch {
    const pool = this.#pool.subarray(0, this.#poolLength)
    const batch = viewBatch(this.#buffer, this.#count, pool)
    return { ...batch, isVenueOrdered: this.#isVenueOrdered }
  }

  /** Forgets everything written; capacity stays. */
  clear(): void {
    this.#count = 0
    this.#poolLength = 0
    this.#lastVenueTime = Number.NEGATIVE_INFINITY
    this.#isVenueOrdered = true
  }

  /** Copies record `index` of another batch, with its pool part. */
  copy(batch: MarketBatch, index: number, cursor: MarketCursor): void {
    cursor.load(batch, index)
    const length =
      cursor.kind === RecordKind.snapshot
        ? 2 * (cursor.quantity + cursor.price)
        : cursor.kind === RecordKind.bar
          ? BAR_POOL_LENGTH
          : 0
    const at = this.#reserve(length)
    for (let i = 0; i < length; i++) this.#pool[at + i] = batch.pool[cursor.aux + i]!
    const aux = length > 0 ? at : cursor.aux
    this.#put(cursor, cursor.kind, cursor.quantity, aux, cursor.price, cursor.side)
  }

  #reserve(length: number): number {
    const at = this.#poolLength
    if (at + length > this.#pool.length) {
      const grown = new Float64Array(Math.max(this.#pool.length * 2, at + length))
      grown.set(this.#pool.subarray(0, at))
      this.#pool = grown
    }
    this.#poolLength = at + length
    return at
  }

  #put(
    head: RecordHead,
    kind: number,
    quantity: number,
    aux: number,
    price: number,
    side: number,
  ): void {
    let offset = this.#count * RECORD_BYTES
    if (offset + RECORD_BYTES > this.#buffer.byteLength) {
      const grown = new ArrayBuffer(this.#buffer.byteLength * 2)
      new Uint8Array(grown).set(new Uint8Array(this.#buffer))
      this.#buffer = grown
      this.#view = new DataView(grown)
      offset = this.#count * RECORD_BYTES
    }
    if (!(price >= 0 && price <= 2147483647)) {
      assert(false, `price ${price} does not fit a packed record`)
    }
    if (head.venueTime < this.#lastVenueTime) this.#isVenueOrdered = false
    this.#lastVenueTime = head.venueTime
    const view = this.#view
    view.setFloat64(offset, head.receivedTime, true)
    view.setFloat64(offset + 8, head.venueTime, true)
    view.setFloat64(offset + 16, quantity, true)
    view.setFloat64(offset + 24, aux, true)
    view.setInt32(offset + 32, price, true)
    view.setUint8(offset + 36, kind)
    view.setUint8(offset + 37, side)
    view.setUint16(offset + 38, head.instrument, true)
    this.#count++
  }
}

/** Prices of a bar in quanta, volume in lots, open time in us. */
export interface BarFields {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly openTime: TimeUs
}
