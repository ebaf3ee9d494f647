import { assert } from '../lib/assert.ts'
import { fitsLadder, LadderTable } from './ladder-table.ts'
import { LevelLadder } from './level-ladder.ts'
import { LevelList } from './level-list.ts'
import { type Levels, type LevelsOptions, NO_KEY } from './levels.ts'

/**
 * What may be concluded from a book: never seen or cleared (`unknown`), a side is empty
 * (`oneSided`), bid below ask (`valid`), equal (`locked`), above (`crossed`), or updates are
 * missing since the last snapshot (`gapped`). Trade only on `valid`.
 */
export type BookStatus = 'unknown' | 'oneSided' | 'valid' | 'locked' | 'crossed' | 'gapped'

/** What a book keeps. */
export interface OrderBookOptions {
  /** Levels per side that imbalance sums over; 0 keeps no sums, and there is no imbalance. */
  readonly levels: number
  /** Levels kept per side, at least `levels`; 128 unless given. Deeper ones are not held. */
  readonly capacity?: number
}

/** Where a book lies that shares its ladders with others: see book-shelf.ts. */
export interface BookPlace {
  readonly ladders: LadderTable
  /**
   * Row of each side's ladder, at 2 x index for bids and behind it for asks: -1 while the next
   * update of the side needs more than the ladder, or the book is not known to be whole.
   */
  readonly rows: Int32Array
  readonly index: number
}

/** No row of a ladder. */
export const NO_ROW = -1

const UNKNOWN = 0
const KNOWN = 1
const GAPPED = 2

/**
 * An aggregated order book, best level first, with exact sums of lots over the best N levels kept
 * up to date by every change. Only the first update of a side allocates.
 *
 * What is kept is always an unbroken run from the best: levels that fell off the far end are
 * remembered as a horizon, and updates at or beyond it are left out until the next snapshot. Should
 * removals then leave fewer than N levels (one, where N is 0) inside the horizon, the book is `gapped`.
 */
export class OrderBook {
  /** Levels per side in the sums. */
  readonly levels: number
  /** Levels kept per side. */
  readonly capacity: number
  /** Levels that a side with missing ones must show: else the book is gapped. */
  readonly #least: number
  readonly #options: LevelsOptions
  #ladderTable: LadderTable | null
  readonly #rows: Int32Array
  readonly #firstRow: number
  readonly #lists: readonly [LevelList, LevelList]
  readonly #ladders: [LevelLadder | null, LevelLadder | null] = [null, null]
  /** The form each side has now: its list after a snapshot, its ladder once it is updated. */
  #bids: Levels
  #asks: Levels
  /** A bit per side that was not updated since its snapshot. */
  #whole = 0
  #state = UNKNOWN
  #refused = 0

  /** With a place, its ladders are rows of that table and told there. */
  constructor(options: OrderBookOptions, place?: BookPlace) {
    const { levels, capacity = 128 } = options
    const least = Math.max(1, levels)
    assert(Number.isInteger(levels) && levels >= 0, `book levels ${levels}: an integer from 0`)
    assert(
      Number.isInteger(capacity) && capacity >= least,
      `book capacity ${capacity}: an integer of at least the ${least} levels`,
    )
    this.levels = levels
    this.#least = least
    this.capacity = capacity
    this.#options = { levels, capacity }
    this.#ladderTable = place?.ladders ?? null
    this.#rows = place?.rows ?? new Int32Array(2)
    this.#firstRow = 2 * (place?.index ?? 0)
    this.#hideRows()
    this.#lists = [new LevelList(this.#options), new LevelList(this.#options)]
    this.#bids = this.#lists[0]
    this.#asks = this.#lists[1]
  }

  /** What may be concluded from the book now. */
  get status(): BookStatus {
    if (this.#state === UNKNOWN) return 'unknown'
    if (this.#state === GAPPED) return 'gapped'
    const bids = this.#bids
    const asks = this.#asks
    if (bids.count === 0 || asks.count === 0) return 'oneSided'
    const spread = bids.best + asks.best
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
    const [bids, asks] = this.#lists
    this.#bids = bids
    this.#asks = asks
    this.#state = KNOWN
    this.#whole = 3
    this.#hideRows()
    if (bids.load(pool, at, bidCount, -1) && asks.load(pool, at + 2 * bidCount, askCount, 1)) return
    this.#refused++
    this.clear()
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
      this.#loseUpdates()
      return 0
    }
    const key = side === 0 ? -price : price
    const levels = ((this.#whole >> side) & 1) === 0 ? this.#side(side) : this.#settle(side)
    const old = levels.set(key, quantity)
    if (old < 0) return this.#widen(side).set(key, quantity)
    if (quantity === 0 && old > 0 && levels.count < this.#least && levels.horizon !== NO_KEY) {
      this.#loseUpdates()
    }
    return old
  }

  /** Updates are missing: the book stays gapped until the next snapshot. Unknown stays unknown. */
  markGap(): void {
    if (this.#state === KNOWN) this.#loseUpdates()
  }

  /** Forgets all levels: unknown until the next snapshot. */
  clear(): void {
    this.#state = UNKNOWN
    this.#hideRows()
    this.#bids.clear()
    this.#asks.clear()
  }

  /** Best bid in quanta, -1 when there is none. */
  bestBid(): number {
    const bids = this.#bids
    return bids.count > 0 ? -bids.best : -1
  }

  /** Best ask in quanta, -1 when there is none. */
  bestAsk(): number {
    const asks = this.#asks
    return asks.count > 0 ? asks.best : -1
  }

  /** Lots at the best bid, 0 when there is none. */
  bestBidQuantity(): number {
    const bids = this.#bids
    return bids.count > 0 ? bids.quantityOf(bids.best) : 0
  }

  /** Lots at the best ask, 0 when there is none. */
  bestAskQuantity(): number {
    const asks = this.#asks
    return asks.count > 0 ? asks.quantityOf(asks.best) : 0
  }

  /** Levels held on a side, 0 bid or 1 ask. */
  depth(side: 0 | 1): number {
    return this.#side(side).count
  }

  /** Price in quanta of level `index` from the best, 0 <= index < depth. */
  priceAt(side: 0 | 1, index: number): number {
    const key = this.#keyAt(side, index)
    return side === 0 ? -key : key
  }

  /** Lots of level `index` from the best, 0 <= index < depth. */
  quantityAt(side: 0 | 1, index: number): number {
    return this.#side(side).quantityOf(this.#keyAt(side, index))
  }

  /** Price in quanta of the level farthest from the best, -1 when a side has none. */
  worstPrice(side: 0 | 1): number {
    const levels = this.#side(side)
    if (levels.count === 0) return -1
    return side === 0 ? -levels.worst : levels.worst
  }

  /** Price in quanta of the nearest level known to be missing on a side, -1 when none is. */
  missingFrom(side: 0 | 1): number {
    const key = this.#side(side).horizon
    return key === NO_KEY ? -1 : side === 0 ? -key : key
  }

  /** Tells a copied book that levels at and beyond `price` are missing on a side. */
  markMissingFrom(side: 0 | 1, price: number): void {
    assert(price > 0 && price < NO_KEY, `no level at ${price}`)
    this.#side(side).horizon = side === 0 ? -price : price
  }

  /** Lots at a price, 0 when there is no such level. */
  quantityAtPrice(side: 0 | 1, price: number): number {
    return this.#side(side).quantityOf(side === 0 ? -price : price)
  }

  /** Lots over the best N bids. */
  bidSum(): number {
    return this.#bids.sum
  }

  /** Lots over the best N asks. */
  askSum(): number {
    return this.#asks.sum
  }

  /**
   * (B - A) / (B + A) with B and A the lots over the best N bids and asks: in (-1, 1), and NaN when
   * the book is unknown or gapped or a side is empty.
   */
  imbalance(): number {
    const bids = this.#bids
    const asks = this.#asks
    if (this.#state !== KNOWN || bids.count === 0 || asks.count === 0) return Number.NaN
    return (bids.sum - asks.sum) / (bids.sum + asks.sum)
  }

  /** The mid in half quanta while the book is valid or locked; -1 when nothing may rely on it. */
  soundHalfMid(): number {
    const bids = this.#bids
    const asks = this.#asks
    if (this.#state !== KNOWN || bids.count === 0 || asks.count === 0) return -1
    const bid = -bids.best
    const ask = asks.best
    return bid <= ask ? bid + ask : -1
  }

  /** Best bid plus best ask: the mid in half quanta; -1 when a side is empty. */
  halfMid(): number {
    const bids = this.#bids
    const asks = this.#asks
    return bids.count === 0 || asks.count === 0 ? -1 : asks.best - bids.best
  }

  #loseUpdates(): void {
    this.#state = GAPPED
    this.#hideRows()
  }

  #hideRows(): void {
    this.#rows[this.#firstRow] = NO_ROW
    this.#rows[this.#firstRow + 1] = NO_ROW
  }

  #side(side: 0 | 1): Levels {
    return side === 0 ? this.#bids : this.#asks
  }

  #keep(side: 0 | 1, levels: Levels): void {
    if (side === 0) this.#bids = levels
    else this.#asks = levels
  }

  /** Gives a side that is to be updated the form for it: a ladder, unless it is too wide. */
  #settle(side: 0 | 1): Levels {
    this.#whole &= ~(1 << side)
    const list = this.#lists[side]
    if (list.count > 0 && !fitsLadder(list.worst - list.best)) return list
    this.#ladderTable ??= new LadderTable(this.#options)
    this.#ladders[side] ??= new LevelLadder(this.#ladderTable)
    const ladder = this.#ladders[side]
    ladder.copy(list)
    this.#keep(side, ladder)
    if (this.#state === KNOWN) this.#rows[this.#firstRow + side] = ladder.row
    return ladder
  }

  /** Turns a ladder into a list: a level is to be added that lies too far from the others. */
  #widen(side: 0 | 1): LevelList {
    const list = this.#lists[side]
    list.copy(this.#side(side))
    this.#keep(side, list)
    this.#rows[this.#firstRow + side] = NO_ROW
    return list
  }

  #keyAt(side: 0 | 1, index: number): number {
    const levels = this.#side(side)
    if (!(index >= 0 && index < levels.count))
      assert(false, `book side ${side} has no level ${index}`)
    return levels.keyAt(index)
  }
}
