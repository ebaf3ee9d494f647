import type { Instrument } from '../domain/instrument.ts'
import { applyRate, notional } from '../domain/money.ts'
import type { NewOrder } from '../domain/order.ts'
import type { Money } from '../domain/units.ts'
import { isEmpty, valueAtHalf } from '../ledger/position.ts'
import type { VenueAccount } from './account.ts'
import { markPrice, type VenueMarket } from './venue-market.ts'

/** Value of lots at a price that may be half a quantum, rounded towards zero. */
const valueAt = (instrument: Instrument, price: number, lots: number): Money =>
  notional(instrument, Math.round(2 * price), lots) / 2n

/** Value of a position at its mark, at cost while no price is known. */
function positionValue(account: VenueAccount, market: VenueMarket): Money {
  const position = account.positions[market.instrument.id]!
  const mark = markPrice(market)
  return mark > 0 ? valueAtHalf(position, market.instrument, Math.round(2 * mark)) : position.cost
}

/** Cash plus unrealised PnL of perpetuals plus market value of everything else. */
export function equity(account: VenueAccount, markets: readonly VenueMarket[]): Money {
  let total = account.balance
  for (const market of markets) {
    const position = account.positions[market.instrument.id]!
    if (isEmpty(position)) continue
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

/** Values that the positions could reach if every order of a side filled: long and short. */
class WorstCase {
  readonly long: Money[]
  readonly short: Money[]

  constructor(account: VenueAccount, markets: readonly VenueMarket[]) {
    this.long = markets.map((market) => {
      const isHeld = account.positions[market.instrument.id]!.quantity !== 0
      return isHeld ? positionValue(account, market) : 0n
    })
    this.short = this.long.map((value) => -value)
    for (const { order, leaves, isResting } of account.orders.values()) {
      if (isResting && !order.reduceOnly)
        this.add(order, orderValue(markets[order.instrument]!, order, leaves))
    }
  }

  add({ instrument, side }: NewOrder, value: Money): void {
    const values = side === 'buy' ? this.long : this.short
    values[instrument]! += value
  }

  of(instrument: number): Money {
    const long = this.long[instrument]!
    const short = this.short[instrument]!
    return long > short ? long : short
  }
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
  const { instrument } = markets[order.instrument]!
  const worst = new WorstCase(account, markets)
  const before = worst.of(instrument.id)
  const value = orderValue(markets[order.instrument]!, order, order.quantity)
  worst.add(order, value)
  if (worst.of(instrument.id) <= before) return true
  let required = applyRate(value, instrument.fees.takerE9)
  for (const { instrument: each } of markets) {
    const exposure = worst.of(each.id)
    if (exposure !== 0n)
      required += exposure / BigInt(Math.max(1, Math.floor(each.maximumLeverage)))
  }
  return required <= equity(account, markets)
}
