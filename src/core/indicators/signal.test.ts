import { describe, expect, it } from 'vitest'
import type { SeedBar } from '../domain/event.ts'
import { MarketCursor, MarketWriter } from '../domain/market-record.ts'
import { createRandom } from '../lib/random.ts'
import { RollingZ } from './rolling-z.ts'
import { Signal, type SignalOptions } from './signal.ts'

const MINUTE = 60_000_000
const T0 = 1_000 * MINUTE
const options: SignalOptions = {
  source: 'mid',
  intervalUs: MINUTE,
  window: 3,
  current: 'include',
  maxGap: 2,
  trendWindow: 4,
}

const seedBar = (minute: number, close: number): SeedBar => ({
  openTime: T0 + minute * MINUTE,
  closeTime: T0 + (minute + 1) * MINUTE,
  open: close,
  high: close + 1,
  low: close - 1,
  close,
  volume: 5,
})

/** One mid in the middle of each minute listed, then the close of the last. */
function feed(signal: Signal, mids: readonly [minute: number, halfMid: number][]): number {
  let closed = 0
  for (const [minute, halfMid] of mids) {
    closed += signal.advanceTo(T0 + minute * MINUTE)
    signal.onMid(T0 + minute * MINUTE + 30_000_000, halfMid)
    closed += signal.advanceTo(T0 + (minute + 1) * MINUTE)
  }
  return closed
}

function expectedZ(values: readonly number[], window = 3): number {
  const z = new RollingZ(window, 'include')
  for (const value of values) z.push(value)
  return z.value
}

describe('Signal', () => {
  it('is empty before the first bar', () => {
    const signal = new Signal(options)
    expect([signal.z, signal.mean(), signal.deviation(), signal.trend()]).toEqual(
      new Array(4).fill(Number.NaN),
    )
    expect([signal.bar, signal.nextBarEnd]).toEqual([null, Number.POSITIVE_INFINITY])
    expect(signal.warmth()).toEqual({ have: 0, need: 3 })
    expect([signal.usesMids, signal.usesTrades, signal.usesBars]).toEqual([true, false, false])
  })

  it('scores closes of mids and averages the trend', () => {
    const signal = new Signal(options)
    const mids: [number, number][] = [
      [0, 200],
      [1, 204],
      [2, 202],
      [3, 210],
    ]
    expect(feed(signal, mids)).toBe(4)
    expect(signal.z).toBe(expectedZ([204, 202, 210]))
    expect(signal.mean()).toBe(616 / 3)
    expect(signal.trend()).toBe(816 / 4)
    expect(signal.bar).toMatchObject({ count: 4, close: 210, openTime: T0 + 3 * MINUTE })
    expect(signal.nextBarEnd).toBe(T0 + 5 * MINUTE)
  })

  it('takes no update from a book without two sides', () => {
    const signal = new Signal(options)
    signal.onMid(T0, -1)
    expect(signal.nextBarEnd).toBe(Number.POSITIVE_INFINITY)
  })

  it('doubles trades and bar prices so that one unit serves every source', () => {
    const trades = new Signal({ ...options, source: 'trade' })
    trades.onTrade(T0 + 5, 101, 7)
    trades.onTrade(T0 + 6, 103, 2)
    trades.advanceTo(T0 + MINUTE)
    expect(trades.bar).toMatchObject({ open: 202, high: 206, close: 206, volume: 9, updates: 2 })
    const bars = new Signal({ ...options, source: 'bar' })
    const writer = new MarketWriter()
    const head = { receivedTime: T0 + MINUTE + 9, venueTime: T0 + MINUTE, instrument: 0 }
    writer.bar(head, { open: 101, high: 104, low: 100, close: 103, volume: 9, openTime: T0 })
    const cursor = new MarketCursor()
    cursor.load(writer.batch(), 0)
    expect(bars.onBar(cursor)).toBe(true)
    expect(bars.bar).toEqual({
      count: 1,
      openTime: T0,
      closeTime: T0 + MINUTE,
      knownTime: T0 + MINUTE + 9,
      open: 202,
      high: 208,
      low: 200,
      close: 206,
      volume: 9,
      updates: 1,
      gapBars: 0,
    })
    expect(bars.onBar(cursor)).toBe(false)
    expect(bars.bar?.count).toBe(1)
  })

  it('keeps the windows over a gap of maxGap bars, filled with the last close', () => {
    const signal = new Signal(options)
    feed(signal, [
      [0, 200],
      [1, 204],
    ])
    expect(signal.advanceTo(T0 + 4 * MINUTE)).toBe(2)
    feed(signal, [[4, 210]])
    expect(signal.bar).toMatchObject({ gapBars: 2, count: 5 })
    expect(signal.z).toBe(expectedZ([204, 204, 210]))
    expect(signal.restarts).toBe(0)
  })

  it('restarts both windows when a gap grows past maxGap bars', () => {
    const signal = new Signal(options)
    feed(signal, [
      [0, 200],
      [1, 204],
      [2, 203],
    ])
    expect(signal.z).not.toBeNaN()
    expect(signal.advanceTo(T0 + 5 * MINUTE)).toBe(2)
    expect(signal.advanceTo(T0 + 6 * MINUTE)).toBe(0)
    expect([signal.z, signal.trend(), signal.restarts]).toEqual([Number.NaN, Number.NaN, 1])
    expect(signal.warmth().have).toBe(0)
    feed(signal, [[9, 300]])
    expect(signal.bar).toMatchObject({ gapBars: 6, close: 300, count: 6 })
    expect([signal.warmth().have, signal.restarts]).toEqual([1, 1])
  })

  it('warms up from history and goes on with live bars', () => {
    const signal = new Signal(options)
    const result = signal.seed([seedBar(0, 100), seedBar(1, 102), seedBar(2, 101)])
    expect(result).toEqual({ used: 3, refused: 0 })
    expect(signal.z).toBe(expectedZ([200, 204, 202]))
    expect(signal.bar).toMatchObject({ count: 3, close: 202, knownTime: T0 + 3 * MINUTE })
    feed(signal, [[3, 209]])
    expect(signal.z).toBe(expectedZ([204, 202, 209]))
    expect(signal.trend()).toBe((200 + 204 + 202 + 209) / 4)
  })

  it('counts what is missing between history and the first live bar, and restarts when too long', () => {
    for (const [minute, restarts] of [
      [5, 0],
      [6, 1],
    ] as const) {
      const signal = new Signal(options)
      signal.seed([seedBar(0, 100), seedBar(1, 102), seedBar(2, 101)])
      feed(signal, [[minute, 209]])
      expect([signal.bar?.gapBars, signal.restarts]).toEqual([minute - 3, restarts])
      expect(signal.warmth().have).toBe(restarts === 1 ? 1 : 3)
    }
  })

  it('refuses unfinished, misaligned, repeated and worthless bars of history', () => {
    const signal = new Signal(options)
    const bars = [
      seedBar(0, 100),
      seedBar(0, 101),
      { ...seedBar(1, 102), openTime: T0 + MINUTE + 1 },
      seedBar(2, 0),
      seedBar(3, 103),
      seedBar(1, 99),
      seedBar(4, 104),
    ]
    expect(signal.seed(bars, T0 + 5 * MINUTE - 1)).toEqual({ used: 2, refused: 5 })
    expect(signal.bar).toMatchObject({ openTime: T0 + 3 * MINUTE, gapBars: 2 })
  })

  it('goes on with the unfinished bar of history where bars are made of trades', () => {
    const signal = new Signal({ ...options, source: 'trade' })
    const bars = [0, 1, 2, 3].map((minute) => seedBar(minute, 100 + minute))
    expect(signal.seed(bars, T0 + 3 * MINUTE + 20)).toEqual({ used: 4, refused: 0 })
    signal.onTrade(T0 + 3 * MINUTE + 30, 107, 5)
    expect(signal.advanceTo(T0 + 4 * MINUTE)).toBe(1)
    expect(signal.bar).toMatchObject({ open: 2 * bars[3]!.open, close: 214, gapBars: 0 })
    expect(signal.z).toBe(expectedZ([202, 204, 214]))
    // A second history leaves the bar under construction alone.
    expect(signal.seed([seedBar(4, 1)], T0 + 4 * MINUTE + 20)).toEqual({ used: 0, refused: 1 })
  })

  it('leaves the minute of the bar under construction to the live feed', () => {
    const signal = new Signal(options)
    signal.onMid(T0 + 3 * MINUTE + 20, 207)
    const result = signal.seed([1, 2, 3].map((minute) => seedBar(minute, 100 + minute)))
    expect(result).toEqual({ used: 2, refused: 1 })
    expect(signal.advanceTo(T0 + 4 * MINUTE)).toBe(1)
    expect(signal.z).toBe(expectedZ([202, 204, 207]))
  })

  it('replaces the windows when history comes again, and drops live bars it covers', () => {
    const signal = new Signal(options)
    feed(signal, [
      [0, 200],
      [1, 204],
      [2, 202],
    ])
    signal.seed([0, 1, 2].map((minute) => seedBar(minute, 110 + minute)))
    expect(signal.z).toBe(expectedZ([220, 222, 224]))
    feed(signal, [[3, 230]])
    expect(signal.z).toBe(expectedZ([222, 224, 230]))
  })

  it('goes on from its state through JSON as if never stopped', () => {
    const random = createRandom(11)
    const mids: [number, number][] = []
    for (let minute = 0; mids.length < 60; minute += 1 + random.integer(2) * random.integer(5)) {
      mids.push([minute, 2000 + random.integer(50)])
    }
    const look = (s: Signal) => [s.z, s.mean(), s.deviation(), s.trend(), s.bar, s.nextBarEnd]
    for (const cut of [0, 1, 5, 30, 31, 59]) {
      const whole = new Signal(options)
      let resumed = new Signal(options)
      mids.forEach((mid, i) => {
        if (i === cut) {
          const state = JSON.parse(JSON.stringify(resumed.snapshot()))
          resumed = new Signal(options)
          resumed.restore(state)
        }
        feed(whole, [mid])
        feed(resumed, [mid])
        expect(look(resumed)).toEqual(look(whole))
      })
      expect(resumed.snapshot()).toEqual(whole.snapshot())
    }
    const other = new Signal({ ...options, window: 5 })
    expect(() => other.restore(new Signal(options).snapshot())).toThrow(/z window 3 include, not 5/)
    const untrended = new Signal({ ...options, trendWindow: 0 })
    expect(() => untrended.restore(new Signal(options).snapshot())).toThrow(/trend window 4, not 0/)
    feed(untrended, mids)
    expect(untrended.trend()).toBeNaN()
  })
})

describe('finished bars of a market that closes', () => {
  const daily: SignalOptions = {
    ...{ source: 'bar', intervalUs: 390 * MINUTE, window: 3, current: 'include' },
    ...{ maxGap: 0, trendWindow: 0, calendar: 'us-equities' },
  }
  const bar = (iso: string, close: number): SeedBar => {
    const openTime = Date.parse(iso) * 1000
    return { ...seedBar(0, close), openTime, closeTime: openTime + daily.intervalUs }
  }
  // Wednesday, Friday with an early close, Monday: Thanksgiving and the weekend are no gap.
  const days = ['2026-11-25T14:30:00Z', '2026-11-27T14:30:00Z', '2026-11-30T14:30:00Z']

  it('are no gap apart over weekends, holidays and changes of the clock', () => {
    const signal = new Signal(daily)
    signal.seed(days.map((day, i) => bar(day, 100 + i)))
    expect([signal.warmth().have, signal.restarts, signal.bar?.gapBars]).toEqual([3, 0, 0])
    const spring = ['2026-03-05T14:30:00Z', '2026-03-06T14:30:00Z', '2026-03-09T13:30:00Z']
    signal.seed(spring.map((day, i) => bar(day, 100 + i)))
    expect([signal.warmth().have, signal.bar?.gapBars]).toEqual([3, 0])
  })

  it('restart the windows where more sessions are missing than may be', () => {
    const signal = new Signal(daily)
    signal.seed([days[0]!, days[2]!].map((day, i) => bar(day, 100 + i)))
    expect([signal.warmth().have, signal.bar?.gapBars]).toEqual([1, 1])
    const patient = new Signal({ ...daily, maxGap: 1 })
    patient.seed([days[0]!, days[2]!].map((day, i) => bar(day, 100 + i)))
    expect(patient.warmth().have).toBe(2)
  })
})
