import type { TimeUs } from '../domain/units.ts'
import type { Clearing } from './clearing.ts'
import type { QueueModel } from './options.ts'
import { levelPublished, tradedThrough, tradeNoted } from './queue-position.ts'
import { isMatchable, publishedQuantity, type VenueMarket } from './venue-market.ts'
import { otherSide, reaches, type SideIndex, type VenueOrder } from './venue-order.ts'

/** A public trade as resting orders see it. */
export interface PublicTrade {
  readonly aggressor: SideIndex
  readonly price: number
  readonly quantity: number
  readonly venueTime: TimeUs
  /** Venue time of the newest book record of the instrument. */
  readonly bookTime: TimeUs
}

/**
 * Lets a public trade reach the resting orders. Beyond an order's price it proves that the order
 * would have been served first: it fills at its own price, up to the trade's quantity (completely
 * under `optimistic`). At its price, from the opposite aggressor, it shortens the queue, and what
 * spills over the queue fills. The quantity of one trade is shared out once, by price and time.
 */
export function matchTrade(
  market: VenueMarket,
  clearing: Clearing,
  model: QueueModel,
  trade: PublicTrade,
): void {
  if (market.resting[0].length > 0) matchTradeOn(0, market, clearing, model, trade)
  if (market.resting[1].length > 0) matchTradeOn(1, market, clearing, model, trade)
}

function matchTradeOn(
  side: SideIndex,
  market: VenueMarket,
  clearing: Clearing,
  model: QueueModel,
  trade: PublicTrade,
): void {
  let left = trade.quantity
  let external = 0
  for (const held of market.resting[side]) {
    const limit = held.order.price
    if (!reaches(side, limit, trade.price)) return
    if (trade.venueTime < held.eligibleFrom) continue
    const { place } = held
    if (limit !== trade.price) {
      const wanted = clearing.fillable(market.instrument, held)
      const filled = model === 'optimistic' ? wanted : Math.min(wanted, left)
      tradedThrough(place)
      fillAtLimit(market, clearing, held, filled)
      left = Math.max(0, left - filled)
    } else if (trade.aggressor !== side) {
      tradeNoted(place, model, trade.quantity, ageOf(trade))
      if (place.ahead < 0) continue
      const served = Math.min(left, Math.max(0, place.ahead - external))
      external += served
      left -= served
      place.ahead = Math.max(0, place.ahead - external)
      const filled = Math.min(clearing.fillable(market.instrument, held), left)
      fillAtLimit(market, clearing, held, filled)
      left -= filled
    }
  }
}

const ageOf = ({ venueTime, bookTime }: PublicTrade): 'before' | 'same' | 'after' =>
  venueTime > bookTime ? 'after' : venueTime === bookTime ? 'same' : 'before'

/** A level as a delta publishes it. */
export interface PublishedLevel {
  readonly side: number
  readonly price: number
  readonly quantity: number
}

/** Tells the queues of one side that a level was published by a delta. */
export function levelUpdated(
  market: VenueMarket,
  model: QueueModel,
  { side, price, quantity }: PublishedLevel,
): void {
  const orders = market.resting[side as SideIndex]
  for (let i = 0; i < orders.length; i++) {
    const held = orders[i]!
    if (held.order.price === price) levelPublished(held.place, model, quantity)
    else if (held.place.ahead < 0) publish(market, model, side as SideIndex, held)
  }
}

/** Tells all queues that a snapshot was published. */
export function bookUpdated(market: VenueMarket, model: QueueModel): void {
  for (const held of market.resting[0]) publish(market, model, 0, held)
  for (const held of market.resting[1]) publish(market, model, 1, held)
}

function publish(market: VenueMarket, model: QueueModel, side: SideIndex, held: VenueOrder): void {
  const quantity = publishedQuantity(market, side, held.order.price)
  if (quantity >= 0) levelPublished(held.place, model, quantity)
}

/**
 * Fills resting orders that the published book has moved through (opposite liquidity at their
 * price or beyond): at their own price, bounded by that liquidity (completely under `optimistic`).
 */
export function matchMovedBook(market: VenueMarket, clearing: Clearing, model: QueueModel): void {
  const { book, resting } = market
  const bid = resting[0]
  const ask = resting[1]
  if (bid.length > 0) {
    const best = book.bestAsk()
    if (best >= 0 && best <= bid[0]!.order.price) fillMovedThrough(market, clearing, model, 0)
  }
  if (ask.length > 0 && book.bestBid() >= ask[0]!.order.price) {
    fillMovedThrough(market, clearing, model, 1)
  }
}

function fillMovedThrough(
  market: VenueMarket,
  clearing: Clearing,
  model: QueueModel,
  side: SideIndex,
): void {
  if (!isMatchable(market)) return
  for (const held of market.resting[side]) {
    const wanted = clearing.fillable(market.instrument, held)
    if (wanted === 0) continue
    const taken = takeCrossing(market, otherSide(side), held.order.price, wanted)
    const filled = taken > 0 && model === 'optimistic' ? wanted : taken
    fillAtLimit(market, clearing, held, filled)
  }
}

/** Takes up to `wanted` free lots on `side` at `limit` or beyond; returns how many. */
function takeCrossing(market: VenueMarket, side: SideIndex, limit: number, wanted: number): number {
  const { book, consumed } = market
  let taken = 0
  for (let i = 0; i < book.depth(side) && taken < wanted; i++) {
    const price = book.priceAt(side, i)
    if (!reaches(otherSide(side), limit, price)) break
    const displayed = book.quantityAt(side, i)
    const lots = Math.min(wanted - taken, consumed.free(side, price, displayed))
    if (lots === 0) continue
    consumed.take(side, price, displayed, lots)
    taken += lots
  }
  return taken
}

function fillAtLimit(
  market: VenueMarket,
  clearing: Clearing,
  held: VenueOrder,
  quantity: number,
): void {
  if (quantity === 0) return
  clearing.execute(market, held, { price: held.order.price, quantity, liquidity: 'maker' })
}
