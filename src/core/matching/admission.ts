import { type Instrument, isValidPrice } from '../domain/instrument.ts'
import { notional } from '../domain/money.ts'
import type { NewOrder } from '../domain/order.ts'
import { sign } from '../domain/units.ts'
import type { VenueAccount } from './account.ts'
import { noLongerReduces, type Reason } from './clearing.ts'
import { hasMargin } from './margin.ts'
import type { VenueMarket } from './venue-market.ts'
import { onlyReduces, type VenueOrder } from './venue-order.ts'

/**
 * Rules that need nothing but the order: lot, tick and minimum notional (reduce-only is exempt
 * where there is no dust).
 * Null when it obeys them.
 */
export function checkForm(instrument: Instrument, order: NewOrder): Reason | null {
  const { price, quantity } = order
  if (!Number.isSafeInteger(quantity) || quantity < instrument.minimumQuantity) {
    const text = `quantity ${quantity}: whole lots, at least ${instrument.minimumQuantity}`
    return { code: 'lot', text }
  }
  if (!Number.isSafeInteger(price) || !isValidPrice(instrument, price)) {
    return { code: 'tick', text: `price ${price}: not a multiple of the tick` }
  }
  const isBound = !order.reduceOnly || instrument.hasDust === true
  if (isBound && notional(instrument, price, quantity) < instrument.minimumNotional) {
    return { code: 'minimumNotional', text: 'order value is below the minimum' }
  }
  return null
}

/**
 * Rules that need the account at the moment of matching: reduce-only must reduce, sells of a
 * longs-only instrument stay within what is held and not already offered, margin suffices.
 */
export function checkAccount(
  account: VenueAccount,
  markets: readonly VenueMarket[],
  held: VenueOrder,
): Reason | null {
  const { order } = held
  const { instrument } = markets[order.instrument]!
  const position = account.positions[instrument.id]!.quantity
  if (onlyReduces(instrument, order)) {
    const reducible = -sign(order.side) * position
    if (order.reduceOnly) return reducible > 0 ? null : noLongerReduces(held)
    const free = reducible - offered(account, instrument)
    return order.quantity <= free ? null : { code: 'insufficientMargin', text: 'longs only' }
  }
  if (hasMargin(account, markets, order)) return null
  return { code: 'insufficientMargin', text: 'insufficient margin' }
}

/** Lots of a longs-only instrument that resting sells already offer. */
function offered(account: VenueAccount, instrument: Instrument): number {
  let lots = 0
  for (const { order, leaves, isResting } of account.orders.values()) {
    if (!isResting || order.instrument !== instrument.id) continue
    if (order.side === 'sell' && !order.reduceOnly) lots += leaves
  }
  return lots
}
