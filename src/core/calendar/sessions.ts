import type { TimeUs } from '../domain/units.ts'
import { type DayNumber, dateParts } from './civil-day.ts'
import { fromNewYork } from './new-york.ts'
import { US_EQUITY_YEARS, usEquityCloseMinute, usEquityClosure } from './us-equity-days.ts'

/** When a market trades: always, or in the regular sessions of US stock exchanges. */
export type CalendarId = 'always' | 'us-equities'

/** One trading session, [openTime, closeTime) in us. */
export interface Session {
  /** Its date as a day number: of New York for US equities, of UTC for markets always open. */
  readonly day: DayNumber
  readonly openTime: TimeUs
  readonly closeTime: TimeUs
  /** True when it ends before the regular time. */
  readonly closesEarly: boolean
}

const MINUTE_US = 60_000_000
const DAY_IN_US = 86_400_000_000
const OPEN_MINUTE = 9 * 60 + 30
const CLOSE_MINUTE = 16 * 60
/** More days than any closure lasts; bounds every search for a session. */
const SEARCH_DAYS = 14

/** The session of a day, null when the market is closed on it. US equities: 1990 to 2050. */
export function sessionOn(calendar: CalendarId, day: DayNumber): Session | null {
  if (calendar === 'always') {
    const openTime = day * DAY_IN_US
    return { day, openTime, closeTime: openTime + DAY_IN_US, closesEarly: false }
  }
  if (usEquityClosure(day) !== null) return null
  const closeMinute = usEquityCloseMinute(day)
  return {
    day,
    openTime: fromNewYork(day * DAY_IN_US + OPEN_MINUTE * MINUTE_US),
    closeTime: fromNewYork(day * DAY_IN_US + closeMinute * MINUTE_US),
    closesEarly: closeMinute < CLOSE_MINUTE,
  }
}

/** The session an instant lies in, null when the market is closed then. */
export function sessionAt(calendar: CalendarId, time: TimeUs): Session | null {
  // Regular US sessions lie within one day of UTC, whose date is also New York's then.
  const session = sessionOn(calendar, Math.floor(time / DAY_IN_US))
  if (session === null || time < session.openTime || time >= session.closeTime) return null
  return session
}

/** True while the market trades: from the open up to but not including the close. */
export function isOpen(calendar: CalendarId, time: TimeUs): boolean {
  return calendar === 'always' || sessionAt(calendar, time) !== null
}

/** The first session that opens at or after an instant; null past the years that are known. */
export function nextSession(calendar: CalendarId, time: TimeUs): Session | null {
  const from = Math.floor(time / DAY_IN_US)
  for (let day = from; day < from + SEARCH_DAYS && isKnown(calendar, day); day++) {
    const session = sessionOn(calendar, day)
    if (session !== null && session.openTime >= time) return session
  }
  return null
}

/** The last session that closed at or before an instant; null before the years that are known. */
export function previousSession(calendar: CalendarId, time: TimeUs): Session | null {
  const from = Math.floor(time / DAY_IN_US)
  for (let day = from; day > from - SEARCH_DAYS && isKnown(calendar, day); day--) {
    const session = sessionOn(calendar, day)
    if (session !== null && session.closeTime <= time) return session
  }
  return null
}

/** The sessions that open in [from, to), oldest first. */
export function sessionsBetween(calendar: CalendarId, from: TimeUs, to: TimeUs): Session[] {
  const sessions: Session[] = []
  for (let day = Math.floor(from / DAY_IN_US); day * DAY_IN_US < to; day++) {
    const session = sessionOn(calendar, day)
    if (session !== null && session.openTime >= from && session.openTime < to) {
      sessions.push(session)
    }
  }
  return sessions
}

/** Bars of a length that a session has, counted from its open; a shorter last bar counts. */
export function barsInSession(session: Session, intervalUs: number): number {
  return Math.ceil((session.closeTime - session.openTime) / intervalUs)
}

/** Whole bars of a length that sessions have within [from, to), us; a shorter last bar counts. */
export function barsBetween(
  calendar: CalendarId,
  from: TimeUs,
  to: TimeUs,
  intervalUs: number,
): number {
  if (calendar === 'always') return Math.floor((to - from) / intervalUs)
  let bars = 0
  for (let day = Math.floor(from / DAY_IN_US); day * DAY_IN_US < to; day++) {
    const session = sessionOn(calendar, day)
    if (session === null) continue
    const begin = Math.max(from, session.openTime)
    const isWhole = session.closeTime <= to
    const length = Math.min(to, session.closeTime) - begin
    if (length > 0)
      bars += isWhole ? Math.ceil(length / intervalUs) : Math.floor(length / intervalUs)
  }
  return bars
}

/** Sessions that closed in (after, until], us. */
export function sessionsClosed(calendar: CalendarId, after: TimeUs, until: TimeUs): number {
  let closed = 0
  for (let day = Math.floor(after / DAY_IN_US); day * DAY_IN_US < until; day++) {
    const session = sessionOn(calendar, day)
    if (session !== null && session.closeTime > after && session.closeTime <= until) closed++
  }
  return closed
}

function isKnown(calendar: CalendarId, day: DayNumber): boolean {
  if (calendar === 'always') return true
  const { year } = dateParts(day)
  return year >= US_EQUITY_YEARS.first && year <= US_EQUITY_YEARS.last
}
