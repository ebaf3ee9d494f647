import { civilDate, civilTime } from '../calendar/civil-time.ts'
import type { TimeUs } from '../domain/units.ts'
import { type GrowthPath, indexAt } from './growth.ts'

/** Returns of the calendar months (UTC) of one year; null where the run has no data. */
export interface YearOfMonths {
  readonly year: number
  /** January first; a fraction. First and last may be parts of a month. */
  readonly months: readonly (number | null)[]
  /** Compounded over the year's months. */
  readonly total: number
}

/** Month by month returns of a growth path, compounding exactly to the total return. */
export function monthlyReturns(path: GrowthPath): readonly YearOfMonths[] {
  const { time } = path
  if (time.length === 0) return []
  const first = civilDate(time[0]!)
  // An end at exactly 00:00 of a first closes the month before it.
  const last = civilDate(Math.max(time[0]!, time[time.length - 1]! - 1))
  const years: YearOfMonths[] = []
  let before = 1
  for (let year = first.year; year <= last.year; year++) {
    const months: (number | null)[] = []
    const yearBefore = before
    for (let month = 1; month <= 12; month++) {
      const isBefore = year === first.year && month < first.month
      const isAfter = year === last.year && month > last.month
      if (isBefore || isAfter) {
        months.push(null)
        continue
      }
      const end = indexAt(path, monthEnd(year, month))
      months.push(ratio(end, before))
      before = end
    }
    years.push({ year, months, total: ratio(before, yearBefore) })
  }
  return years
}

const ratio = (after: number, before: number): number => (before > 0 ? after / before - 1 : 0)

/** Last instant that still belongs to the month: its end, 00:00 UTC of the next first, included. */
const monthEnd = (year: number, month: number): TimeUs =>
  month === 12 ? civilTime(year + 1, 1, 1) : civilTime(year, month + 1, 1)
