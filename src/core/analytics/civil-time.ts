import type { TimeUs } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'

/** Microseconds of a day. */
export const DAY_US = 86_400_000_000

/** A date of the proleptic Gregorian calendar; month and day from 1. */
export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** UTC date of an instant (days-to-civil of H. Hinnant, "chrono-compatible date algorithms"). */
export function civilDate(time: TimeUs): CivilDate {
  const shifted = Math.floor(time / DAY_US) + 719468
  const era = Math.floor(shifted / 146097)
  const dayOfEra = shifted - era * 146097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36524) -
      Math.floor(dayOfEra / 146096)) /
      365,
  )
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

/** First instant of a UTC date, us; the inverse of {@link civilDate}. */
export function civilTime(year: number, month: number, day: number): TimeUs {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return (era * 146097 + dayOfEra - 719468) * DAY_US
}

const pad = (value: number, width: number): string => value.toString().padStart(width, '0')

/** "2025-09-04" in UTC. */
export function formatUtcDate(time: TimeUs): string {
  const { year, month, day } = civilDate(time)
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
}

/** "19:46:56" in UTC, with `decimals` (0 to 6) digits of the second, cut not rounded. */
export function formatUtcClock(time: TimeUs, decimals = 0): string {
  assert(decimals >= 0 && decimals <= 6, 'a clock shows 0 to 6 decimals')
  const inDay = Math.floor(time) - Math.floor(time / DAY_US) * DAY_US
  const seconds = Math.floor(inDay / 1e6)
  const text = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => pad(part, 2))
    .join(':')
  return decimals === 0 ? text : `${text}.${pad(inDay % 1e6, 6).slice(0, decimals)}`
}

/** ISO 8601 in UTC with all six digits: "2025-09-04T19:46:56.113486Z". */
export const formatUtcIso = (time: TimeUs): string =>
  `${formatUtcDate(time)}T${formatUtcClock(time, 6)}Z`

/** A length of time in its natural unit: "340 ms", "12.5 s", "35.0 min", "7.5 h", "12.0 d". */
export function formatSpan(us: number): string {
  const seconds = us / 1e6
  if (seconds < 1) return `${(seconds * 1000).toFixed(0)} ms`
  if (seconds < 120) return `${seconds.toFixed(1)} s`
  if (seconds < 7200) return `${(seconds / 60).toFixed(1)} min`
  if (seconds < 172_800) return `${(seconds / 3600).toFixed(1)} h`
  return `${(seconds / 86_400).toFixed(1)} d`
}
