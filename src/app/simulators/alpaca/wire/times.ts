import {
  type DayNumber,
  dateParts,
  dayNumber,
  newYorkOffsetUs,
  type TimeUs,
  toNewYork,
} from '../../../../core/mod.ts'

export const SECOND_US = 1_000_000
export const MINUTE_US = 60 * SECOND_US
export const HOUR_US = 60 * MINUTE_US
export const DAY_US = 24 * HOUR_US

const two = (value: number): string => String(value).padStart(2, '0')

/** A day as the venue writes it: 2026-11-21. */
export function dateText(day: DayNumber): string {
  const { year, month, day: d } = dateParts(day)
  return `${year}-${two(month)}-${two(d)}`
}

/** A clock's time of day as the venue writes sessions: "09:30", or "0930" without a mark. */
export function minuteText(minute: number, mark = ':'): string {
  return `${two(Math.floor(minute / 60))}${mark}${two(minute % 60)}`
}

function stamp(local: number, zone: string): string {
  const day = Math.floor(local / DAY_US)
  const rest = local - day * DAY_US
  const clock = `${minuteText(Math.floor(rest / MINUTE_US))}:${two(Math.floor((rest % MINUTE_US) / SECOND_US))}`
  const fraction = rest % SECOND_US
  const digits = fraction === 0 ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`
  return `${dateText(day)}T${clock}${digits}${zone}`
}

/** An instant as RFC 3339 in UTC, without trailing zeros of the fraction. */
export const timeText = (time: TimeUs): string => stamp(time, 'Z')

/** {@link timeText}, null for null. */
export const timeOrNull = (time: TimeUs | null): string | null =>
  time === null ? null : timeText(time)

/** An instant as RFC 3339 in New York's time. */
export function newYorkText(time: TimeUs): string {
  const hours = -newYorkOffsetUs(time) / HOUR_US
  return stamp(toNewYork(time), `-${two(hours)}:00`)
}

const dateOnly = /^(\d{4})-(\d\d)-(\d\d)$/
const instant =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?([Zz]|[+-]\d\d:?\d\d)?$/

/** Reads a date (2026-11-21) as a day number; null when it is none. */
export function readDate(text: string): DayNumber | null {
  const match = dateOnly.exec(text)
  if (match === null) return null
  const [year, month, day] = match.slice(1, 4).map(Number) as [number, number, number]
  const number = dayNumber(year, month, day)
  const parts = dateParts(number)
  return parts.month === month && parts.day === day ? number : null
}

/** Reads RFC 3339 or a date (its midnight, UTC); null when it is neither. */
export function readTime(text: string): TimeUs | null {
  const date = readDate(text)
  if (date !== null) return date * DAY_US
  const match = instant.exec(text.replaceAll('%2B', '+'))
  if (match === null) return null
  const day = readDate(`${match[1]}-${match[2]}-${match[3]}`)
  const [hour, minute, second] = [match[4], match[5], match[6] ?? '0'].map(Number)
  if (day === null || hour! > 24 || minute! > 59 || second! > 60) return null
  const micros = Number((match[7] ?? '').slice(0, 6).padEnd(6, '0'))
  const zone = match[8] ?? 'Z'
  const shift = /^z$/i.test(zone)
    ? 0
    : (zone.startsWith('-') ? -1 : 1) *
      (Number(zone.slice(1, 3)) * HOUR_US + Number(zone.slice(-2)) * MINUTE_US)
  return day * DAY_US + hour! * HOUR_US + minute! * MINUTE_US + second! * SECOND_US + micros - shift
}
