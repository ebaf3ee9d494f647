import {
  fromNewYork,
  nextSession,
  previousSession,
  type Session,
  sessionOn,
  type TimeUs,
  toNewYork,
} from '../../../../core/mod.ts'
import { DAY_US, HOUR_US, MINUTE_US } from '../wire/times.ts'

/** Part of a trading day of US shares. The overnight session is not simulated. */
export type Phase = 'closed' | 'pre' | 'regular' | 'after'

/** First and last minute of a day on which extended hours orders trade, New York. */
export const EXTENDED_OPEN_MINUTE = 4 * 60
export const EXTENDED_CLOSE_MINUTE = 20 * 60

/** The trading day that an instant's New York date is; null on days without a session. */
export const tradingDay = (time: TimeUs): Session | null =>
  sessionOn('us-equities', Math.floor(toNewYork(time) / DAY_US))

const minuteOn = (session: Session, minute: number): TimeUs =>
  fromNewYork(session.day * DAY_US + minute * MINUTE_US)

/** When extended hours of a trading day begin. */
export const extendedOpen = (session: Session): TimeUs => minuteOn(session, EXTENDED_OPEN_MINUTE)
/** When extended hours of a trading day end: four hours after an early close too. */
export const extendedClose = (session: Session): TimeUs =>
  session.closesEarly ? session.closeTime + 4 * HOUR_US : minuteOn(session, EXTENDED_CLOSE_MINUTE)

/** What part of the day an instant lies in. */
export function phaseAt(time: TimeUs): Phase {
  const session = tradingDay(time)
  if (session === null || time < extendedOpen(session)) return 'closed'
  if (time < session.openTime) return 'pre'
  if (time < session.closeTime) return 'regular'
  return time < extendedClose(session) ? 'after' : 'closed'
}

/** The first session that closes after an instant. */
export function sessionInOrAfter(time: TimeUs): Session {
  const today = tradingDay(time)
  if (today !== null && time < today.closeTime) return today
  return sessionAfter(time)
}

/** The first session that opens after an instant. */
export function sessionAfter(time: TimeUs): Session {
  const session = nextSession('us-equities', time + 1)
  if (session === null) throw new RangeError(`no session after ${time} is known`)
  return session
}

/** The last session that closed at or before an instant. */
export function sessionBefore(time: TimeUs): Session {
  const session = previousSession('us-equities', time)
  if (session === null) throw new RangeError(`no session before ${time} is known`)
  return session
}
