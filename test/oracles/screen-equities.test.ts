import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { hasSharedData, sharedData, sharedDataNote } from '../data/shared-data.ts'
import { startCommand } from '../support/ornstein-process.ts'
import { numbers, readColumns } from './columns.ts'

const bars = sharedData('equities_daily/us_daily_shared_2010_2018.parquet')
const spells = sharedData('sp500_membership/fja05680_sp500_ticker_start_end.csv')
const sectors = sharedData('sp500_membership/datasets_constituents_gics.csv')
const DAY = '2018-02-16'

interface Found {
  readonly symbol: string
  readonly zone: string
  readonly z: number
  readonly price: number
  readonly adv: number
}

interface Screened {
  readonly members: number
  readonly withBars: number
  readonly long: readonly Found[]
  readonly short: readonly Found[]
  readonly excluded: Readonly<Record<string, number>>
  readonly changes: readonly { readonly key: string; readonly value: string }[] | null
}

/** The same by one query: members of the day, 60 adjusted closes, 30 volumes, up to the day. */
const independent = `
  with members as (
    select ticker as symbol from read_csv('${spells}', all_varchar = true)
    where start_date <= '${DAY}' and (end_date is null or end_date = '' or end_date > '${DAY}')),
  rows as (
    select symbol, close, adjusted_close, volume,
      row_number() over (partition by symbol order by date desc) as n
    from '${bars}' join members using (symbol) where date <= '${DAY}'),
  figures as (
    select symbol, max(close) filter (n = 1) as price,
      avg(volume) filter (n <= 30) as adv,
      (max(adjusted_close) filter (n = 1) - avg(adjusted_close) filter (n <= 60))
        / stddev_samp(adjusted_close) filter (n <= 60) as z,
      count(*) as history
    from rows group by symbol)
  select symbol, price, adv, z from figures
  where history >= 60 and price >= 20 and adv >= 1000000 and abs(z) > 1.25
  order by symbol`

describe.skipIf(!hasSharedData)(`members of ${DAY} screened${sharedDataNote}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ornstein-screen-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function screen(...flags: readonly string[]): Promise<Screened> {
    const files = ['--membership', spells, '--bars', bars, '--sectors', sectors, '--date', DAY]
    const args = ['screen', 'equities', ...files, '--json', ...flags]
    const { exitCode, stdout, stderr } = await startCommand(folder, args).ended
    expect(exitCode, stderr).toBe(0)
    return (JSON.parse(stdout) as { readonly data: Screened }).data
  }

  it('are the zones that an independent query gives', { timeout: 120_000 }, async () => {
    const columns = await readColumns(independent)
    const found = await screen()
    expect([found.members, found.withBars]).toEqual([506, 298])
    const all = [...found.long, ...found.short].sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
    expect(all.map(({ symbol }) => symbol)).toEqual(columns['symbol'])
    const [price, adv, z] = ['price', 'adv', 'z'].map((key) => numbers(columns[key])) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    all.forEach((one, i) => {
      expect(one.price, one.symbol).toBeCloseTo(price[i]!, 8)
      expect(one.adv / adv[i]!, one.symbol).toBeCloseTo(1, 9)
      // Adjusted prices have six decimals here and ten in the file.
      expect(one.z, one.symbol).toBeCloseTo(z[i]!, 4)
      expect(one.zone).toBe(z[i]! < 0 ? 'long' : 'short')
    })
    expect(all.length).toBeGreaterThan(60)
  })

  it('are fewer by sector, without known names and with the trend; a file is changed when told', {
    timeout: 120_000,
  }, async () => {
    const file = join(folder, 'desk.yaml')
    const text = `name: desk\ndata: { kind: bars, file: '${bars}', prices: adjusted, symbols: [XOM] }\nsignal: { source: bar }\n`
    writeFileSync(file, text)
    const energy = await screen('--sector', 'energy', '--new-only', '--config', file)
    expect(energy.long.map(({ symbol }) => symbol)).not.toContain('XOM')
    expect(energy.excluded['known']).toBe(1)
    expect(energy.changes!.map(({ value }) => value).sort()).toEqual(
      [...energy.long, ...energy.short].map(({ symbol }) => symbol).sort(),
    )
    expect(readFileSync(file, 'utf8')).toBe(text)
    const trend = await screen('--momentum', '--min-z', '2', '--apply', file)
    expect(trend.long.length).toBeGreaterThan(3)
    for (const { z } of trend.long) expect(z).toBeGreaterThan(2)
    for (const { symbol } of trend.long) expect(readFileSync(file, 'utf8')).toContain(symbol)
  })
})
