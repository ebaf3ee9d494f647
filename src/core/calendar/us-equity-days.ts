import { assert } from '../lib/assert.ts'
import { type DateParts, type DayNumber, dateParts, dayNumber, easterSunday } from './civil-day.ts'

/** First and last years whose sessions are known. Later unscheduled closures are not. */
export const US_EQUITY_YEARS = { first: 1990, last: 2050 } as const

const MONDAY = 1
const THURSDAY = 4
const FRIDAY = 5
const ONE_PM = 13 * 60
const TWO_PM = 14 * 60

/** Days closed outside the rules. */
const closures: ReadonlyMap<DayNumber, string> = new Map([
  [dayNumber(1994, 4, 27), 'funeral of Richard Nixon'],
  [dayNumber(2001, 9, 11), 'attacks of September 11'],
  [dayNumber(2001, 9, 12), 'attacks of September 11'],
  [dayNumber(2001, 9, 13), 'attacks of September 11'],
  [dayNumber(2001, 9, 14), 'attacks of September 11'],
  [dayNumber(2004, 6, 11), 'funeral of Ronald Reagan'],
  [dayNumber(2007, 1, 2), 'funeral of Gerald Ford'],
  [dayNumber(2012, 10, 29), 'hurricane Sandy'],
  [dayNumber(2012, 10, 30), 'hurricane Sandy'],
  [dayNumber(2018, 12, 5), 'funeral of George H. W. Bush'],
  [dayNumber(2025, 1, 9), 'funeral of Jimmy Carter'],
])

/** Days closed early outside the rules. */
const earlyCloses: ReadonlySet<DayNumber> = new Set([
  dayNumber(1997, 12, 26),
  dayNumber(1999, 12, 31),
  dayNumber(2003, 12, 26),
])

/**
 * Why US stock exchanges are closed on a day of New York (weekend, the holiday's name), null when
 * they open. Rules of NYSE Rule 7.2 and its past versions, and the closures outside them.
 */
export function usEquityClosure(day: DayNumber): string | null {
  const date = dateParts(day)
  assertYear(date.year)
  if (date.weekday === 0 || date.weekday === 6) return 'weekend'
  return holidayName(date, day) ?? closures.get(day) ?? null
}

/** Minute of New York's day at which a session of US stock exchanges ends: 960, or earlier. */
export function usEquityCloseMinute(day: DayNumber): number {
  const { year, month, day: d, weekday } = dateParts(day)
  assertYear(year)
  const early = year < 1993 ? TWO_PM : ONE_PM
  if (earlyCloses.has(day)) return ONE_PM
  const afterThanksgiving = month === 11 && weekday === FRIDAY && d >= 23 && d <= 29
  if (afterThanksgiving && year >= 1992) return early
  if (month === 12 && d === 24) return early
  if (month === 7 && year >= 1995) {
    // With Independence Day on a Thursday, the Friday after was short until 2012, then the eve.
    const isWednesday = weekday === 3
    if (d === 3 && (!isWednesday || year >= 2013)) return early
    if (d === 5 && weekday === FRIDAY && year < 2013) return early
  }
  return 16 * 60
}

function holidayName(date: DateParts, day: DayNumber): string | null {
  const { year, month, day: d, weekday } = date
  const isMonday = weekday === MONDAY
  switch (month) {
    case 1:
      // On a Saturday it is not observed: the year's last Friday is a session.
      if (d === 1 || (d === 2 && isMonday)) return "New Year's Day"
      return isMonday && d >= 15 && d <= 21 && year >= 1998 ? 'Martin Luther King Day' : null
    case 2:
      return isMonday && d >= 15 && d <= 21 ? "Washington's Birthday" : null
    case 3:
    case 4:
      return day === easterSunday(year) - 2 ? 'Good Friday' : null
    case 5:
      return isMonday && d >= 25 ? 'Memorial Day' : null
    case 6:
      return year >= 2022 && isObserved(date, 19) ? 'Juneteenth' : null
    case 7:
      return isObserved(date, 4) ? 'Independence Day' : null
    case 9:
      return isMonday && d <= 7 ? 'Labor Day' : null
    case 11:
      return weekday === THURSDAY && d >= 22 && d <= 28 ? 'Thanksgiving' : null
    case 12:
      return isObserved(date, 25) ? 'Christmas' : null
    default:
      return null
  }
}

/** True on a fixed holiday, the Friday before when it is a Saturday, the Monday after a Sunday. */
function isObserved({ day, weekday }: DateParts, holiday: number): boolean {
  if (day === holiday) return true
  return weekday === FRIDAY ? day === holiday - 1 : weekday === MONDAY && day === holiday + 1
}

function assertYear(year: number): void {
  const { first, last } = US_EQUITY_YEARS
  if (year >= first && year <= last) return
  assert(false, `US equity sessions of ${year} are not known, only ${first} to ${last}`)
}
