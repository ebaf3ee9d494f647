import { nextSession, type Session, sessionAt } from '../calendar/sessions.ts'
import type { Denial } from '../domain/effect.ts'
import type { EventOf } from '../domain/event.ts'
import type { MarketCursor } from '../domain/market-record.ts'
import { moneyToNumber, notional } from '../domain/money.ts'
import type { Execution, NewOrder } from '../domain/order.ts'
import { sign } from '../domain/units.ts'
import { leavesQuantity } from '../execution/order-store.ts'
import type { RiskContext } from '../risk/gate.ts'
import { NO_SPLIT_E9 } from '../rules/corporate-action.ts'
import { newYorkDay } from '../rules/sell-fees.ts'
import { countFill, isOverTraded } from '../shares/day-trades.ts'
import { borrowRefusal, type ShareContext, shareDenial, tradingDayAt } from '../shares/denial.ts'
import { noteTestedBar, noteTestedMid, splitTested } from '../shares/price-test.ts'
import { dropSettled, noteProceeds, unsettledCash } from '../shares/settled-cash.ts'
import { isPricedByBars } from './config.ts'
import { watchMargin } from './margin-call.ts'
import { bestPrice, halfMid, mark } from './risk-context.ts'
import { emit, isShadow, ledgerOf, type World } from './world.ts'

/**
 * Counts what is held of a split share anew, and puts its last prices on the new scale; returns by
 * how many lots the position moved.
 */
export function splitShares(world: World, event: EventOf<'sharesSplit'>): number {
  const { instrument, ratioE9 } = event
  const { addedLots } = world.ledger.applySplit(instrument, event)
  const half = world.halfMarks[instrument]!
  if (half > 0) world.halfMarks[instrument] = Math.round((half * NO_SPLIT_E9) / ratioE9)
  if (world.shares !== null) splitTested(world.shares, instrument, ratioE9)
  return addedLots
}

/** The rules of shares as the gate asks for them; null where the account holds none by them. */
export function createShareGate(world: World): ((order: NewOrder) => Denial | null) | null {
  const { shares: rules, instruments } = world.config
  if (rules === undefined) return null
  const context: ShareContext = {
    get now() {
      return world.now
    },
    instruments,
    positionLots: (i) => ledgerOf(world, i).position(i).quantity,
    worstCaseLots: (i, side) => world.orders.worstCaseLots(i, side),
    halfMid: (i) => mark(world, i),
    bestBid: (i) => bestPrice(world, i, 'bid'),
    get equity() {
      return world.equity
    },
    get cash() {
      return world.ledger.cash(world.quoteCurrencies[0]!)
    },
  }
  return (order) => shareDenial(order, rules, world.shares!, context)
}

/** Cash less what has not settled and what open buys could take at their limits, quote units. */
export function spendableCash(world: World): number {
  const { shares: rules, instruments } = world.config
  const cash = world.ledger.cash(world.quoteCurrencies[0]!)
  const waits = rules?.account === 'cash' && rules.hasSettlement
  const unsettled = waits ? unsettledCash(world.shares!, newYorkDay(world.now)) : 0n
  let open = 0n
  for (const record of world.orders.allActive()) {
    const { side, instrument, price } = record.order
    if (side === 'buy') open += notional(instruments[instrument]!, price, leavesQuantity(record))
  }
  return moneyToNumber(cash - unsettled - open)
}

/** Why a share cannot be sold short now, in words; null when it can, or is none. */
export function shortRefusal(world: World, id: number): 'not shortable' | 'no locate' | null {
  const { shares: rules, instruments } = world.config
  if (rules === undefined || instruments[id]!.kind !== 'equity') return null
  const refusal = borrowRefusal(rules, id, tradingDayAt(world.now))
  if (refusal === null) return null
  return refusal === 'NO_LOCATE' ? 'no locate' : 'not shortable'
}

/** Gives a finished bar of a share to the price test. */
export function noteShareBar(world: World, cursor: MarketCursor): void {
  const i = cursor.instrument
  if (world.shares === null || world.config.instruments[i]!.kind !== 'equity') return
  const { pool, aux } = cursor
  const [low, close, openTime] = [pool[aux + 2]!, pool[aux + 3]!, pool[aux + 5]!]
  noteTestedBar(world.shares, { instrument: i, openTime, low, close })
}

/** The same of history. */
export function noteShareSeeds(world: World, { instrument, bars }: EventOf<'barsSeeded'>): void {
  if (world.shares === null || world.config.instruments[instrument]!.kind !== 'equity') return
  const { intervalUs } = world.config.signal
  for (const { openTime, low, close } of bars) {
    if (openTime + intervalUs > world.now) continue
    noteTestedBar(world.shares, { instrument, openTime, low, close })
  }
}

/** Counts a fill of a share; `before` are the signed lots held before it. */
export function noteShareFill(world: World, execution: Execution, before: number): void {
  const { instrument: id, side, price, quantity, fee, venueTime } = execution
  const instrument = world.config.instruments[id]!
  const { shares: state, config } = world
  if (state === null || config.shares === undefined || instrument.kind !== 'equity') return
  const day = newYorkDay(venueTime)
  const signedLots = sign(side) * quantity
  if (side === 'sell' && config.shares.account === 'cash') {
    noteProceeds(state, day, notional(instrument, price, quantity) - fee)
  }
  const isDayTrade = countFill(state, { instrument: id, day, before, signedLots })
  if (!isDayTrade || config.shares.dayTrades === 'off' || config.shares.account === 'cash') return
  if (!isOverTraded(state, day, world.equity)) return
  state.dayTradesOver++
  emit(world, {
    kind: 'alert',
    level: 'warning',
    code: 'DAY_TRADES',
    text: `${instrument.symbol}: a day trade too many for an account of this equity`,
  })
}

/**
 * With every heartbeat: prices that begin a price test, proceeds that settled, calls for margin.
 * Nothing is asked of quotes outside sessions; of bars alone, what is known between them counts.
 */
export function watchShares(world: World, gate: RiskContext): void {
  const { shares: state, config } = world
  if (state === null || config.shares === undefined) return
  if (state.unsettled.length > 0) dropSettled(state, newYorkDay(world.now))
  const session = sessionNow(world)
  if (session === null && !isPricedByBars(config.signal)) return
  if (session !== null && config.shares.hasPriceTest) {
    for (const { id, kind } of config.instruments) {
      if (kind !== 'equity' || isShadow(world, id)) continue
      noteTestedMid(state, id, { halfMid: halfMid(world, id), day: session.day })
    }
  }
  watchMargin(world, gate)
}

/** The session of the present instant; the calendar is asked when one begins or ends. */
function sessionNow(world: World): Session | null {
  const { sessionSeen: seen, now } = world
  if (now >= seen.from && now < seen.until) return seen.session
  seen.session = sessionAt('us-equities', now)
  seen.from = now
  seen.until = seen.session?.closeTime ?? nextSession('us-equities', now)?.openTime ?? now
  return seen.session
}
