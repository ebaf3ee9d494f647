import { type DayNumber, fromNewYork, parseDay, type TimeUs } from '../../core/mod.ts'

const MINUTE_US = 60_000_000
const DAY_US = 1440 * MINUTE_US

/** Statements of 2011 and 2012 that came at 12:30, before a press conference. */
const EARLY = new Set(
  [
    ...['2011-04-27', '2011-06-22', '2011-11-02', '2012-01-25'],
    ...['2012-04-25', '2012-06-20', '2012-09-13', '2012-12-12'],
  ].map(parseDay),
)

/** From here on every statement comes at 14:00 (Federal Reserve, press release of 2013-03-13). */
const AT_TWO_FROM = parseDay('2013-03-20')

/** Meetings that nobody could know of before: halting around them would be look-ahead. */
const UNSCHEDULED = new Set(
  [
    ...['2001-01-03', '2001-04-18', '2001-09-17', '2007-08-17'],
    ...['2008-01-22', '2008-10-08', '2020-03-03', '2020-03-15'],
  ].map(parseDay),
)

/** True for a meeting outside the schedule of its year. */
export const isUnscheduled = (day: DayNumber): boolean => UNSCHEDULED.has(day)

/** When the statement of a scheduled meeting's last day comes out: 14:15, 12:30 or 14:00. */
export function fomcStatementTime(day: DayNumber): TimeUs {
  const minute = day >= AT_TWO_FROM ? 14 * 60 : EARLY.has(day) ? 12 * 60 + 30 : 14 * 60 + 15
  return fromNewYork(day * DAY_US + minute * MINUTE_US)
}
