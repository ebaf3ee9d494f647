import type { Instrument } from '../domain/instrument.ts'
import { applyRate, notional } from '../domain/money.ts'
import type { NewOrder } from '../domain/order.ts'
import type { Money } from '../domain/units.ts'
import type { VenueAccount } from './account.ts'
import { markPrice, type VenueMarket } from './venue-market.ts'

/** Value of lots at a price that may be half a quantum, rounded towards zero. */
const valueAt = (instrument: Instrument, price: number, lots: number): Money =>
  notional(instrument, Math.round(2 * price), lots) / 2n

/** Value of a position at its mark, at cost while no price is known. */
function positionValue(account: VenueAccount, market: VenueMarket): Money {
  const position = account.positions[market.instrument.id]!
  const mark = markPrice(market)
  return mark > 0 ? valueAt(market.instrument, mark, position.quantity) : position.cost
}

/** Cash plus unrealised PnL of perpetuals plus market value of everything else. */
export function equity(account: VenueAccount, markets: readonly VenueMarket[]): Money {
  let total = account.balance
  for (const market of markets) {
    const position = account.positions[market.instrument.id]!
    if (position.quantity === 0) continue
    total += positionValue(account, market)
    if (market.instrument.kind === 'perpetual') total -= position.cost
  }
  return total
}

/**
 * Value of an order for margin: at the mark for perpetuals (a limit far beyond it executes around
 * it), at the limit for what is paid in cash and while no mark is known.
 */
function orderValue(market: VenueMarket, order: NewOrder, lots: number): Money {
  const mark = markPrice(market)
  const usesMark = market.instrument.kind === 'perpetual' && mark > 0
  return valueAt(market.instrument, usesMark ? mark : order.price, lots)
}

/** Largest value the position could reach if one side of the open orders filled. */
function exposure(account: VenueAccount, market: VenueMarket, added: NewOrder | null): Money {
  const { quantity } = account.positions[market.instrument.id]!
  if (quantity === 0 && added === null && account.orders.size === 0) return 0n
  let long = quantity === 0 ? 0n : positionValue(account, market)
  let short = -long
  const add = (order: NewOrder, lots: number) => {
    const value = orderValue(market, order, lots)
    if (order.side === 'buy') long += value
    else short += value
  }
  for (const { order, leaves, isResting } of account.orders.values()) {
    if (isResting && order.instrument === market.instrument.id && !order.reduceOnly) {
      add(order, leaves)
    }
  }
  if (added !== null) add(added, added.quantity)
  return long > short ? long : short
}

/**
 * True when the account can carry the order: the worst-case exposure of every instrument divided by
 * its highest leverage, and the order's taker fee, stay within equity. An order that does not
 * increase the worst case always passes.
 */
export function hasMargin(
  account: VenueAccount,
  markets: readonly VenueMarket[],
  order: NewOrder,
): boolean {
  const market = markets[order.instrument]!
  const before = exposure(account, market, null)
  const after = exposure(account, market, order)
  if (after <= before) return true
  const { instrument } = market
  let required = applyRate(orderValue(market, order, order.quantity), instrument.fees.takerE9)
  for (const each of markets) {
    const value = each === market ? after : exposure(account, each, null)
    required += value / BigInt(Math.max(1, Math.floor(each.instrument.maximumLeverage)))
  }
  return required <= equity(account, markets)
}
