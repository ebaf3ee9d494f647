import { DAY_US } from '../calendar/civil-time.ts'
import { moneyToNumber } from '../domain/money.ts'
import type { TimeUs } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'
import type { RunCalendar, RunTransfer } from './run-record.ts'

/** A first or last interval that is short of a day by at most this counts as a day. */
export const STUB_TOLERANCE_US = 20 * 60 * 1_000_000

/** Value of one unit invested at the start, transfers removed (time-weighted). */
export interface GrowthPath {
  readonly time: Float64Array
  /** 1 is the start; 0 from the moment equity was at or below zero. */
  readonly index: Float64Array
  /** When equity first reached zero or less; null when it never did. */
  readonly ruinTime: TimeUs | null
}

/** Time-weighted growth of an equity path (currency units); times strictly increasing. */
export function growthPath(
  startEquity: number,
  equity: { readonly time: Float64Array; readonly value: Float64Array },
  transfers: readonly RunTransfer[] = [],
): GrowthPath {
  const { time, value } = equity
  assert(time.length === value.length, 'equity columns differ in length')
  assert(startEquity > 0, `start equity must be positive, got ${startEquity}`)
  const index = new Float64Array(time.length)
  let level = 1
  let before = startEquity
  const flows = transfers.toSorted((a, b) => a.time - b.time)
  let next = 0
  let ruinTime: TimeUs | null = null
  for (let i = 0; i < time.length; i++) {
    assert(i === 0 || time[i]! > time[i - 1]!, `equity times must increase, row ${i}`)
    assert(Number.isFinite(value[i]!), `equity must be finite, row ${i}`)
    let flow = 0
    while (next < flows.length && flows[next]!.time <= time[i]!) {
      flow += moneyToNumber(flows[next]!.amount)
      next++
    }
    level = ruinTime === null ? level * ((value[i]! - flow) / before) : 0
    if (ruinTime === null && level <= 0) {
      level = 0
      ruinTime = time[i]!
    }
    index[i] = level
    before = value[i]!
    if (before <= 0 && ruinTime === null) ruinTime = time[i]!
  }
  return { time, index, ruinTime }
}

/** Growth sampled at the ends of days. */
export interface DailySeries {
  /** Ends of days (the last may be the run's end, within the tolerance), us. */
  readonly time: Float64Array
  readonly returns: Float64Array
  /** Time at which the first return starts. */
  readonly baseTime: TimeUs
  /** Incomplete first and last days left out of `returns` (0, 1 or 2). */
  readonly stubs: number
}

/**
 * Daily returns of a growth path. Continuous calendars end days at 00:00 UTC and leave an
 * incomplete first or last day out; session calendars end them at each close after the start.
 */
export function dailySeries(path: GrowthPath, calendar: RunCalendar): DailySeries {
  const { time, index } = path
  const empty = { time: new Float64Array(0), returns: new Float64Array(0), baseTime: 0, stubs: 0 }
  if (time.length === 0) return empty
  const first = time[0]!
  const last = time[time.length - 1]!
  const ends = dayEnds(first, last, calendar)
  let stubs = calendar.kind === 'continuous' && !ends.startsWhole ? 1 : 0
  if (ends.times.length > 0 && ends.times[ends.times.length - 1]! < last) stubs++
  const closes = Float64Array.from(ends.times, (end) => indexAt(path, end))
  let base = index[0]!
  let baseTime = first
  let from = 0
  if (calendar.kind === 'continuous' && !ends.startsWhole && closes.length > 0) {
    base = closes[0]!
    baseTime = ends.times[0]!
    from = 1
  }
  const returns = new Float64Array(Math.max(0, closes.length - from))
  for (let i = 0; i < returns.length; i++) {
    const close = closes[from + i]!
    returns[i] = base > 0 ? close / base - 1 : 0
    base = close
  }
  return { time: Float64Array.from(ends.times.slice(from)), returns, baseTime, stubs }
}

function dayEnds(
  first: TimeUs,
  last: TimeUs,
  calendar: RunCalendar,
): { times: number[]; startsWhole: boolean } {
  const times: number[] = []
  if (calendar.kind === 'sessions') {
    for (const close of calendar.closes) {
      if (close > first && close <= last + STUB_TOLERANCE_US) times.push(close)
    }
    return { times, startsWhole: true }
  }
  const inDay = first - Math.floor(first / DAY_US) * DAY_US
  for (let end = first - inDay + DAY_US; end <= last + STUB_TOLERANCE_US; end += DAY_US) {
    times.push(end)
  }
  return { times, startsWhole: inDay <= STUB_TOLERANCE_US }
}

/** Last index value at or before `time`; 1 before the first row. */
export function indexAt(path: GrowthPath, time: TimeUs): number {
  const at = lastAtOrBefore(path.time, time)
  return at < 0 ? 1 : path.index[at]!
}

/** Position of the last element at or before `time` in increasing times; -1 when none. */
export function lastAtOrBefore(times: Float64Array, time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle]! <= time) low = middle + 1
    else high = middle
  }
  return low - 1
}
