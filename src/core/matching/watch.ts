import { WATCH } from '../book/book-kernel.ts'
import type { VenueMarket } from './venue-market.ts'
import type { SideIndex } from './venue-order.ts'

/** Quanta beyond every price, on either end. */
const BEFORE = 0
const BEYOND = 0x7fffffff

/**
 * Writes down the prices of a market at which its orders wait or took liquidity, lowest and highest
 * of each side. True when no other is of concern: updates of other levels that stay off the other
 * side's prices, and trades between both sides', only move the book and the last price.
 */
export function watchPrices(market: VenueMarket, watches: Int32Array): boolean {
  const { book, resting, waiting } = market
  const at = WATCH * market.instrument.id
  if (waiting.length > 0) return false
  for (const side of [0, 1] as const) {
    // Where a place in the queue is not known, every update of the side may make it so.
    for (const { place } of resting[side]) if (place.ahead < 0) return false
    writeExtent(market, side, watches)
  }
  const bestAsk = book.bestAsk()
  const bidsTo = watches[at + 1]!
  return (bestAsk < 0 || bestAsk > bidsTo) && book.bestBid() < watches[at + 2]!
}

function writeExtent(market: VenueMarket, side: SideIndex, watches: Int32Array): void {
  let lowest = BEYOND
  let highest = BEFORE
  const widen = (price: number): void => {
    lowest = Math.min(lowest, price)
    highest = Math.max(highest, price)
  }
  for (const { order } of market.resting[side]) widen(order.price)
  if (!market.consumed.isEmpty) for (const price of market.consumed.prices(side)) widen(price)
  const at = WATCH * market.instrument.id + 2 * side
  watches[at] = lowest
  watches[at + 1] = highest
}
