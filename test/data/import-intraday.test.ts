import { afterAll, describe, expect, test } from 'vitest'
import { loadBarRecording } from '../../src/adapters/mod.ts'
import { importData } from '../../src/app/data/commands.ts'
import { MarketCursor, Signal, type SignalOptions } from '../../src/core/mod.ts'
import { makeFolder } from './folder.ts'
import { hasSharedData, sharedData, sharedDataNote } from './shared-data.ts'

const folder = makeFolder()
afterAll(folder.remove)

const utc = (timeUs: number): string => new Date(timeUs / 1000).toISOString().slice(0, 16)

describe.skipIf(!hasSharedData)(`importing intraday equities${sharedDataNote}`, () => {
  test('naive New York minutes become UTC on both sides of the change of clocks', async () => {
    const report = await importData({
      paths: [sharedData('equities_intraday/us_1m_2018_shared60.parquet')],
      catalog: folder.path,
    })
    const [manifest] = report.imported
    expect(manifest!.tables[0]).toMatchObject({ rows: 1_030_164 })
    expect(manifest!.tables[0]!.instruments).toHaveLength(60)
    expect(utc(manifest!.firstTime!)).toBe('2018-02-16T14:30')
    expect(utc(manifest!.lastTime!)).toBe('2018-04-20T20:00')
    expect(manifest!.rowsQuarantined).toBe(0)
  })

  test('minutes are no gap apart over nights, weekends, Good Friday and the change of clocks', async () => {
    const { batch } = await loadBarRecording({
      file: sharedData('equities_intraday/us_1m_2018_shared60.parquet'),
      symbols: ['AAPL'],
    })
    const options: SignalOptions = {
      ...{ source: 'bar', intervalUs: 60_000_000, window: 60, current: 'include' },
      ...{ maxGap: 5, trendWindow: 0 },
    }
    const signals = [new Signal({ ...options, calendar: 'us-equities' }), new Signal(options)]
    const cursor = new MarketCursor()
    for (let index = 0; index < batch.count; index++) {
      cursor.load(batch, index)
      for (const signal of signals) expect(signal.onBar(cursor)).toBe(true)
    }
    // 44 sessions lie 43 nights apart.
    expect(signals.map(({ restarts }) => restarts)).toEqual([0, 43])
  })

  test('clock hours begin at the open and no bar ends after the bell', async () => {
    const { batch } = await loadBarRecording({
      file: sharedData('equities_intraday/lean_hourly_spy_2018q1.parquet'),
    })
    expect(batch.count).toBe(427)
    const cursor = new MarketCursor()
    const spans = Array.from({ length: 7 }, (_, index) => {
      cursor.load(batch, index)
      return [utc(cursor.pool[cursor.aux + 5]!), utc(cursor.venueTime)]
    })
    expect(spans[0]).toEqual(['2018-02-01T14:30', '2018-02-01T15:00'])
    expect(spans[1]).toEqual(['2018-02-01T15:00', '2018-02-01T16:00'])
    expect(spans[6]).toEqual(['2018-02-01T20:00', '2018-02-01T21:00'])
  })

  test('hours anchored at the open end with a half hour', async () => {
    const { batch, instruments } = await loadBarRecording({
      file: sharedData('equities_intraday/us_hourly_2018_shared_derived.parquet'),
      symbols: ['AAPL'],
    })
    expect(instruments[0]!.symbol).toBe('AAPL')
    const cursor = new MarketCursor()
    cursor.load(batch, 6)
    expect(utc(cursor.pool[cursor.aux + 5]!)).toBe('2018-02-16T20:30')
    expect(utc(cursor.venueTime)).toBe('2018-02-16T21:00')
  })
})
