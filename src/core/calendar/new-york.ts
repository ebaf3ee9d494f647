import type { TimeUs } from '../domain/units.ts'
import { dateParts, nthWeekday } from './civil-day.ts'

const HOUR_US = 3_600_000_000
const DAY_IN_US = 24 * HOUR_US
const SUNDAY = 0
const STANDARD = -5 * HOUR_US
const DAYLIGHT = -4 * HOUR_US

/**
 * Offset of New York's clocks from UTC at an instant, us: -5 hours, or -4 hours in daylight time.
 * Daylight time runs, from 2:00 local, from the second Sunday of March to the first of November
 * since 2007 (Energy Policy Act of 2005), from the first Sunday of April to the last of October
 * from 1987 to 2006. Earlier years are not covered.
 */
export function newYorkOffsetUs(time: TimeUs): number {
  const { year } = dateParts(Math.floor(time / DAY_IN_US))
  return time >= daylightStart(year) && time < daylightEnd(year) ? DAYLIGHT : STANDARD
}

/** New York's clock at an instant, as microseconds since 1970-01-01 00:00 of that clock. */
export function toNewYork(time: TimeUs): number {
  return time + newYorkOffsetUs(time)
}

/**
 * Instant at which New York's clock shows `local`. The hour that occurs twice in autumn is taken as
 * its first, daylight occurrence; an hour skipped in spring is taken as standard time.
 */
export function fromNewYork(local: number): TimeUs {
  const asDaylight = local - DAYLIGHT
  return newYorkOffsetUs(asDaylight) === DAYLIGHT ? asDaylight : local - STANDARD
}

function daylightStart(year: number): TimeUs {
  const day = year >= 2007 ? nthWeekday(year, 3, SUNDAY, 2) : nthWeekday(year, 4, SUNDAY, 1)
  return day * DAY_IN_US + 2 * HOUR_US - STANDARD
}

function daylightEnd(year: number): TimeUs {
  const day = year >= 2007 ? nthWeekday(year, 11, SUNDAY, 1) : nthWeekday(year, 10, SUNDAY, -1)
  return day * DAY_IN_US + 2 * HOUR_US - DAYLIGHT
}
