import {
  type Instrument,
  parseDecimal,
  parseSafeDecimal,
  type SeedBar,
  type TimeUs,
} from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { unreadable } from '../lib/failure.ts'
import type { Post } from './http.ts'
import { candleReply } from './wire.ts'

const minute = 60_000_000
const intervals: ReadonlyMap<TimeUs, string> = new Map([
  [minute, '1m'],
  [3 * minute, '3m'],
  [5 * minute, '5m'],
  [15 * minute, '15m'],
  [30 * minute, '30m'],
  [60 * minute, '1h'],
  [120 * minute, '2h'],
  [240 * minute, '4h'],
  [480 * minute, '8h'],
  [720 * minute, '12h'],
  [1440 * minute, '1d'],
])

/** Candles the venue keeps per interval. */
const KEPT_CANDLES = 5000
const MAXIMUM_PAGES = 12

/**
 * The last `count` finished candles at `now` and the one that is forming, oldest first; fewer when
 * the venue keeps fewer.
 * Throws AdapterError: VENUE_UNSUPPORTED for an interval the venue does not offer.
 */
export async function loadBars(input: {
  readonly post: Post
  readonly charge: (weight: number) => void
  readonly instrument: Instrument
  readonly intervalUs: TimeUs
  readonly count: number
  readonly now: TimeUs
}): Promise<readonly SeedBar[]> {
  const { instrument, intervalUs, now } = input
  const interval = intervals.get(intervalUs)
  if (interval === undefined) {
    const offered = [...intervals.values()].join(', ')
    throw new AdapterError(
      'VENUE_UNSUPPORTED',
      `no candles of ${intervalUs / 1_000_000} s; the venue offers ${offered}`,
      'fatal',
    )
  }
  const count = Math.min(input.count, KEPT_CANDLES)
  const intervalMs = intervalUs / 1000
  const endTime = Math.floor(now / 1000)
  const bars = new Map<TimeUs, SeedBar>()
  let startTime = (Math.floor(endTime / intervalMs) - count) * intervalMs
  for (let page = 0; page < MAXIMUM_PAGES && startTime < endTime; page++) {
    const body = {
      type: 'candleSnapshot',
      req: { coin: instrument.symbol, interval, startTime, endTime },
    }
    const raw = await input.post({
      path: '/info',
      body: () => body,
      requestClass: 'history',
      weight: 20,
      waitMs: 90_000,
    })
    const reply = candleReply.safeParse(raw)
    if (!reply.success) throw unreadable('candleSnapshot')
    input.charge(Math.floor(reply.data.length / 60))
    const before = bars.size
    for (const candle of reply.data) {
      if (candle.s !== instrument.symbol || candle.i !== interval)
        throw unreadable('candleSnapshot')
      const bar = readCandle(instrument, candle, intervalUs)
      if (bar === null) throw unreadable('candleSnapshot')
      bars.set(bar.openTime, bar)
      startTime = Math.max(startTime, candle.t + intervalMs)
    }
    if (bars.size === before) break
  }
  const sorted = [...bars.values()].sort((a, b) => a.openTime - b.openTime)
  const forming = sorted.filter((bar) => bar.closeTime > now)
  return [...sorted.filter((bar) => bar.closeTime <= now).slice(-count), ...forming]
}

function readCandle(
  instrument: Instrument,
  candle: Readonly<Record<'o' | 'h' | 'l' | 'c' | 'v', string>> & { readonly t: number },
  intervalUs: TimeUs,
): SeedBar | null {
  const { priceDecimals, quantityDecimals } = instrument
  const [open, high, low, close] = [candle.o, candle.h, candle.l, candle.c].map((text) =>
    parseSafeDecimal(text, priceDecimals),
  )
  if (open == null || high == null || low == null || close == null) return null
  // Volume sums are printed from floats now and then: digits past the lot are noise and dropped.
  const volume = floorDecimal(candle.v, quantityDecimals)
  if (volume === null || low <= 0 || high < Math.max(open, close) || low > Math.min(open, close)) {
    return null
  }
  const openTime = candle.t * 1000
  return { open, high, low, close, volume, openTime, closeTime: openTime + intervalUs }
}

function floorDecimal(text: string, decimals: number): number | null {
  const [whole, fraction = ''] = text.split('.')
  const value = parseDecimal(`${whole}.${fraction.slice(0, decimals)}`, decimals)
  if (value === null || value < 0n) return null
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : null
}
