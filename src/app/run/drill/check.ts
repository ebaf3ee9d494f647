import { formatDecimal, MONEY_DECIMALS, type Money, parseDecimal } from '../../../core/mod.ts'
import type { LiveSession } from '../live-session.ts'
import type { VenueAccountView } from './stage.ts'

/** What must hold once the faults have stopped; empty is a pass. `isFlat` also when flattened. */
export function checkPromises(
  live: LiveSession,
  theirs: VenueAccountView,
  isFlat: boolean,
): readonly string[] {
  const { world } = live.engine
  const violations: string[] = []
  for (const { id, symbol, quantityDecimals } of world.config.instruments) {
    const ours = world.ledger.position(id).quantity
    const venues = lotsOf(theirs.positions.get(symbol) ?? '0', quantityDecimals)
    if (ours !== venues) violations.push(`P5 ${symbol}: position ${ours}, venue ${venues}`)
    if (world.stops[id] !== null) violations.push(`P5 ${symbol} stopped: ${world.stops[id]}`)
    if (isFlat && tradableLots(live, id) !== 0) {
      violations.push(`P7 ${symbol} was not flattened: ${ours} lots are left`)
    }
  }
  for (const record of world.orders.allActive()) {
    const { clientOrderId, instrument } = record.order
    violations.push(`P6 order ${clientOrderId} of ${instrument} is still ${record.state}`)
  }
  if (theirs.openOrders > 0) violations.push(`P3 the venue still holds ${theirs.openOrders} orders`)
  if (!world.reconcile.done) violations.push('P10 not reconciled')
  const isSettled = violations.length === 0
  for (const currency of world.quoteCurrencies) {
    const cash = world.ledger.cash(currency)
    const value = theirs.cash.get(currency) ?? 0n
    const apart = cash > value ? cash - value : value - cash
    if (isSettled && apart > theirs.tolerance) {
      violations.push(`P11 ${currency} ${textOf(cash)}, venue ${textOf(value)}`)
    }
    if (world.ledger.imbalanceOfBooks(currency) !== 0n) {
      violations.push(`P11 the books of ${currency} do not balance`)
    }
  }
  return violations
}

const textOf = (money: Money): string => formatDecimal(money, MONEY_DECIMALS)

/** Whole lots of a quantity; what a venue holds beyond them is dust. */
function lotsOf(text: string, decimals: number): number {
  const [whole = '0', fraction = ''] = text.split('.')
  const value = parseDecimal(`${whole}.${fraction.slice(0, decimals)}`, decimals)
  if (value === null) throw new Error(`the venue says ${text} where a quantity belongs`)
  return Number(value)
}

/** What is held and could be sold: not what the venue is too coarse for. */
function tradableLots({ engine: { world } }: LiveSession, id: number): number {
  const { minimumNotional, minimumQuantity, quantityDecimals } = world.config.instruments[id]!
  const { quantity, cost } = world.ledger.position(id)
  const lots = Math.abs(quantity)
  if (quantityDecimals === 0 || lots >= minimumQuantity) {
    const value = cost < 0n ? -cost : cost
    return value < minimumNotional / 2n ? 0 : quantity
  }
  return 0
}
