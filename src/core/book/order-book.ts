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
 * Both sides are stored under a key that grows away from the best (ask: price, bid: -price). What
 * is kept is always an unbroken run from the best: levels that fell off the far end are remembered
 * as a horizon, and updates at or beyond it are left out until the next snapshot. Should removals
 * then leave fewer than N levels inside the horizon, the book is `gapped`.
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
    const spread = this.#keys[0]! + this.#keys[this.capacity]!
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
    const quantities = this.#quantities
    const start = side * this.capacity
    const end = start + this.#counts[side]!
    const index = this.#find(start, end, key)
    const edge = start + this.levels
    if (index < end && keys[index]! === key) {
      const old = quantities[index]!
      if (quantity > 0) {
        quantities[index] = quantity
        if (index < edge) this.#sums[side]! += quantity - old
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
    return this.#counts[0]! > 0 ? -this.#keys[0]! : -1
  }

  /** Best ask in quanta, -1 when there is none. */
  bestAsk(): number {
    return this.#counts[1]! > 0 ? this.#keys[this.capacity]! : -1
  }

  /** Lots at the best bid, 0 when there is none. */
  bestBidQuantity(): number {
    return this.#counts[0]! > 0 ? this.#quantities[0]! : 0
  }

  /** Lots at the best ask, 0 when there is none. */
  bestAskQuantity(): number {
    return this.#counts[1]! > 0 ? this.#quantities[this.capacity]! : 0
  }

  /** Levels held on a side, 0 bid or 1 ask. */
  depth(side: 0 | 1): number {
    return this.#counts[side]!
  }

  /** Price in quanta of level `index` from the best, 0 <= index < depth. */
  priceAt(side: 0 | 1, index: number): number {
    this.#check(side, index)
    return side === 0 ? -this.#keys[index]! : this.#keys[this.capacity + index]!
  }

  /** Lots of level `index` from the best, 0 <= index < depth. */
  quantityAt(side: 0 | 1, index: number): number {
    this.#check(side, index)
    return this.#quantities[side * this.capacity + index]!
  }

  /** Lots at a price, 0 when there is no such level. */
  quantityAtPrice(side: 0 | 1, price: number): number {
    const key = side === 0 ? -price : price
    const start = side * this.capacity
    const end = start + this.#counts[side]!
    const index = this.#find(start, end, key)
    return index < end && this.#keys[index]! === key ? this.#quantities[index]! : 0
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

  /** Best bid plus best ask: the mid in half quanta; -1 when a side is empty. */
  halfMid(): number {
    if (this.#counts[0]! === 0 || this.#counts[1]! === 0) return -1
    return this.#keys[this.capacity]! - this.#keys[0]!
  }

  /** First position in [start, end) whose key is not better than `key`; end when all are. */
  #find(start: number, end: number, key: number): number {
    const keys = this.#keys
    const near = start + LINEAR_REACH
    const stop = near < end ? near : end
    let low = start
    while (low < stop && keys[low]! < key) low++
    if (low < stop) return low
    let high = end
    while (low < high) {
      const middle = (low + high) >>> 1
      if (keys[middle]! < key) low = middle + 1
      else high = middle
    }
    return low
  }

  #insert(side: 0 | 1, index: number, end: number, key: number, quantity: number): void {
    const keys = this.#keys
    const quantities = this.#quantities
    const { capacity, levels } = this
    const start = side * capacity
    let last = end
    if (end - start === capacity) {
      if (index === end) {
        this.#horizons[side] = key
        return
      }
      last = end - 1
      this.#horizons[side] = keys[last]!
    } else {
      this.#counts[side] = end - start + 1
    }
    if (index < start + levels) {
      const pushedOut = end - start >= levels ? quantities[start + levels - 1]! : 0
      this.#sums[side]! += quantity - pushedOut
    }
    if (last - index > LOOP_REACH) {
      keys.copyWithin(index + 1, index, last)
      quantities.copyWithin(index + 1, index, last)
    } else {
      for (let i = last; i > index; i--) {
        keys[i] = keys[i - 1]!
        quantities[i] = quantities[i - 1]!
      }
    }
    keys[index] = key
    quantities[index] = quantity
  }

  #remove(side: 0 | 1, index: number, end: number): void {
    const keys = this.#keys
    const quantities = this.#quantities
    const edge = side * this.capacity + this.levels
    if (index < edge) {
      const pulledIn = end > edge ? quantities[edge]! : 0
      this.#sums[side]! += pulledIn - quantities[index]!
    }
    if (end - index > LOOP_REACH) {
      keys.copyWithin(index, index + 1, end)
      quantities.copyWithin(index, index + 1, end)
    } else {
      for (let i = index + 1; i < end; i++) {
        keys[i - 1] = keys[i]!
        quantities[i - 1] = quantities[i]!
      }
    }
    this.#counts[side]!--
    if (end <= edge && this.#horizons[side]! !== MAXIMUM_KEY) this.#state = GAPPED
  }

  /** Copies one side in; false when it is malformed. */
  #load(side: 0 | 1, pool: Float64Array, at: number, count: number): boolean {
    const keys = this.#keys
    const quantities = this.#quantities
    const { capacity, levels } = this
    const start = side * capacity
    const kept = count < capacity ? count : capacity
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
      keys[start + i] = key
      quantities[start + i] = quantity
      if (i < levels) sum += quantity
    }
    if (count <= kept) this.#horizons[side] = MAXIMUM_KEY
    this.#counts[side] = kept
    this.#sums[side] = sum
    return true
  }

  #check(side: 0 | 1, index: number): void {
    if (index >= 0 && index < this.#counts[side]!) return
    assert(false, `book side ${side} has no level ${index}`)
  }
}
