import { LateBook } from '../book/late-book.ts'
import type { OrderBook } from '../book/order-book.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { TimeUs } from '../domain/units.ts'
import { ConsumedLiquidity } from './consumed-liquidity.ts'
import type { TradeWindow } from './trade-window.ts'
import { reaches, type SideIndex, type VenueOrder } from './venue-order.ts'

/** What the venue's own books keep. */
export const VENUE_BOOK = { levels: 0, capacity: 2048 } as const

/** Everything the venue knows of one instrument. Mutable; owned by the exchange. */
export class VenueMarket {
  readonly instrument: Instrument
  /** External liquidity as published; simulated orders are not in it. */
  readonly lateBook: LateBook
  readonly consumed = new ConsumedLiquidity()
  /** Resting orders by side, best price first, then oldest first. */
  readonly resting: readonly [VenueOrder[], VenueOrder[]] = [[], []]
  /** Orders that arrived and wait for the first state they may be matched against, oldest first. */
  readonly waiting: VenueOrder[] = []
  trades: TradeWindow | null = null
  /** Last trade (public or simulated) or bar close in quanta, -1 when none. */
  lastPrice = -1
  /** From mark records, quanta; -1 when none. */
  mark = -1
  oracle = -1
  /** Newest funding record; its time is -Infinity when there is none. */
  rateE9 = 0
  rateTime: TimeUs = Number.NEGATIVE_INFINITY

  constructor(instrument: Instrument, book: OrderBook) {
    this.instrument = instrument
    this.lateBook = new LateBook(book)
  }

  /** The book as of now: not to be kept over the next record. */
  get book(): OrderBook {
    return this.lateBook.current
  }
}

/**
 * Mark record, else mid, else last price, in quanta (possibly a half); -1 when nothing is known.
 */
export function markPrice(market: VenueMarket): number {
  if (market.mark > 0) return market.mark
  const halfMid = market.book.halfMid()
  return halfMid > 0 ? halfMid / 2 : market.lastPrice
}

/** True while the book is a state that orders may be matched against. */
export function isMatchable(market: VenueMarket): boolean {
  const { status } = market.book
  return status === 'valid' || status === 'locked' || status === 'oneSided'
}

/**
 * Published quantity of a level; -1 when it cannot be seen: the book is not known, or the level
 * lies beyond the worst one published on a side that has any (feeds show the best levels only).
 */
export function publishedQuantity(market: VenueMarket, side: SideIndex, price: number): number {
  const { book } = market
  if (book.status === 'unknown' || book.status === 'gapped') return -1
  const depth = book.depth(side)
  if (depth > 0 && reaches(side, price, book.worstPrice(side))) {
    return book.quantityAtPrice(side, price)
  }
  return depth > 0 ? -1 : 0
}

/** True when external liquidity on `side` is free at `limit` or better for its taker. */
export function hasFreeWithin(market: VenueMarket, side: SideIndex, limit: number): boolean {
  const { book, consumed } = market
  const taker: SideIndex = side === 0 ? 1 : 0
  for (let i = 0; i < book.depth(side); i++) {
    const price = book.priceAt(side, i)
    if (!reaches(taker, limit, price)) return false
    if (consumed.free(side, price, book.quantityAt(side, i)) > 0) return true
  }
  return false
}

/** Puts an order where price and time priority want it. */
export function insertResting(market: VenueMarket, side: SideIndex, order: VenueOrder): void {
  const orders = market.resting[side]
  const price = order.order.price
  let at = orders.length
  while (at > 0 && !reaches(side, orders[at - 1]!.order.price, price)) at--
  orders.splice(at, 0, order)
  order.isResting = true
}

/** Drops closed orders from the lists. */
export function dropClosed(market: VenueMarket): void {
  for (const orders of [market.resting[0], market.resting[1], market.waiting]) {
    let kept = 0
    for (const order of orders) if (!order.isClosed) orders[kept++] = order
    orders.length = kept
  }
}
