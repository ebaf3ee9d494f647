import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadRecording, type Manifest } from '../../src/adapters/mod.ts'
import { describeData, type ImportDataReport, importData } from '../../src/app/data/commands.ts'
import { MarketCursor, RecordKind } from '../../src/core/mod.ts'
import { makeFolder } from './folder.ts'
import { hasSharedData, readOracle, sharedData, sharedDataNote } from './shared-data.ts'

const folder = makeFolder()
afterAll(folder.remove)

interface Depth {
  n: number
  mean: number
  sd_ddof1: number
  sign_flips: number
  share_positive: number
  mean_abs_change: number
  sd_change_ddof1: number
  lag1_autocorr: number
}
type BookOracle = Record<'N1' | 'N5' | 'N10' | 'N20', Depth> & {
  rows: number
  median_gap_venue_ms: number
  latency_ms: Record<string, number>
  spread_bp: { mean: number; median: number; max: number }
  mid_first: number
  mid_last: number
}

describe.skipIf(!hasSharedData)(`importing the Hyperliquid files${sharedDataNote}`, () => {
  let report: ImportDataReport
  beforeAll(async () => {
    report = await importData({ paths: [sharedData('hyperliquid')], catalog: folder.path })
  }, 120_000)

  const find = (start: string): Manifest =>
    report.imported.find((manifest) => manifest.source.file.startsWith(start))!

  test('takes every file in, the recorded replies too', () => {
    expect(report.refused).toEqual([])
    expect(report.skipped).toEqual([])
    expect(report.imported).toHaveLength(28)
    const shapes = new Set(report.imported.flatMap((set) => set.tables.map((t) => t.shape)))
    expect([...shapes].sort()).toEqual([
      'bars',
      'books',
      'executions',
      'funding',
      'quotes',
      'reference',
      'trades',
    ])
  })

  test('puts the repeated trades of the reconnect aside, row by row', () => {
    const manifest = find('hl_trades_ETH')
    expect(manifest.rowsQuarantined).toBe(17)
    expect(manifest.checks[0]).toMatchObject({ check: 'duplicate', count: 17 })
    expect(manifest.checks[0]!.examples[0]).toMatch(/^row 1390: repeats trade id \d+ of row 1373$/)
    expect(manifest.quarantine).toMatchObject({ file: 'quarantine.csv', rows: 17 })
  })

  test('finds no gap in the candles', () => {
    for (const start of ['hl_perp_1h', 'hl_perp_1m', 'hl_perp_5m']) {
      expect(find(start).checks.filter((check) => check.check === 'gap')).toEqual([])
    }
  })

  test('describes the books exactly as the oracle does', async () => {
    const oracle = readOracle<{ BTC: BookOracle }>('hl_l2book20_20250904').BTC
    const { id } = find('hl_l2book20_BTC')
    const described = await describeData({ sources: [id], catalog: folder.path })
    const [btc] = described.instruments
    const near = (value: number, wanted: number) =>
      expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1e-9 * Math.abs(wanted))
    expect(btc!.books).toBe(oracle.rows)
    expect(btc!.cadenceUs).toBe(oracle.median_gap_venue_ms * 1000)
    near(btc!.spreadBp!.mean, oracle.spread_bp.mean)
    near(btc!.spreadBp!.median, oracle.spread_bp.median)
    near(btc!.spreadBp!.maximum, oracle.spread_bp.max)
    expect([btc!.firstMid, btc!.lastMid]).toEqual([oracle.mid_first, oracle.mid_last])
    expect(Math.abs(btc!.latencyMs!.median - oracle.latency_ms['0.5']!)).toBeLessThan(0.001)
    for (const rho of btc!.imbalance) {
      const wanted = oracle[`N${rho.depth}` as 'N1']
      expect(rho.count).toBe(wanted.n)
      expect(rho.signFlips).toBe(wanted.sign_flips)
      near(rho.mean, wanted.mean)
      near(rho.deviation, wanted.sd_ddof1)
      near(rho.sharePositive, wanted.share_positive)
      near(rho.meanAbsoluteChange, wanted.mean_abs_change)
      near(rho.changeDeviation, wanted.sd_change_ddof1)
      near(rho.lagOneCorrelation, wanted.lag1_autocorr)
    }
  })

  test('loads the same records from the catalog as from the files', async () => {
    const files = ['hl_l2book20_ETH_20250904.parquet', 'hl_trades_ETH_20250904.parquet']
    const direct = await loadRecording({
      sources: files.map((f) => sharedData(`hyperliquid/${f}`)),
    })
    const stored = await loadRecording({
      sources: ['hl_l2book20_ETH', 'hl_trades_ETH'].map(
        (start) => `${folder.path}/${find(start).id}`,
      ),
    })
    expect(stored.batch.count).toBe(direct.batch.count)
    expect(Buffer.compare(Buffer.from(stored.batch.u8), Buffer.from(direct.batch.u8))).toBe(0)
    expect(stored.batch.pool).toEqual(direct.batch.pool)
    expect(stored.info.duplicatesDropped).toBe(17)
    expect(stored.info.historyDropped).toBe(30)
  })

  test('keeps the sum of the funding rates', async () => {
    const oracle = readOracle<Record<string, { n: number; sum: number }>>('hl_funding')['BTC']!
    const { id } = find('hl_funding')
    const { batch } = await loadRecording({ sources: [`${folder.path}/${id}`], symbols: ['BTC'] })
    const cursor = new MarketCursor()
    const from = Date.UTC(2023, 5, 9) * 1000
    let count = 0
    let sum = 0
    for (let i = 0; i < batch.count; i++) {
      cursor.load(batch, i)
      expect(cursor.kind).toBe(RecordKind.funding)
      if (cursor.venueTime < from) continue
      count++
      sum += cursor.aux / 1e9
    }
    expect(count).toBe(oracle.n)
    expect(Math.abs(sum - oracle.sum)).toBeLessThan(count * 0.5e-9)
  })

  test('joins best bids and asks into the books without ever crossing them', async () => {
    const { instruments } = await describeData({
      sources: ['hl_l2book20_BTC_20250904.parquet', 'hl_bbo_BTC_20250904.parquet'].map((file) =>
        sharedData(`hyperliquid/${file}`),
      ),
    })
    expect(instruments[0]!.crossed).toBe(0)
    expect(instruments[0]!.books).toBeGreaterThan(10_000)
    expect(instruments[0]!.cadenceUs!).toBeLessThan(200_000)
  })
})
