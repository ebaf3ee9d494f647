import type { DayNumber } from '../calendar/civil-day.ts'
import { sessionOn } from '../calendar/sessions.ts'
import type { InstrumentId } from '../domain/units.ts'
import { nearestRule } from '../rules/dated-rule.ts'
import { dayTradingRule, isPatternDayTrader } from '../rules/margin.ts'
import type { SessionCount, ShareState } from './share-rules.ts'

/** A fill as the count sees it: signed lots before it, and what it adds. */
export interface CountedFill {
  readonly instrument: InstrumentId
  readonly day: DayNumber
  readonly before: number
  readonly signedLots: number
}

/**
 * Counts a fill. Shares that are bought and sold (or sold short and bought back) within a session
 * are one day trade, however many fills it takes, until the name is opened again. True when the
 * fill completed one. Mutates `state`.
 */
export function countFill(state: ShareState, fill: CountedFill): boolean {
  const { instrument: i, before, signedLots } = fill
  const session = sessionOf(state, fill.day)
  const closes = before !== 0 && Math.sign(before) !== Math.sign(signedLots)
  const closed = closes ? Math.min(Math.abs(before), Math.abs(signedLots)) : 0
  let isDayTrade = false
  if (closed > 0) {
    const opened = state.opened[i]!
    const ofToday = Math.min(closed, Math.max(0, Math.sign(before) * opened))
    if (state.lastTrade[i] !== 'closed') {
      session.trades++
      if (ofToday > 0) {
        isDayTrade = true
        session.dayTrades++
        state.dayTrades++
      }
    }
    state.opened[i] = opened - Math.sign(before) * ofToday
    state.lastTrade[i] = 'closed'
  }
  const rest = Math.abs(signedLots) - closed
  if (rest > 0) {
    if (state.lastTrade[i] !== 'opened') session.trades++
    state.opened[i]! += Math.sign(signedLots) * rest
    state.lastTrade[i] = 'opened'
  }
  return isDayTrade
}

/** Signed lots that the session of a day opened and did not close. */
export const openedOn = (state: ShareState, day: DayNumber, instrument: InstrumentId): number =>
  state.sessions.at(-1)?.day === day ? state.opened[instrument]! : 0

/** The count of a day's session; a new one forgets what the last ones opened. */
function sessionOf(state: ShareState, day: DayNumber): SessionCount {
  const last = state.sessions.at(-1)
  if (last?.day === day) return last
  state.opened.fill(0)
  state.lastTrade.fill(null)
  const session = { day, dayTrades: 0, trades: 0 }
  state.sessions.push(session)
  const first = sessionsBefore(day, SESSIONS_KEPT)
  while (state.sessions[0]!.day < first) state.sessions.shift()
  return session
}

const SESSIONS_KEPT = 5

/** Day of the session so many back, the day's own being the first. */
function sessionsBefore(day: DayNumber, count: number): DayNumber {
  let left = count - 1
  let found = day
  while (left > 0) {
    found--
    if (sessionOn('us-equities', found) !== null) left--
  }
  return found
}

/**
 * Day trades that an account of this equity (currency units) may still make on a day; Infinity
 * where nothing limits them.
 */
export function dayTradesLeft(state: ShareState, day: DayNumber, equity: number): number {
  const rule = nearestRule(dayTradingRule, day)
  if (rule.kind !== 'patternDayTrader' || equity >= rule.equityMin) return Number.POSITIVE_INFINITY
  const first = sessionsBefore(day, rule.sessions)
  const recent = state.sessions.filter((session) => session.day >= first)
  const made = recent.reduce((sum, { dayTrades }) => sum + dayTrades, 0)
  return rule.dayTrades - 1 - made
}

/** True when the account counts as a pattern day trader's on a day without the equity for it. */
export function isOverTraded(state: ShareState, day: DayNumber, equity: number): boolean {
  const rule = nearestRule(dayTradingRule, day)
  if (rule.kind !== 'patternDayTrader' || equity >= rule.equityMin) return false
  const first = sessionsBefore(day, rule.sessions)
  return isPatternDayTrader(
    rule,
    state.sessions.filter((session) => session.day >= first),
  )
}
