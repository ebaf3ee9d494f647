import { assert } from '../lib/assert.ts'

/**
 * What may be concluded from a book: never seen or cleared (`unknown`), a side is empty
 * (`oneSided`), bid below ask (`valid`), equal (`locked`), above (`crossed`), or updates are
 * missing since the last snapshot (`gapped`). Trade only on `valid`.
 */
export type BookStatus = 'unknown' | 'oneSided' | 'valid' | 'locked' | 'crossed' | 'gapped'

/** What a book keeps. */
export interface OrderBookOptions {
  /** Levels per side that imbalance sums over, at least 1. */
  readonly levels: number
  /** Levels kept per side, at least `levels`; 128 unless given. Deeper ones are not held. */
  readonly capacity?: number
}

const UNKNOWN = 0
const KNOWN = 1
const GAPPED = 2
/** Levels searched one by one from the best before the search turns binary. */
const LINEAR_REACH = 24
/** Longer moves go through copyWithin, which costs a call but moves memory at once. */
const LOOP_REACH = 48
const MAXIMUM_KEY = 2147483647

/**
 * An aggregated order book in typed arrays, best level first, with exact sums of lots over the best
 * N levels kept up to date by every change. Nothing is allocated after construction.
 *
 * Both sides are stored under a key that grows away from the best (ask: price, bid: -price), the
 * best last: most updates are near it, and then few levels have to move. What is kept is always an
 * unbroken run from the best: levels that fell off the far end are remembered as a horizon, and
 * updates at or beyond it are left out until the next snapshot. Should removals then leave fewer
 * than N levels inside the horizon, the book is `gapped`.
 */
export class OrderBook {
  /** Levels per side in the sums. */
  readonly levels: number
  /** Levels kept per side. */
  readonly capacity: number
  readonly #keys: Int32Array
  readonly #quantities: Float64Array
  readonly #counts = new Int32Array(2)
  /** Key of the nearest level known to be missing; MAXIMUM_KEY when none is. */
  readonly #horizons = new Int32Array(2).fill(MAXIMUM_KEY)
  readonly #sums = new Float64Array(2)
  #state = UNKNOWN
  #refused = 0

  constructor(options: OrderBookOptions) {
    const { levels, capacity = 128 } = options
    assert(Number.isInteger(levels) && levels >= 1, `book levels ${levels}: an integer from 1`)
    assert(
      Number.isInteger(capacity) && capacity >= levels,
      `book capacity ${capacity}: an integer of at least the ${levels} levels`,
    )
    this.levels = levels
    this.capacity = capacity
    this.#keys = new Int32Array(2 * capacity)
    this.#quantities = new Float64Array(2 * capacity)
  }

  /** What may be concluded from the book now. */
  get status(): BookStatus {
    if (this.#state === UNKNOWN) return 'unknown'
    if (this.#state === GAPPED) return 'gapped'
    if (this.#counts[0]! === 0 || this.#counts[1]! === 0) return 'oneSided'
    const spread = this.#bestKey(0) + this.#bestKey(1)
    return spread > 0 ? 'valid' : spread === 0 ? 'locked' : 'crossed'
  }

  /** Inputs refused as malformed so far (unsorted, not positive, not integer, out of range). */
  get refused(): number {
    return this.#refused
  }

  /**
   * Replaces the whole book by `bidCount` then `askCount` (price, quantity) pairs, each best first,
   * starting at `pool[at]`. A malformed snapshot leaves the book unknown and counts in `refused`.
   */
  applySnapshot(pool: Float64Array, at: number, bidCount: number, askCount: number): void {
    this.#state = KNOWN
    if (!this.#load(0, pool, at, bidCount) || !this.#load(1, pool, at + 2 * bidCount, askCount)) {
      this.#refused++
      this.clear()
    }
  }

  /**
   * Sets the level at `price` (quanta) of side 0 bid or 1 ask to `quantity` lots, 0 removes it.
   * Returns the quantity it held, 0 if none. Left out while unknown; a malformed update leaves the
   * book gapped and counts in `refused`.
   */
  applyDelta(side: 0 | 1, price: number, quantity: number): number {
    if (this.#state === UNKNOWN) return 0
    if ((price | 0) !== price || price <= 0 || quantity < 0 || !Number.isSafeInteger(quantity)) {
      this.#refused++
      this.#state = GAPPED
      return 0
    }
    const key = side === 0 ? -price : price
    const keys = this.#keys
    const start = side * this.capacity
    const end = start + this.#counts[side]!
    const index = this.#find(start, end, key)
    if (index >= start && keys[index]! === key) {
      const quantities = this.#quantities
      const old = quantities[index]!
      if (quantity > 0) {
        quantities[index] = quantity
        if (index >= end - this.levels) this.#sums[side]! += quantity - old
      } else {
        this.#remove(side, index, end)
      }
      return old
    }
    if (quantity > 0 && key < this.#horizons[side]!) this.#insert(side, index, end, key, quantity)
    return 0
  }

  /** Updates are missing: the book stays gapped until the next snapshot. Unknown stays unknown. */
  markGap(): void {
    if (this.#state === KNOWN) this.#state = GAPPED
  }

  /** Forgets all levels: unknown until the next snapshot. */
  clear(): void {
    this.#state = UNKNOWN
    this.#counts.fill(0)
    this.#sums.fill(0)
    this.#horizons.fill(MAXIMUM_KEY)
  }

  /** Best bid in quanta, -1 when there is none. */
  bestBid(): number {
    return this.#counts[0]! > 0 ? -this.#bestKey(0) : -1
  }

  /** Best ask in quanta, -1 when there is none. */
  bestAsk(): number {
    return this.#counts[1]! > 0 ? this.#bestKey(1) : -1
  }

  /** Lots at the best bid, 0 when there is none. */
  bestBidQuantity(): number {
    return this.#counts[0]! > 0 ? this.#quantities[this.#counts[0]! - 1]! : 0
  }

  /** Lots at the best ask, 0 when there is none. */
  bestAskQuantity(): number {
    return this.#counts[1]! > 0 ? this.#quantities[this.capacity + this.#counts[1]! - 1]! : 0
  }

  /** Levels held on a side, 0 bid or 1 ask. */
  depth(side: 0 | 1): number {
    return this.#counts[side]!
  }

  /** Price in quanta of level `index` from the best, 0 <= index < depth. */
  priceAt(side: 0 | 1, index: number): number {
    const key = this.#keys[this.#position(side, index)]!
    return side === 0 ? -key : key
  }

  /** Lots of level `index` from the best, 0 <= index < depth. */
  quantityAt(side: 0 | 1, index: number): number {
    return this.#quantities[this.#position(side, index)]!
  }

  /** Price in quanta of the nearest level known to be missing on a side, -1 when none is. */
  missingFrom(side: 0 | 1): number {
    const key = this.#horizons[side]!
    return key === MAXIMUM_KEY ? -1 : side === 0 ? -key : key
  }

  /** Tells a copied book that levels at and beyond `price` are missing on a side. */
  markMissingFrom(side: 0 | 1, price: number): void {
    assert(price > 0 && price < MAXIMUM_KEY, `no level at ${price}`)
    this.#horizons[side] = side === 0 ? -price : price
  }

  /** Lots at a price, 0 when there is no such level. */
  quantityAtPrice(side: 0 | 1, price: number): number {
    const key = side === 0 ? -price : price
    const start = side * this.capacity
    const index = this.#find(start, start + this.#counts[side]!, key)
    return index >= start && this.#keys[index]! === key ? this.#quantities[index]! : 0
  }

  /** Lots over the best N bids. */
  bidSum(): number {
    return this.#sums[0]!
  }

  /** Lots over the best N asks. */
  askSum(): number {
    return this.#sums[1]!
  }

  /**
   * (B - A) / (B + A) with B and A the lots over the best N bids and asks: in (-1, 1), and NaN when
   * the book is unknown or gapped or a side is empty.
   */
  imbalance(): number {
    if (this.#state !== KNOWN || this.#counts[0]! === 0 || this.#counts[1]! === 0) return Number.NaN
    const bids = this.#sums[0]!
    const asks = this.#sums[1]!
    return (bids - asks) / (bids + asks)
  }

  /** The mid in half quanta while the book is valid or locked; -1 when nothing may rely on it. */
  soundHalfMid(): number {
    if (this.#state !== KNOWN || this.#counts[0]! === 0 || this.#counts[1]! === 0) return -1
    const bid = -this.#bestKey(0)
    const ask = this.#bestKey(1)
    return bid <= ask ? bid + ask : -1
  }

  /** Best bid plus best ask: the mid in half quanta; -1 when a side is empty. */
  halfMid(): number {
    if (this.#counts[0]! === 0 || this.#counts[1]! === 0) return -1
    return this.#bestKey(1) - this.#bestKey(0)
  }

  /** Key of the best level of a side that has one. */
  #bestKey(side: 0 | 1): number {
    return this.#keys[side * this.capacity + this.#counts[side]! - 1]!
  }

  /** Last position in [start, end) whose key is not better than `key`; start - 1 when all are. */
  #find(start: number, end: number, key: number): number {
    const keys = this.#keys
    const near = end - LINEAR_REACH
    const stop = near > start ? near : start
    let high = end - 1
    while (high >= stop && keys[high]! < key) high--
    if (high >= stop) return high
    let low = start
    while (low <= high) {
      const middle = (low + high) >>> 1
      if (keys[middle]! < key) high = middle - 1
      else low = middle + 1
    }
    return high
  }

  /** Puts a level in after `index`, among the better ones. */
  #insert(side: 0 | 1, index: number, end: number, key: number, quantity: number): void {
    const { capacity, levels } = this
    const start = side * capacity
    const depth = end - start
    if (index >= end - levels || depth < levels) {
      const pushedOut = depth >= levels ? this.#quantities[end - levels]! : 0
      this.#sums[side]! += quantity - pushedOut
    }
    if (depth < capacity) {
      this.#counts[side] = depth + 1
      this.#move(index + 1, end, 1)
      this.#put(index + 1, key, quantity)
      return
    }
    // Full: the farthest level falls off, which may be the new one.
    if (index < start) {
      this.#horizons[side] = key
      return
    }
    this.#horizons[side] = this.#keys[start]!
    this.#move(start + 1, index + 1, -1)
    this.#put(index, key, quantity)
  }

  #put(index: number, key: number, quantity: number): void {
    this.#keys[index] = key
    this.#quantities[index] = quantity
  }

  #remove(side: 0 | 1, index: number, end: number): void {
    const { capacity, levels } = this
    const start = side * capacity
    const edge = end - levels
    if (index >= edge) {
      const pulledIn = edge > start ? this.#quantities[edge - 1]! : 0
      this.#sums[side]! += pulledIn - this.#quantities[index]!
    }
    this.#move(index + 1, end, -1)
    this.#counts[side]!--
    if (edge <= start && this.#horizons[side]! !== MAXIMUM_KEY) this.#state = GAPPED
  }

  /** Moves positions [from, to) by one up or down. */
  #move(from: number, to: number, by: 1 | -1): void {
    const keys = this.#keys
    const quantities = this.#quantities
    if (to - from > LOOP_REACH) {
      keys.copyWithin(from + by, from, to)
      quantities.copyWithin(from + by, from, to)
    } else if (by > 0) {
      for (let i = to; i > from; i--) {
        keys[i] = keys[i - 1]!
        quantities[i] = quantities[i - 1]!
      }
    } else {
      for (let i = from; i < to; i++) {
        keys[i - 1] = keys[i]!
        quantities[i - 1] = quantities[i]!
      }
    }
  }

  /** Copies one side in; false when it is malformed. */
  #load(side: 0 | 1, pool: Float64Array, at: number, count: number): boolean {
    const keys = this.#keys
    const quantities = this.#quantities
    const { capacity, levels } = this
    const kept = count < capacity ? count : capacity
    const best = side * capacity + kept - 1
    const factor = side === 0 ? -1 : 1
    let previous = side === 0 ? -MAXIMUM_KEY - 1 : 0
    let sum = 0
    for (let i = 0; i < count; i++) {
      const price = pool[at + 2 * i]!
      const quantity = pool[at + 2 * i + 1]!
      const key = (price * factor) | 0
      if (key * factor !== price || price <= 0 || key <= previous) return false
      if (quantity <= 0 || !Number.isSafeInteger(quantity)) return false
      previous = key
      if (i === kept) this.#horizons[side] = key
      if (i >= kept) continue
      keys[best - i] = key
      quantities[best - i] = quantity
      if (i < levels) sum += quantity
    }
    if (count <= kept) this.#horizons[side] = MAXIMUM_KEY
    this.#counts[side] = kept
    this.#sums[side] = sum
    return true
  }

  #position(side: 0 | 1, index: number): number {
    const depth = this.#counts[side]!
    if (!(index >= 0 && index < depth)) assert(false, `book side ${side} has no level ${index}`)
    return side * this.capacity + depth - 1 - index
  }
}
