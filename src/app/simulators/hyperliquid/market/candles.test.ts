import { describe, expect, test } from 'vitest'
import { CANDLES_KEPT, createCandleSeries, startOf } from './candles.ts'

const minute = 60_000_000
const start = startOf(1_767_614_400_000_000, 60)

describe('candles', () => {
  test('are made of trades; minutes without any repeat the close', () => {
    const series = createCandleSeries()
    series.trade(start + 1, 100, 2)
    series.trade(start + 2, 110, 3)
    series.trade(start + 3 * minute + 5, 90, 1)
    const candles = series.query(1, start, start + 3 * minute)
    expect(candles.map(({ open, high, low, close }) => [open, high, low, close])).toEqual([
      [100, 110, 100, 110],
      [110, 110, 110, 110],
      [110, 110, 110, 110],
      [90, 90, 90, 90],
    ])
    expect(candles.map(({ volume, trades }) => [volume, trades])).toEqual([
      [5, 2],
      [0, 0],
      [0, 0],
      [1, 1],
    ])
  })

  test('older hours are part of long intervals and never pass for minutes', () => {
    const series = createCandleSeries()
    const older = { open: 50, high: 60, low: 40, close: 55, volume: 7, trades: 2, turnover: 350 }
    series.seed([{ ...older, openTime: start, isHour: true }])
    series.seed([{ ...older, openTime: start + 60 * minute, open: 55 }])
    const all = start + 300 * minute
    expect(series.query(1, start, all).map(({ openTime }) => openTime)).toEqual([
      start + 60 * minute,
    ])
    expect(series.query(60, start, all)).toHaveLength(2)
    expect(series.query(240, startOf(start, 240), all)).toMatchObject([
      { open: 50, volume: 14, trades: 4 },
    ])
  })

  test('merge into longer ones, aligned to 1970', () => {
    const series = createCandleSeries()
    for (let i = 0; i < 12; i++) series.trade(start + i * minute, 100 + i, 1)
    const fives = series.query(5, start, start + 60 * minute)
    expect(
      fives.map(({ openTime, open, close }) => [(openTime - start) / minute, open, close]),
    ).toEqual([
      [0, 100, 104],
      [5, 105, 109],
      [10, 110, 111],
    ])
    expect(series.current(5)).toMatchObject({ open: 110, close: 111, trades: 2 })
    expect(series.query(5, start + minute, start + 5 * minute)).toHaveLength(1)
  })

  test('only the newest are kept', () => {
    const series = createCandleSeries()
    series.trade(start, 100, 1)
    series.advance(start + (CANDLES_KEPT + 9) * minute)
    const candles = series.query(1, 0, Number.MAX_SAFE_INTEGER)
    expect(candles).toHaveLength(CANDLES_KEPT)
    expect(candles[0]!.openTime).toBe(start + 10 * minute)
  })

  test('go on from a snapshot', () => {
    const series = createCandleSeries()
    series.trade(start, 100, 1)
    const copy = createCandleSeries(series.snapshot())
    for (const each of [series, copy]) each.trade(start + minute, 105, 2)
    expect(copy.snapshot()).toEqual(series.snapshot())
  })
})
