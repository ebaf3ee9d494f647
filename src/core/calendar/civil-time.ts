import type { TimeUs } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'
import { type DateParts, dateParts, dayNumber } from './civil-day.ts'

/** Microseconds of a day. */
export const DAY_US = 86_400_000_000

/** UTC date of an instant. */
export const civilDate = (time: TimeUs): DateParts => dateParts(Math.floor(time / DAY_US))

/** First instant of a UTC date (month and day from 1), us. */
export const civilTime = (year: number, month: number, day: number): TimeUs =>
  dayNumber(year, month, day) * DAY_US

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
