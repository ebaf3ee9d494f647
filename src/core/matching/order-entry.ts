import type { TimeUs } from '../domain/units.ts'
import { checkAccount } from './admission.ts'
import { type Clearing, noLongerReduces } from './clearing.ts'
import { joinQueue, nowhereInQueue } from './queue-position.ts'
import { takeLiquidity } from './taker.ts'
import {
  hasFreeWithin,
  insertResting,
  isMatchable,
  publishedQuantity,
  type VenueMarket,
} from './venue-market.ts'
import { otherSide, reaches, sideIndex, type VenueOrder } from './venue-order.ts'

/** True when something on the other side would trade with the order at once. */
export function wouldTrade(market: VenueMarket, held: Pick<VenueOrder, 'order'>): boolean {
  const side = sideIndex(held.order.side)
  const other = otherSide(side)
  const simulated = market.resting[other][0]
  if (simulated !== undefined && reaches(side, held.order.price, simulated.order.price)) return true
  return hasFreeWithin(market, other, held.order.price)
}

/**
 * Decides an order against the state of the book as it stands: admits or rejects it, lets it take,
 * and rests or cancels the remainder. Trades before `eligibleFrom` will not concern it.
 */
export function decideOrder(
  markets: readonly VenueMarket[],
  clearing: Clearing,
  held: VenueOrder,
  eligibleFrom: TimeUs,
): void {
  const { order } = held
  const market = markets[order.instrument]!
  const refusal = checkAccount(clearing.account(held.account), markets, held)
  if (refusal !== null) return clearing.reject(held, refusal)
  if (order.postOnly && wouldTrade(market, held)) {
    const text = 'post-only order would have traded at once'
    return clearing.reject(held, { code: 'postOnlyWouldCross', text })
  }
  if (order.timeInForce === 'gtc') clearing.accept(held)
  takeLiquidity(market, clearing, held)
  if (held.isClosed) return
  if (order.timeInForce === 'ioc') {
    if (!held.isAccepted) return clearing.reject(held, nothingToTake)
    return clearing.cancel(held, { code: null, text: 'immediate-or-cancel remainder' })
  }
  if (clearing.fillable(market.instrument, held) === 0) {
    return clearing.cancel(held, noLongerReduces(held))
  }
  restOrder(market, held, eligibleFrom)
}

/** Why an immediate-or-cancel order that met nothing is refused. */
export const nothingToTake = {
  code: 'iocNoMatch',
  text: 'nothing to trade with at the limit or better',
} as const

/** Puts an accepted order at the end of the queue of its level. */
function restOrder(market: VenueMarket, held: VenueOrder, eligibleFrom: TimeUs): void {
  const side = sideIndex(held.order.side)
  const { price } = held.order
  const displayed = publishedQuantity(market, side, price)
  held.place =
    displayed < 0
      ? nowhereInQueue()
      : joinQueue(displayed, market.consumed.free(side, price, displayed))
  held.eligibleFrom = eligibleFrom
  insertResting(market, side, held)
}

/**
 * Before the first book state that an arrived order may be matched against, a trade beyond its
 * limit already proves that it would have been served, provided that the last known book says it
 * is passive: such waiting orders come to rest, at the front of their level, for this trade.
 * Everything else keeps waiting for a book state.
 */
export function restByTrade(
  markets: readonly VenueMarket[],
  clearing: Clearing,
  market: VenueMarket,
  trade: { readonly price: number; readonly venueTime: TimeUs },
): void {
  if (!isMatchable(market)) return
  for (const held of market.waiting) {
    const { order } = held
    const side = sideIndex(order.side)
    if (order.timeInForce === 'ioc' || held.arrivalTime > trade.venueTime) continue
    if (trade.price === order.price || !reaches(side, order.price, trade.price)) continue
    if (wouldTrade(market, held)) continue
    const refusal = checkAccount(clearing.account(held.account), markets, held)
    if (refusal !== null) {
      clearing.reject(held, refusal)
      continue
    }
    clearing.accept(held)
    held.place = { ...nowhereInQueue(), ahead: 0 }
    held.eligibleFrom = trade.venueTime
    insertResting(market, side, held)
  }
  dropRested(market)
}

/** Takes orders that came to rest off the waiting list. */
export function dropRested(market: VenueMarket): void {
  const { waiting } = market
  let kept = 0
  for (const held of waiting) if (!held.isResting && !held.isClosed) waiting[kept++] = held
  waiting.length = kept
}
