import { type DayNumber, dateParts } from '../calendar/civil-day.ts'
import { sessionOn } from '../calendar/sessions.ts'
import { US_EQUITY_YEARS } from '../calendar/us-equity-days.ts'
import type { Denial } from '../domain/effect.ts'
import type { Instrument } from '../domain/instrument.ts'
import { applyRate, moneyToNumber, notional, notionalFloat } from '../domain/money.ts'
import type { NewOrder } from '../domain/order.ts'
import { type InstrumentId, type Money, sign, type TimeUs } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'
import { borrowOn } from '../rules/borrow.ts'
import { nearestRule } from '../rules/dated-rule.ts'
import { marginRule } from '../rules/margin.ts'
import { newYorkDay } from '../rules/sell-fees.ts'
import { type HeldPosition, requirement, standardOf } from './buying-power.ts'
import { dayTradesLeft, openedOn } from './day-trades.ts'
import { isTested } from './price-test.ts'
import { unsettledCash } from './settled-cash.ts'
import type { ShareRules, ShareState } from './share-rules.ts'

/** What the rules must know of the account and the market. Read-only. */
export interface ShareContext {
  readonly now: TimeUs
  readonly instruments: readonly Instrument[]
  /** Signed lots held. */
  positionLots(instrument: InstrumentId): number
  /** Signed lots that open orders of a side could still add. */
  worstCaseLots(instrument: InstrumentId, side: 'buy' | 'sell'): number
  /** Half quanta, -1 when unknown. */
  halfMid(instrument: InstrumentId): number
  /** Quanta, -1 when unknown. */
  bestBid(instrument: InstrumentId): number
  /** Currency units. */
  readonly equity: number
  /** Of the shares' currency. */
  readonly cash: Money
}

/**
 * Why an order that adds risk breaks a rule of shares; null when it breaks none, or is of something
 * else. Orders that reduce are never asked.
 */
export function shareDenial(
  order: NewOrder,
  rules: ShareRules,
  state: ShareState,
  context: ShareContext,
): Denial | null {
  const instrument = context.instruments[order.instrument]!
  if (instrument.kind === 'perpetual') return null
  const day = tradingDayAt(context.now)
  if (instrument.kind === 'equity') {
    const own =
      saleDenial(order, day, { rules, state, context }) ??
      tradeDenial(day, { rules, state, context })
    if (own !== null) return own
  }
  return rules.account === 'cash'
    ? cashDenial(order, instrument, { rules, state, context })
    : marginDenial(order, day, { rules, state, context })
}

interface Account {
  readonly rules: ShareRules
  readonly state: ShareState
  readonly context: ShareContext
}

/** The day of the session in which an order of this instant trades: the next one when it is closed. */
export function tradingDayAt(time: TimeUs): DayNumber {
  for (let day = newYorkDay(time); dateParts(day).year <= US_EQUITY_YEARS.last; day++) {
    const session = sessionOn('us-equities', day)
    if (session !== null && session.closeTime > time) return day
  }
  assert(false, `no session of US stock exchanges is known after ${time}`)
}

/** Why a share cannot be borrowed on a day, null when it can. */
export function borrowRefusal(
  rules: ShareRules,
  instrument: InstrumentId,
  day: DayNumber,
): 'NOT_SHORTABLE' | 'NO_LOCATE' | null {
  if (rules.account === 'cash') return 'NOT_SHORTABLE'
  const terms = rules.borrow?.[instrument] ?? []
  const status = terms.length === 0 ? 'easy' : borrowOn(terms, day).status
  if (status === 'none') return 'NOT_SHORTABLE'
  return status === 'hard' && !rules.isLocateGranted ? 'NO_LOCATE' : null
}

/** What keeps a share from being sold short. */
function saleDenial(
  order: NewOrder,
  day: DayNumber,
  { rules, state, context }: Account,
): Denial | null {
  if (order.side !== 'sell') return null
  const code = borrowRefusal(rules, order.instrument, day)
  if (code !== null) return { code, value: code === 'NO_LOCATE' ? order.quantity : 0, limit: 0 }
  if (!rules.hasPriceTest || !isTested(state, order.instrument, day)) return null
  const bid = context.bestBid(order.instrument)
  return order.price > bid && bid > 0
    ? null
    : { code: 'PRICE_TEST', value: order.price, limit: bid }
}

/** Day trades an account below the limit has left: one that is opened could be closed today. */
function tradeDenial(day: DayNumber, { rules, state, context }: Account): Denial | null {
  if (rules.account === 'cash' || rules.dayTrades !== 'refuse') return null
  const left = dayTradesLeft(state, day, context.equity)
  return left > 0 ? null : { code: 'DAY_TRADES', value: left, limit: 0 }
}

function cashDenial(
  order: NewOrder,
  instrument: Instrument,
  { rules, state, context }: Account,
): Denial | null {
  if (order.side !== 'buy') return null
  const value = notional(instrument, order.price, order.quantity)
  const cost = value + applyRate(value, Math.max(0, instrument.fees.takerE9))
  const wanted = moneyToNumber(cost) + openBuys(context)
  const unsettled = rules.hasSettlement ? unsettledCash(state, newYorkDay(context.now)) : 0n
  const settled = moneyToNumber(context.cash - unsettled)
  if (wanted <= settled) return null
  const code = wanted <= moneyToNumber(context.cash) ? 'UNSETTLED_CASH' : 'BUYING_POWER'
  return { code, value: wanted, limit: settled }
}

/** What open orders could still spend, currency units. */
function openBuys(context: ShareContext): number {
  let sum = 0
  for (const instrument of context.instruments) {
    const lots = context.worstCaseLots(instrument.id, 'buy')
    if (lots > 0)
      sum += notionalFloat(instrument, Math.max(0, context.halfMid(instrument.id)) / 2, lots)
  }
  return sum
}

function marginDenial(
  order: NewOrder,
  day: DayNumber,
  { rules, state, context }: Account,
): Denial | null {
  if (!rules.hasMargin) return null
  const { equity } = context
  const standard = standardOf(day, { equity, isHeldOvernight: rules.isHeldOvernight })
  if (standard === 'paid' && order.side === 'sell') {
    const { equityMin } = nearestRule(marginRule, day)
    return { code: 'MARGIN_EQUITY', value: equity, limit: equityMin }
  }
  const positions = worstCases(order, context, (i) => openedOn(state, day, i))
  const needed = requirement(positions, standard, day)
  return needed <= equity ? null : { code: 'BUYING_POWER', value: needed, limit: equity }
}

/** Every instrument as large as its open orders could make it, the order included. */
function worstCases(
  order: NewOrder,
  context: ShareContext,
  opened: (instrument: InstrumentId) => number,
): readonly HeldPosition[] {
  return context.instruments.flatMap((instrument) => {
    const { id } = instrument
    const isOwn = id === order.instrument
    const held = context.positionLots(id)
    const added = isOwn ? sign(order.side) * order.quantity : 0
    const long = held + context.worstCaseLots(id, 'buy') + Math.max(0, added)
    const short = held + context.worstCaseLots(id, 'sell') + Math.min(0, added)
    const lots = Math.abs(long) >= Math.abs(short) ? long : short
    if (lots === 0) return []
    const half = context.halfMid(id)
    const mark = half > 0 ? half / 2 : isOwn ? order.price : 0
    const before = held - opened(id)
    const carriedLots =
      Math.sign(before) === Math.sign(lots)
        ? Math.sign(lots) * Math.min(Math.abs(before), Math.abs(lots))
        : 0
    return [{ instrument, lots, carriedLots, mark: isOwn ? Math.max(mark, order.price) : mark }]
  })
}
