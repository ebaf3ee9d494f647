import { describe, expect, test } from 'vitest'
import { MarketCursor, MarketWriter, RecordKind } from '../../core/mod.ts'
import { nearest } from './nearest.ts'
import { estimateSkew, measureCadence, smallestDelay, sortBatch } from './recording.ts'

const head = (receivedTime: number, venueTime: number) => ({
  receivedTime,
  venueTime,
  instrument: 0,
})

describe('estimateSkew', () => {
  test('shifts nothing when no received time is before its venue time', () => {
    expect(estimateSkew(0)).toMatchObject({ estimatedUs: 0, appliedUs: 0, minimumDelayUs: 0 })
    expect(estimateSkew(700)).toMatchObject({ appliedUs: 0, minimumDelayUs: 700 })
  })

  test('leaves the stated smallest delay after a shift, and says so', () => {
    const skew = estimateSkew(-1_200_000)
    expect(skew).toMatchObject({
      estimatedUs: 1_200_000,
      appliedUs: 1_201_000,
      minimumDelayUs: 1_000,
    })
    expect(skew.method).toContain('1201000 us')
  })
})

describe('sortBatch', () => {
  test('orders by received time, venue time, then trades before books, then writing', () => {
    const writer = new MarketWriter()
    writer.snapshot(head(20, 10), [1, 1], [2, 1])
    writer.trade(head(20, 10), 'buy', 2, 1, 7)
    writer.trade(head(20, 9), 'sell', 1, 1, 8)
    writer.snapshot(head(5, 11), [3, 1], [4, 1])
    writer.trade(head(20, 10), 'buy', 2, 1, 9)
    const sorted = sortBatch(writer.batch(), 0, 'venue')
    const cursor = new MarketCursor()
    const order = Array.from({ length: sorted.count }, (_, index) => {
      cursor.load(sorted, index)
      return cursor.kind === RecordKind.trade ? cursor.aux : `book ${cursor.pool[cursor.aux]}`
    })
    expect(order).toEqual(['book 3', 8, 7, 9, 'book 1'])
  })

  test('shifts the receiver, and the venue where it was not recorded', () => {
    const writer = new MarketWriter()
    writer.trade(head(100, 300), 'buy', 1, 1, 1)
    writer.trade(head(150, 150), 'buy', 1, 1, 2)
    const { f64 } = sortBatch(writer.batch(), 1_000, 'venue')
    expect([f64[0], f64[1]]).toEqual([1_100, 300])
    expect([f64[5], f64[6]]).toEqual([1_150, 1_150])
    expect(sortBatch(writer.batch(), 0, 'received').f64[1]).toBe(100)
  })

  test('delays of bars do not count: they say when they apply, not when they were seen', () => {
    const writer = new MarketWriter()
    writer.bar(head(10, 10), { open: 1, high: 1, low: 1, close: 1, volume: 1, openTime: 0 })
    expect(smallestDelay(writer.batch())).toBe(Number.POSITIVE_INFINITY)
    writer.trade(head(25, 10), 'buy', 1, 1, 1)
    expect(smallestDelay(writer.batch())).toBe(15)
  })
})

describe('measureCadence', () => {
  test('names pauses above the limit, not at it', () => {
    const { gaps, medianUs } = measureCadence([0, 10, 20, 30, 61, 91], 3, 30)
    expect(gaps).toEqual([{ from: 30, to: 61, instrument: 3 }])
    expect(medianUs).toBe(10)
    expect(measureCadence([5], 0, 1).medianUs).toBeNaN()
  })
})

describe('nearest', () => {
  test('finds a misspelling and gives up on what is far off', () => {
    expect(nearest('BTCUSD', ['ETHUSDT', 'BTCUSDT'])).toBe('BTCUSDT')
    expect(nearest('hyperlikwid', ['hyperliquid', 'binance'])).toBe('hyperliquid')
    expect(nearest('zzz', ['hyperliquid', 'binance'])).toBeNull()
  })
})
