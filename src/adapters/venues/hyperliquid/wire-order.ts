import {
  formatTrimmed,
  isValidPrice,
  MONEY_DECIMALS,
  type Money,
  type NewOrder,
  notional,
  parseSafeDecimal,
  type RejectCode,
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

/** Why an order is not sent at all. */
interface Unsendable {
  readonly code: RejectCode
  readonly why: string
}

/**
 * Why an order is not worth sending: it cannot be written down for the venue, or is smaller than
 * the venue takes at any price. Null when it can be sent.
 */
export function unsendable(context: Context, order: NewOrder): Unsendable | null {
  const { price, quantity, clientOrderId } = order
  const instrument = context.universe.assets[order.instrument]?.instrument
  const other = (why: string): Unsendable => ({ code: 'other', why })
  if (instrument === undefined) return other(`no instrument ${order.instrument}`)
  if (!Number.isSafeInteger(price) || price <= 0) return other(`a price of ${price} quanta`)
  if (!Number.isSafeInteger(quantity)) return other(`a quantity of ${quantity} lots`)
  if (!/^[0-9a-f]{32}$/.test(clientOrderId)) {
    return other('a client order id that is not 32 hex digits')
  }
  const { symbol, quantityDecimals, priceDecimals, minimumQuantity, quoteCurrency } = instrument
  const size = (lots: number): string => formatTrimmed(lots, quantityDecimals)
  if (quantity < minimumQuantity) {
    return { code: 'lot', why: `${size(quantity)} ${symbol}, at least ${size(minimumQuantity)}` }
  }
  const worth = notional(instrument, price, quantity)
  if (order.reduceOnly || worth >= instrument.minimumNotional) return null
  const money = (amount: Money): string => formatTrimmed(amount, MONEY_DECIMALS)
  const what = `${size(quantity)} ${symbol} at ${formatTrimmed(price, priceDecimals)}`
  const least = `at least ${money(instrument.minimumNotional)} unless it only reduces`
  return { code: 'minimumNotional', why: `${what} is ${money(worth)} ${quoteCurrency}, ${least}` }
}

/** True for an order whose price the venue's public rules refuse whatever the market is. */
export function isSuspect(context: Context, order: NewOrder): boolean {
  return !isValidPrice(context.universe.assets[order.instrument]!.instrument, order.price)
}

/** An IOC order never rests: what its reply does not call filled is gone. */
export function isRemainderGone(context: Context, order: NewOrder, reading: ReplyReading): boolean {
  if (order.timeInForce !== 'ioc' || order.postOnly || reading.filledSize === null) return false
  const { quantityDecimals } = context.universe.assets[order.instrument]!.instrument
  const filled = parseSafeDecimal(reading.filledSize, quantityDecimals)
  return filled !== null && filled < order.quantity
}
