import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeFolder } from '../../../test/data/folder.ts'
import { makeParquet } from '../../../test/data/make-parquet.ts'
import { createRecorder, loadRecording } from '../../adapters/mod.ts'
import { MarketWriter } from '../../core/mod.ts'
import { createMarketModel, defaultUniverse } from '../simulators/market/generator.ts'
import {
  describeData,
  generateData,
  importData,
  listData,
  renderDescribe,
  renderGenerate,
  renderImport,
  renderList,
  renderVerify,
  verifyData,
} from './commands.ts'

let folder: ReturnType<typeof makeFolder>
let catalog: string
beforeEach(() => {
  folder = makeFolder()
  catalog = join(folder.path, 'catalog')
})
afterEach(() => folder.remove())

const candles = (name: string, rows = 20) =>
  makeParquet(
    join(folder.path, name),
    `select 'BTC' as coin, timestamptz '2025-01-01 00:00:00+00' + interval (n) minute as ts,
      100.0 as open, 110.0 as high, 90.0 as low, 101.0 as close, 5.0 as volume
     from range(${rows}) as t(n)`,
  )

describe('data import', () => {
  test('walks folders, skips what is no data, and lists what it refused', async () => {
    const inside = join(folder.path, 'files')
    mkdirSync(join(inside, 'deeper'), { recursive: true })
    await candles('files/deeper/candles.parquet')
    writeFileSync(join(inside, 'README.md'), '# notes\n')
    writeFileSync(join(inside, 'broken.parquet'), 'PAR1 not really')
    writeFileSync(join(inside, '.hidden'), 'x')
    const report = await importData({ paths: [inside], catalog })
    expect(report.imported.map((set) => set.source.file)).toEqual(['candles.parquet'])
    expect(report.skipped).toEqual([join(inside, 'README.md')])
    expect(report.refused.map(({ code }) => code)).toEqual(['ORN-DATA-005'])
    expect(report.exitCode).toBe(11)
    const text = renderImport(report)
    expect(text).toContain('refused')
    expect(text).toContain('1 imported, 0 unchanged, 1 refused, 1 skipped')
  })

  test('throws for a single file that is missing, empty or of no known kind', async () => {
    writeFileSync(join(folder.path, 'empty.csv'), '')
    writeFileSync(join(folder.path, 'letter.txt'), 'Dear reader,\n')
    for (const [name, code] of [
      ['none.parquet', 'ORN-DATA-001'],
      ['empty.csv', 'ORN-DATA-003'],
      ['letter.txt', 'ORN-DATA-016'],
    ] as const) {
      const importing = importData({ paths: [join(folder.path, name)], catalog })
      await expect(importing).rejects.toMatchObject({ code, exitCode: 4 })
    }
    expect((await listData({ catalog })).sets).toEqual([])
  })

  test('takes what the user states about source and licence', async () => {
    const options = { source: 'my own recorder', licenceClass: 'own' } as const
    const report = await importData({ paths: [await candles('c.parquet')], catalog, ...options })
    expect(report.imported[0]!.source).toMatchObject({
      text: 'my own recorder',
      licenceClass: 'own',
    })
  })

  test('turns the segments of a session into a data set with the same records', async () => {
    const segments = join(folder.path, 'segments')
    const universe = defaultUniverse().slice(0, 2)
    const market = createMarketModel({
      instruments: universe,
      seed: 5,
      model: 'zeroEdge',
      startTime: Date.UTC(2026, 0, 5) * 1000,
      historyMinutes: 1,
      latencyUs: 100_000,
    })
    const writer = new MarketWriter()
    market.advance(market.now + 20_000_000, writer)
    const instruments = universe.map((each) => each.instrument)
    mkdirSync(segments, { recursive: true })
    const recorder = createRecorder(segments, { instruments })
    recorder.append(writer.batch())
    recorder.close()
    const report = await importData({ paths: [segments], catalog })
    const [manifest] = report.imported
    expect(manifest).toMatchObject({ kind: 'recorded-segments', rowsQuarantined: 0 })
    expect(manifest!.tables.map((table) => table.shape)).toEqual(['books', 'trades'])
    const stored = await loadRecording({ sources: [join(catalog, manifest!.id)] })
    expect(stored.instruments.map((each) => each.symbol)).toEqual(['BTC', 'ETH'])
    expect(stored.info.licenceClass).toBe('own')
    const again = await importData({ paths: [segments], catalog })
    expect(again.unchanged).toHaveLength(1)
  })
})

describe('data list, verify and describe', () => {
  test('an empty catalog says what to do next', async () => {
    const report = await listData({ catalog })
    expect(report.sets).toEqual([])
    expect(renderList(report)).toContain('ornstein data import')
  })

  test('verify hashes and checks again, and finds a flipped bit', async () => {
    const { imported } = await importData({ paths: [await candles('c.parquet', 500)], catalog })
    const good = await verifyData({ catalog })
    expect(good).toMatchObject({ ok: true, exitCode: 0 })
    expect(renderVerify(good)).toContain('1 data sets verified')
    const path = join(catalog, imported[0]!.id, 'bars.parquet')
    const bytes = readFileSync(path)
    bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 0x10
    writeFileSync(path, bytes)
    const bad = await verifyData({ catalog, ids: [imported[0]!.id] })
    expect(bad).toMatchObject({ ok: false, exitCode: 4 })
    expect(bad.sets[0]!.problems).toEqual(['bars.parquet has another content'])
    await expect(describeData({ sources: [imported[0]!.id], catalog })).rejects.toMatchObject({
      code: 'ORN-DATA-022',
      exitCode: 4,
    })
  })

  test('describe names the nearest data set when one is misspelt', async () => {
    const { imported } = await importData({ paths: [await candles('c.parquet')], catalog })
    const wrong = `${imported[0]!.id.slice(0, -1)}x`
    await expect(describeData({ sources: [wrong], catalog })).rejects.toMatchObject({
      code: 'ORN-DATA-021',
      details: expect.arrayContaining([`nearest: ${imported[0]!.id}`]),
    })
  })

  test('describe shows spans, cadence and gaps of bars', async () => {
    const { imported } = await importData({ paths: [await candles('c.parquet')], catalog })
    const report = await describeData({ sources: [imported[0]!.id], catalog })
    expect(report.instruments[0]).toMatchObject({ instrument: 'BTC', bars: 20, books: 0, gaps: 0 })
    expect(report.instruments[0]!.cadenceUs).toBe(60_000_000)
    expect(renderDescribe(report)).toContain('1 min')
  })
})

describe('data generate', () => {
  const options = {
    model: 'plantedEdge',
    seed: 3,
    days: 10 / 1440,
    instruments: ['BTC', 'HYPE'],
  } as const

  test('writes books, trades and bars that load again, the same for the same seed', async () => {
    const { manifest } = await generateData({ ...options, catalog })
    expect(manifest).toMatchObject({ origin: 'generated', source: { licenceClass: 'own' } })
    expect(manifest.tables.map((table) => table.shape)).toEqual(['books', 'trades', 'bars'])
    expect(manifest.tables[0]).toMatchObject({ rows: 2 * 10 * 120 })
    expect(manifest.tables[2]).toMatchObject({ rows: 2 * 10 })
    expect((await verifyData({ catalog })).ok).toBe(true)
    const recording = await loadRecording({ sources: [join(catalog, manifest.id)] })
    expect(recording.info).toMatchObject({ kind: 'generated', levels: 20, quarantined: [] })
    expect(recording.info.skew.minimumDelayUs).toBe(150_000)
    const other = await generateData({ ...options, catalog: join(folder.path, 'other') })
    const hashes = (set: typeof manifest) => set.tables.map((table) => table.instruments)
    expect(hashes(other.manifest)).toEqual(hashes(manifest))
    expect(other.manifest.id).toBe(manifest.id)
    expect(readdirSync(catalog)).toEqual([manifest.id])
  })

  test('describes what it made', async () => {
    const report = await generateData({ ...options, catalog })
    expect(renderGenerate(report)).toContain(report.manifest.id)
    const { instruments } = await describeData({ sources: [report.manifest.id], catalog })
    for (const each of instruments) {
      expect([each.crossed, each.locked, each.oneSided]).toEqual([0, 0, 0])
      expect(each.cadenceUs).toBe(500_000)
      expect(each.imbalance.map((rho) => rho.depth)).toEqual([1, 5, 10, 20])
    }
  })

  test('refuses settings that make no market', async () => {
    const wrong = [
      { days: 0 },
      { days: 1000 },
      { seed: 1.5 },
      { cadenceUs: 123 },
      { model: 'edge' },
    ]
    for (const each of wrong) {
      const generating = generateData({ ...options, catalog, ...each } as never)
      await expect(generating).rejects.toMatchObject({ code: 'ORN-DATA-030', exitCode: 2 })
    }
    await expect(generateData({ ...options, catalog, instruments: ['BTX'] })).rejects.toMatchObject(
      { code: 'ORN-DATA-017', details: expect.arrayContaining(['nearest: BTC']) },
    )
  })
})
