import { civilDate, civilTime, DAY_US } from '../calendar/civil-time.ts'
import type { TimeUs } from '../domain/units.ts'
import { type Figure, figure, missing } from './figure.ts'
import { type GrowthPath, indexAt, STUB_TOLERANCE_US } from './growth.ts'

/** Returns over calendar periods (UTC), fractions; missing where the history is shorter. */
export interface PeriodReturns {
  readonly monthToDate: Figure
  readonly threeMonths: Figure
  readonly sixMonths: Figure
  readonly yearToDate: Figure
  readonly oneYear: Figure
  /** A year, compounded. */
  readonly threeYearsAnnual: Figure
  readonly fiveYearsAnnual: Figure
  /** Of whole calendar months and years only. */
  readonly bestMonth: Figure
  readonly worstMonth: Figure
  readonly bestYear: Figure
  readonly worstYear: Figure
  /** Share of whole weeks (Monday to Monday) and months above zero, 0 to 1. */
  readonly shareOfWeeksPositive: Figure
  readonly shareOfMonthsPositive: Figure
}

const SHORTER = 'history is shorter'

/** Calendar-anchored returns of a growth path. */
export function periodReturns(path: GrowthPath): PeriodReturns {
  const n = path.time.length
  // A start a little after a boundary counts as at it, as in daily returns.
  const first = n > 0 ? path.time[0]! - STUB_TOLERANCE_US : 0
  // An end at exactly 00:00 closes the day before it.
  const end = n > 0 ? path.time[n - 1]! : 0
  const { year, month, day } = civilDate(Math.max(first, end - 1))
  const since = (from: TimeUs, years = 1): Figure => {
    if (n === 0 || from < first) return missing(SHORTER)
    const before = indexAt(path, from)
    const after = path.index[n - 1]!
    return before > 0 ? figure((after / before) ** (1 / years) - 1) : missing('equity was zero')
  }
  const inDay = end - civilTime(year, month, day)
  const months = steps(path, monthStarts(first, end))
  const years = steps(path, yearStarts(first, end))
  const weeks = steps(path, weekStarts(first, end))
  return {
    monthToDate: since(civilTime(year, month, 1)),
    threeMonths: since(monthsBefore({ year, month, day }, 3) + inDay),
    sixMonths: since(monthsBefore({ year, month, day }, 6) + inDay),
    yearToDate: since(civilTime(year, 1, 1)),
    oneYear: since(monthsBefore({ year, month, day }, 12) + inDay),
    threeYearsAnnual: since(monthsBefore({ year, month, day }, 36) + inDay, 3),
    fiveYearsAnnual: since(monthsBefore({ year, month, day }, 60) + inDay, 5),
    bestMonth: most(months, 1, 'no whole month'),
    worstMonth: most(months, -1, 'no whole month'),
    bestYear: most(years, 1, 'no whole year'),
    worstYear: most(years, -1, 'no whole year'),
    shareOfWeeksPositive: positive(weeks, 'no whole week'),
    shareOfMonthsPositive: positive(months, 'no whole month'),
  }
}

/** Same day of an earlier month, or that month's last day when it is shorter. */
function monthsBefore(
  date: { readonly year: number; readonly month: number; readonly day: number },
  months: number,
): TimeUs {
  const count = date.year * 12 + date.month - 1 - months
  const year = Math.floor(count / 12)
  const month = count - year * 12 + 1
  const next = month === 12 ? civilTime(year + 1, 1, 1) : civilTime(year, month + 1, 1)
  return Math.min(civilTime(year, month, date.day), next - DAY_US)
}

function monthStarts(first: TimeUs, last: TimeUs): readonly TimeUs[] {
  const { year, month } = civilDate(first)
  const starts: TimeUs[] = []
  for (let count = year * 12 + month - 1; ; count++) {
    const start = civilTime(Math.floor(count / 12), (count % 12) + 1, 1)
    if (start > last) return starts
    if (start >= first) starts.push(start)
  }
}

const yearStarts = (first: TimeUs, last: TimeUs): readonly TimeUs[] =>
  monthStarts(first, last).filter((start) => civilDate(start).month === 1)

/** Day 0 was a Thursday: Mondays are the days that leave 4 when divided by 7. */
function weekStarts(first: TimeUs, last: TimeUs): readonly TimeUs[] {
  const starts: TimeUs[] = []
  const week = 7 * DAY_US
  const monday = 4 * DAY_US
  for (let at = Math.ceil((first - monday) / week) * week + monday; at <= last; at += week) {
    starts.push(at)
  }
  return starts
}

function steps(path: GrowthPath, starts: readonly TimeUs[]): readonly number[] {
  const returns: number[] = []
  for (let i = 1; i < starts.length; i++) {
    const before = indexAt(path, starts[i - 1]!)
    if (before > 0) returns.push(indexAt(path, starts[i]!) / before - 1)
  }
  return returns
}

const most = (values: readonly number[], way: 1 | -1, reason: string): Figure =>
  values.length === 0
    ? missing(reason)
    : figure(values.reduce((best, value) => (way * value > way * best ? value : best)))

const positive = (values: readonly number[], reason: string): Figure =>
  values.length === 0
    ? missing(reason)
    : figure(values.filter((value) => value > 0).length / values.length)
