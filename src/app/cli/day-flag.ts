import { InputError } from '../../adapters/mod.ts'
import { type DayNumber, dateParts, dayNumber } from '../../core/mod.ts'

/** Reads a flag such as --at 2018-05-22 as a day. Throws InputError (2). */
export function dayFlag(flag: string, text: string): DayNumber {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  const [year, month, day] = (match ?? []).slice(1).map(Number) as [number, number, number]
  const number = match === null ? Number.NaN : dayNumber(year, month, day)
  const parts = Number.isNaN(number) ? null : dateParts(number)
  if (parts !== null && parts.month === month && parts.day === day) return number
  throw new InputError({
    code: 'ORN-USAGE-008',
    exitCode: 2,
    message: `${flag} ${text} is not a day`,
    details: ['allowed: a date of the calendar, for example 2018-05-22'],
  })
}
