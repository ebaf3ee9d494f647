import type { NewOrder } from '../domain/order.ts'
import type { VenueAccount } from './account.ts'
import { checkAccount, checkForm } from './admission.ts'
import type { Reason } from './clearing.ts'
import { wouldTrade } from './order-entry.ts'
import type { VenueMarket } from './venue-market.ts'
import { createVenueOrder, type VenueOrder } from './venue-order.ts'

/** Why an order cannot take the place of one that is gone. */
export const nothingToReplace = {
  code: 'other',
  text: 'the order to be replaced is not open',
} as const

/**
 * Why the venue does not put `order` in the place of `old`, as things stand; null when it does. What
 * the old order holds back is free for the new one.
 */
export function replaceRefusal(
  markets: readonly VenueMarket[],
  account: VenueAccount,
  old: VenueOrder,
  order: NewOrder,
): Reason | null {
  const market = markets[order.instrument]
  const isSame = order.instrument === old.order.instrument && order.side === old.order.side
  if (market === undefined || !isSame) {
    return { code: 'other', text: 'only an order of the same instrument and side takes its place' }
  }
  if (account.orders.has(order.clientOrderId)) {
    return { code: 'other', text: 'client order id is in use' }
  }
  const form = checkForm(market.instrument, order)
  if (form !== null) return form
  const { isResting } = old
  old.isResting = false
  const held = createVenueOrder(old.account, old.sequence, order, old.arrivalTime)
  const refusal = checkAccount(account, markets, held)
  old.isResting = isResting
  if (refusal !== null) return refusal
  return order.postOnly && wouldTrade(market, { order })
    ? { code: 'postOnlyWouldCross', text: 'post-only order would have traded at once' }
    : null
}
