import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Manifest } from '../../src/adapters/mod.ts'
import { importData } from '../../src/app/data/commands.ts'
import { makeFolder } from './folder.ts'
import { hasSharedData, sharedData, sharedDataNote } from './shared-data.ts'

const folder = makeFolder()
afterAll(folder.remove)

async function importOne(file: string): Promise<Manifest> {
  const report = await importData({ paths: [sharedData(file)], catalog: folder.path })
  return report.imported[0]!
}

const aside = (manifest: Manifest) =>
  Object.fromEntries(
    manifest.checks
      .filter((check) => check.outcome === 'quarantined')
      .map((check) => [check.check, check.count]),
  )

describe.skipIf(!hasSharedData)(`importing equities${sharedDataNote}`, () => {
  test('the dirty file shows ticker reuse, stale tails, duplicates and the all-zero bar', async () => {
    const manifest = await importOne('equities_daily/removed_names_yahoo_2015_2020.parquet')
    const counts = aside(manifest)
    expect(Object.keys(counts).sort()).toEqual([
      'all-zero bar',
      'duplicate',
      'stale tail',
      'ticker reuse',
    ])
    expect(counts['all-zero bar']).toBe(1)
    expect(manifest.rowsQuarantined).toBe(Object.values(counts).reduce((a, b) => a + b))
    expect(manifest.tables[0]!.rows).toBe(61_693 - manifest.rowsQuarantined)
    const lines = readFileSync(join(folder.path, manifest.id, 'quarantine.csv'), 'utf8')
    expect(lines.trim().split('\n')).toHaveLength(1 + manifest.rowsQuarantined)
    const content = (symbol: string) => (line: string) =>
      line.includes(`""instrument"":""${symbol}""`)
    const of = (symbol: string) => lines.split('\n').filter(content(symbol))
    expect(of('EVHC').every((line) => line.includes('stale tail'))).toBe(true)
    expect(of('EVHC')).toHaveLength(46)
    expect(of('BHF').every((line) => line.includes('ticker reuse'))).toBe(true)
    expect(of('CBS')).toHaveLength(1)
    for (const symbol of ['STI', 'VIAB']) {
      expect(of(symbol).map((line) => line.split(',')[1])).toEqual(['duplicate', 'duplicate'])
    }
    expect(of('CA').length).toBeGreaterThan(130)
    expect(of('ADS')).toHaveLength(0)
  })

  test('the other list of removed names has one bar without prices and one impossible bar', async () => {
    const manifest = await importOne('equities_daily/removed_names_kaggle5yr_2013_2018.parquet')
    expect(aside(manifest)).toEqual({
      'missing value': 1,
      'open or close outside high and low': 1,
    })
  })

  test('nothing of the clean daily bars is put aside; spin-offs without a split are noted', async () => {
    const manifest = await importOne('equities_daily/us_daily_shared_2010_2018.parquet')
    expect(manifest.rowsQuarantined).toBe(0)
    expect(manifest.tables[0]!.rows).toBe(756_014)
    expect(manifest.tables[0]!.instruments).toHaveLength(351)
    const jump = manifest.checks.find((check) => check.check === 'unexplained price jump')!
    expect(jump.examples.join()).toContain('PENN')
    expect(manifest.timeZone).toContain('America/New_York')
  })

  test('lists of names are kept as reference tables', async () => {
    for (const [file, rows] of [
      ['universe_138.csv', 138],
      ['pooksoft_sectors_split.csv', 505],
    ] as const) {
      const manifest = await importOne(`equities_daily/${file}`)
      expect(manifest.tables.map((table) => [table.shape, table.rows])).toEqual([
        ['reference', rows],
      ])
    }
  })
})
