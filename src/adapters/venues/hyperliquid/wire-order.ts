import {
  formatTrimmed,
  isValidPrice,
  type NewOrder,
  notional,
  parseSafeDecimal,
} from '../../../core/mod.ts'
import type { ReplyReading } from './command-reply.ts'
import { type Context, toCloid } from './context.ts'
import type { WireOrder } from './signing.ts'

/** An order as the venue takes it. */
export function toWireOrder(context: Context, order: NewOrder): WireOrder {
  const { instrument, assetId } = context.universe.assets[order.instrument]!
  return {
    asset: assetId,
    isBuy: order.side === 'buy',
    price: formatTrimmed(order.price, instrument.priceDecimals),
    size: formatTrimmed(order.quantity, instrument.quantityDecimals),
    reduceOnly: order.reduceOnly,
    timeInForce: order.postOnly ? 'Alo' : order.timeInForce === 'ioc' ? 'Ioc' : 'Gtc',
    cloid: toCloid(order.clientOrderId),
  }
}

/** Why an order cannot even be written down for the venue; null when it can. */
export function unsendable(context: Context, order: NewOrder): string | null {
  const { price, quantity, clientOrderId, instrument } = order
  if (context.universe.assets[instrument] === undefined) return `no instrument ${instrument}`
  if (!Number.isSafeInteger(price) || price <= 0) return `a price of ${price} quanta`
  if (!Number.isSafeInteger(quantity) || quantity < 0) return `a quantity of ${quantity} lots`
  if (!/^[0-9a-f]{32}$/.test(clientOrderId)) return 'a client order id that is not 32 hex digits'
  return null
}

/** True for an order that the venue's public rules refuse whatever the market is. */
export function isSuspect(context: Context, order: NewOrder): boolean {
  const { instrument } = context.universe.assets[order.instrument]!
  if (order.quantity < instrument.minimumQuantity || !isValidPrice(instrument, order.price)) {
    return true
  }
  const worth = notional(instrument, order.price, order.quantity)
  return !order.reduceOnly && worth < instrument.minimumNotional
}

/** An IOC order never rests: what its reply does not call filled is gone. */
export function isRemainderGone(context: Context, order: NewOrder, reading: ReplyReading): boolean {
  if (order.timeInForce !== 'ioc' || order.postOnly || reading.filledSize === null) return false
  const { quantityDecimals } = context.universe.assets[order.instrument]!.instrument
  const filled = parseSafeDecimal(reading.filledSize, quantityDecimals)
  return filled !== null && filled < order.quantity
}
