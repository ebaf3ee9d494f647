import type { TimeUs } from '../../../../core/mod.ts'

/** Candles that exist at the venue at any time, per coin and interval. */
export const CANDLES_KEPT = 5_000
const MINUTE_US = 60_000_000

/** Lengths of the venue's intervals in minutes; a month is the calendar's and is not offered. */
export const candleIntervals: Readonly<Record<string, number>> = {
  '1m': 1,
  '3m': 3,
  '5m': 5,
  '15m': 15,
  '30m': 30,
  '1h': 60,
  '2h': 120,
  '4h': 240,
  '8h': 480,
  '12h': 720,
  '1d': 1440,
}

/** One candle: prices in quanta, volume in lots. */
export interface Candle {
  readonly openTime: TimeUs
  open: number
  high: number
  low: number
  close: number
  volume: number
  trades: number
  /** Sum of price x volume, in quanta times lots. */
  turnover: number
  /** True for an hour of which no minutes are known: older than the generated ones. */
  readonly isHour?: true
}

/** One-minute candles of one coin, built from trades. Minutes without a trade repeat the close. */
export interface CandleSeries {
  /** Adds finished history, oldest first; must come before any trade. */
  seed(candles: readonly Candle[]): void
  /** Adds a trade. Times do not decrease. */
  trade(time: TimeUs, price: number, lots: number): void
  /** Fills the minutes up to the one that contains `time`. */
  advance(time: TimeUs): void
  /** Candles of an interval of `minutes` whose open time lies in [from, to], oldest first. */
  query(minutes: number, from: TimeUs, to: TimeUs): readonly Candle[]
  /** The candle in progress of an interval, or null before the first trade. */
  current(minutes: number): Candle | null
  /** Candles that open at or after a time: minutes, before them hours. */
  since(from: TimeUs): readonly Candle[]
  snapshot(): readonly Candle[]
}

/** Creates a series, empty or from a snapshot. */
export function createCandleSeries(stored: readonly Candle[] = []): CandleSeries {
  const minutes: Candle[] = stored.map((candle) => ({ ...candle }))
  const push = (candle: Candle): void => {
    minutes.push(candle)
    if (minutes.length > CANDLES_KEPT) minutes.shift()
  }
  const advance = (time: TimeUs): void => {
    const open = startOf(time, 1)
    let last = minutes[minutes.length - 1]
    while (last !== undefined && last.openTime < open) {
      last = flatCandle(last.openTime + MINUTE_US, last.close)
      push(last)
    }
  }
  const since = (from: TimeUs): Candle[] => minutes.slice(lowerBound(minutes, from))
  return {
    seed(candles) {
      for (const candle of candles) push({ ...candle })
    },
    trade(time, price, lots) {
      if (minutes.length === 0) push(flatCandle(startOf(time, 1), price))
      advance(time)
      const last = minutes[minutes.length - 1]!
      if (last.trades === 0) Object.assign(last, { open: price, high: price, low: price })
      last.high = Math.max(last.high, price)
      last.low = Math.min(last.low, price)
      last.close = price
      last.volume += lots
      last.turnover += price * lots
      last.trades++
    },
    advance,
    query(length, from, to) {
      const found = since(startOf(from, length))
      const merged = merge(length < 60 ? found.filter((one) => one.isHour !== true) : found, length)
      return merged.filter((candle) => candle.openTime >= from && candle.openTime <= to)
    },
    current(length) {
      const last = minutes[minutes.length - 1]
      if (last === undefined) return null
      return merge(since(startOf(last.openTime, length)), length)[0] ?? null
    },
    since,
    snapshot: () => minutes.map((candle) => ({ ...candle })),
  }
}

/** Start of the interval of `minutes` minutes that contains a time (aligned to 1970). */
export const startOf = (time: TimeUs, minutes: number): TimeUs =>
  Math.floor(time / (minutes * MINUTE_US)) * minutes * MINUTE_US

const flatCandle = (openTime: TimeUs, price: number): Candle => ({
  openTime,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 0,
  trades: 0,
  turnover: 0,
})

function lowerBound(candles: readonly Candle[], from: TimeUs): number {
  let low = 0
  let high = candles.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (candles[middle]!.openTime < from) low = middle + 1
    else high = middle
  }
  return low
}

function merge(candles: readonly Candle[], minutes: number): Candle[] {
  const merged: Candle[] = []
  for (const candle of candles) {
    const openTime = startOf(candle.openTime, minutes)
    const last = merged[merged.length - 1]
    if (last === undefined || last.openTime !== openTime) {
      merged.push({ ...candle, openTime })
      continue
    }
    last.high = Math.max(last.high, candle.high)
    last.low = Math.min(last.low, candle.low)
    last.close = candle.close
    last.volume += candle.volume
    last.trades += candle.trades
    last.turnover += candle.turnover
  }
  return merged
}
