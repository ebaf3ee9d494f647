import { dateParts, dayNumber, fromNewYork, type TimeUs, toNewYork } from '../../../../core/mod.ts'
import { DAY_US, HOUR_US, MINUTE_US } from '../wire/times.ts'
import { type Bar, joinBars } from './bars.ts'

/** How long bars are. */
export interface Timeframe {
  readonly unit: 'minute' | 'hour' | 'day' | 'week' | 'month'
  readonly count: number
}

const units: Readonly<Record<string, Timeframe['unit']>> = {
  min: 'minute',
  t: 'minute',
  hour: 'hour',
  h: 'hour',
  day: 'day',
  d: 'day',
  week: 'week',
  w: 'week',
  month: 'month',
  m: 'month',
}
const allowed: Readonly<Record<Timeframe['unit'], (count: number) => boolean>> = {
  minute: (count) => count >= 1 && count <= 59,
  hour: (count) => count >= 1 && count <= 23,
  day: (count) => count === 1,
  week: (count) => count === 1,
  month: (count) => [1, 2, 3, 4, 6, 12].includes(count),
}

/** Reads 1Min, 15T, 1Hour, 1Day, 1Week, 3Month; null when it is none of those. */
export function readTimeframe(text: string): Timeframe | null {
  const match = /^(\d+)([A-Za-z]+)$/.exec(text)
  if (match === null) return null
  // Of the short forms only the month's is a capital that means something else than the minute's.
  const unit = units[match[2]!.toLowerCase()]
  const count = Number(match[1])
  return unit !== undefined && allowed[unit](count) ? { unit, count } : null
}

/** Letter of a unit in page tokens. */
export const unitLetter = ({ unit }: Timeframe): string => unit[0]!.toUpperCase()

/** Start of the bar an instant belongs to: coins by UTC, shares by New York's clock. */
export function bucketOf(frame: Timeframe, time: TimeUs, isShare: boolean): TimeUs {
  const local = isShare ? toNewYork(time) : time
  const day = Math.floor(local / DAY_US)
  return isShare ? fromNewYork(startOf(frame, local, day)) : startOf(frame, local, day)
}

function startOf({ unit, count }: Timeframe, local: number, day: number): number {
  if (unit === 'minute' || unit === 'hour') {
    const length = count * (unit === 'minute' ? MINUTE_US : HOUR_US)
    return day * DAY_US + Math.floor((local - day * DAY_US) / length) * length
  }
  if (unit === 'day') return day * DAY_US
  const { year, month, weekday } = dateParts(day)
  if (unit === 'week') return (day - ((weekday + 6) % 7)) * DAY_US
  return dayNumber(year, Math.floor((month - 1) / count) * count + 1, 1) * DAY_US
}

/** Bars joined into longer ones, oldest first. */
export function mergeBars(
  bars: readonly Bar[],
  frame: Timeframe,
  isShare: boolean,
): readonly Bar[] {
  if (frame.count === 1 && (frame.unit === 'minute' || frame.unit === 'day')) return bars
  const merged: Bar[] = []
  for (const bar of bars) {
    const openTime = bucketOf(frame, bar.openTime, isShare)
    const last = merged.at(-1)
    if (last?.openTime === openTime) merged[merged.length - 1] = joinBars(last, bar)
    else merged.push({ ...bar, openTime })
  }
  return merged
}
