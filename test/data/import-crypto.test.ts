import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadBarRecording, type Manifest } from '../../src/adapters/mod.ts'
import { type ImportDataReport, importData } from '../../src/app/data/commands.ts'
import { MarketCursor } from '../../src/core/mod.ts'
import { makeFolder } from './folder.ts'
import { hasSharedData, readOracle, sharedData, sharedDataNote } from './shared-data.ts'

const folder = makeFolder()
afterAll(folder.remove)

describe.skipIf(!hasSharedData)(`importing the crypto files${sharedDataNote}`, () => {
  let report: ImportDataReport
  beforeAll(async () => {
    const paths = [sharedData('crypto_1m'), sharedData('crypto_l2')]
    report = await importData({ paths, catalog: folder.path })
  }, 120_000)

  const find = (start: string): Manifest =>
    report.imported.find((manifest) => manifest.source.file.startsWith(start))!
  const notes = (manifest: Manifest) =>
    Object.fromEntries(manifest.checks.map((check) => [check.check, check.count]))

  test('takes every file in and refuses none', () => {
    expect(report.refused).toEqual([])
    expect(report.skipped).toEqual([])
    expect(report.imported).toHaveLength(16)
    expect(report.exitCode).toBe(0)
    expect(report.imported.reduce((sum, set) => sum + set.rowsQuarantined, 0)).toBe(0)
  })

  test('finds the outage of all fourteen pairs in the minute bars', () => {
    const manifest = find('binance_spot_1m')
    expect(manifest.tables[0]).toMatchObject({ shape: 'bars', rows: 600_814 })
    expect(manifest.tables[0]!.instruments).toHaveLength(14)
    const gap = manifest.checks.find((check) => check.check === 'gap')!
    expect(gap.count).toBe(14)
    expect(gap.examples[0]).toContain('misses 284 bars after 2021-04-25 04:00')
    expect(manifest.source.licenceClass).toBe('B')
  })

  test('sees that the clock of the raw captures is behind the venue, and shifts it', () => {
    for (const start of ['binance_spot_btc', 'binance_spot_eth', 'binance_usdm']) {
      const { skew, tables } = find(start)
      expect(skew.estimatedUs).toBeGreaterThan(1_100_000)
      expect(skew.estimatedUs).toBeLessThan(1_400_000)
      expect(skew.appliedUs).toBe(skew.estimatedUs + 1_000)
      expect(skew.minimumDelayUs).toBe(1_000)
      expect(tables.map((table) => table.shape)).toEqual(['bookChanges', 'quotes', 'trades'])
    }
  })

  test('counts the locked books and the feed gaps of StandX', () => {
    const books = notes(find('standx_BTC-USD_l2_top10_1s'))
    expect(books['locked book']).toBe(33_792)
    expect(books['gap']).toBeGreaterThan(2_300)
    expect(books['crossed book']).toBeUndefined()
    expect(notes(find('standx_BTC-USD_trades'))['one side only']).toBe(1)
  })

  test('reads what is inside zip and gz with the symbol found there', () => {
    expect(find('binance_spot_PEPE').tables[0]!.instruments[0]).toMatchObject({
      instrument: 'PEPEUSDT',
      rows: 57_229,
      priceDecimals: 8,
    })
    expect(find('bybit').tables[0]!.instruments[0]!.instrument).toBe('XRPUSDT')
    expect(find('binance_btcusdt_imbalance').tables[0]!.rows).toBe(
      readOracle<{ rows: number }>('binance_imbalance_5s').rows,
    )
  })

  test('imports the same content once', async () => {
    const again = await importData({ paths: [sharedData('crypto_1m')], catalog: folder.path })
    expect(again.imported).toEqual([])
    expect(again.unchanged.map((set) => set.id)).toEqual([find('binance_spot_1m').id])
  })
})

describe.skipIf(!hasSharedData)(`minute bars as a recording${sharedDataNote}`, () => {
  test('have the rows, ends and gap of the oracle', async () => {
    const file = sharedData('crypto_1m/binance_spot_1m_2021_shared14.parquet')
    const oracle =
      readOracle<
        Record<string, { rows: number; first_open: string; last_open: string; gaps: unknown[] }>
      >('crypto_1m')['BTCUSDT']!
    const recording = await loadBarRecording({ file, symbols: ['BTCUSDT'], latencyUs: 250_000 })
    expect(recording.batch.count).toBe(oracle.rows)
    const cursor = new MarketCursor()
    const openAt = (index: number): string => {
      cursor.load(recording.batch, index)
      expect(cursor.receivedTime - cursor.venueTime).toBe(250_000)
      expect(cursor.venueTime - cursor.pool[cursor.aux + 5]!).toBe(60_000_000)
      return `${new Date(cursor.pool[cursor.aux + 5]! / 1000).toISOString().slice(0, 19)}Z`
    }
    expect(openAt(0)).toBe(oracle.first_open)
    expect(openAt(oracle.rows - 1)).toBe(oracle.last_open)
    expect(recording.info.gaps).toHaveLength(oracle.gaps.length)
    expect(recording.info.skew.method).toContain('plus 250000 us')
  })

  test('name the nearest instrument when one is misspelt', async () => {
    const file = sharedData('crypto_1m/binance_spot_1m_2021_shared14.parquet')
    await expect(loadBarRecording({ file, symbols: ['BTCUSD'] })).rejects.toMatchObject({
      code: 'ORN-DATA-017',
      exitCode: 4,
      details: expect.arrayContaining(['nearest: BTCUSDT']),
    })
  })
})
