import {
  type Currency,
  formatDecimal,
  MONEY_DECIMALS,
  type Money,
  parseDecimal,
} from '../../core/mod.ts'
import type { HyperliquidVenue } from '../simulators/hyperliquid/venue.ts'
import type { LiveSession } from './live-session.ts'

/** The account as the venue states it over its own protocol, all dexs together. */
interface VenueAccountView {
  readonly positions: ReadonlyMap<string, string>
  readonly openOrders: number
  /** Account values by the currency of their dexs. */
  readonly values: ReadonlyMap<Currency, Money>
}

/** What must hold once the faults have stopped and everything was flattened; empty is a pass. */
export async function checkPromises(
  live: LiveSession,
  venue: HyperliquidVenue,
  user: string,
): Promise<string[]> {
  const { world } = live.engine
  const theirs = await askVenue(venue, user)
  const violations: string[] = []
  for (const { id, symbol, quantityDecimals } of world.config.instruments) {
    const ours = world.ledger.position(id).quantity
    const venues = Number(parseDecimal(theirs.positions.get(symbol) ?? '0', quantityDecimals))
    if (ours !== venues) violations.push(`P5 ${symbol}: position ${ours}, venue ${venues}`)
    if (world.stops[id] !== null) violations.push(`P5 ${symbol} stopped: ${world.stops[id]}`)
    if (ours !== 0) violations.push(`P7 ${symbol} was not flattened: ${ours} lots are left`)
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
    const value = theirs.values.get(currency) ?? 0n
    if (isSettled && cash !== value) {
      violations.push(`P11 ${currency} ${textOf(cash)}, venue ${textOf(value)}`)
    }
    if (world.ledger.imbalanceOfBooks(currency) !== 0n) {
      violations.push(`P11 the books of ${currency} do not balance`)
    }
  }
  return violations
}

const textOf = (money: Money): string => formatDecimal(money, MONEY_DECIMALS)

async function askVenue(venue: HyperliquidVenue, user: string): Promise<VenueAccountView> {
  const positions = new Map<string, string>()
  const values = new Map<Currency, Money>()
  let openOrders = 0
  for (const { name: dex, collateral } of venue.state.listing.dexs) {
    const state = (await ask(venue, { type: 'clearinghouseState', user, dex })) as {
      readonly marginSummary: { readonly accountValue: string }
      readonly assetPositions: readonly {
        readonly position: { readonly coin: string; readonly szi: string }
      }[]
    }
    const orders = (await ask(venue, { type: 'openOrders', user, dex })) as readonly unknown[]
    openOrders += orders.length
    for (const { position } of state.assetPositions) positions.set(position.coin, position.szi)
    const value = parseDecimal(state.marginSummary.accountValue, MONEY_DECIMALS)
    if (value === null) throw new Error(`account value ${state.marginSummary.accountValue}`)
    values.set(collateral.name, (values.get(collateral.name) ?? 0n) + value)
  }
  return { positions, openOrders, values }
}

async function ask(venue: HyperliquidVenue, body: object): Promise<unknown> {
  const reply = await venue.handleHttp({
    method: 'POST',
    path: '/info',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    receivedTimeUs: venue.state.time,
  })
  return JSON.parse(reply.body)
}
