import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { makeFolder } from '../../../../test/data/folder.ts'
import { makeParquet } from '../../../../test/data/make-parquet.ts'
import type { RunData } from '../../../core/mod.ts'
import { backtestCommand } from './backtest.ts'
import { refusal } from './refusal.ts'
import { verifyLookaheadCommand } from './verify-lookahead.ts'
import { withInstants } from './with-instants.ts'

const folder = makeFolder()
afterAll(folder.remove)

/** 400 books of one level, a second apart; `bid` and `order` are SQL over the row number i. */
const books = (name: string, bid = '100.0 + (i % 7) / 10', order = 'i'): Promise<string> =>
  makeParquet(
    join(folder.path, name),
    `select 1757015216.5::double + i as recv_ts, i as sequence,
       1757015216253 + 1000 * i as exchange_timestamp, ${bid} as bid_price_0, 1.0 as bid_size_0,
       101.0 as ask_price_0, 1.0 as ask_size_0
     from range(400) as rows(i) order by ${order}`,
  )

/** Runs a backtest over a file of that folder and writes its report. */
async function backtest(file: string, more = '') {
  const path = join(folder.path, `${file}.yaml`)
  writeFileSync(
    path,
    `name: dirty\ndata: { kind: hyperliquid-book, book: ${file}, timeBasis: received${more} }\n` +
      'signal: { interval: 5s, window: 20, trendWindow: 0 }\n' +
      'strategy: { trendGate: false, revertGate: off, costGate: off }\n',
  )
  const report = join(folder.path, `${file}-report`)
  const result = await backtestCommand(path, { report, twins: '0', ledger: false, quiet: true })
  const page = readFileSync(join(report, 'report.html'), 'utf8')
  const json = JSON.parse(readFileSync(join(report, 'report.json'), 'utf8'))
  const { data } = result.data as { data: RunData }
  const warnings = result.warnings?.filter((text) => text.startsWith(file)) ?? []
  return { ...result, data, page, json, warnings }
}

test('instants of an envelope are ISO 8601 in UTC, at any depth', async () => {
  const file = 'hl_l2book20_BTC_20250903.parquet'
  await books(file, '100.0', 'i limit 100')
  const { data } = await backtest(file)
  expect([data.firstTime, data.lastTime]).toEqual([
    '2025-09-04T19:46:56.500000Z',
    '2025-09-04T19:48:35.500000Z',
  ])
  const report = { sets: [{ firstTime: 1757015216500000, lastTime: Number.NaN, rows: 3 }] }
  expect(withInstants(report)).toEqual({
    sets: [{ firstTime: '2025-09-04T19:46:56.500000Z', lastTime: null, rows: 3 }],
  })
})

test('an import that refused files has an error that names them', () => {
  const report = { catalog: '', imported: [], unchanged: [], skipped: [], exitCode: 4 as const }
  expect(refusal({ ...report, refused: [] })).toBeNull()
  const one = { path: 'a', code: 'ORN-DATA-003', message: 'a is empty', details: [] }
  const two = { ...one, path: 'b', message: 'b is empty' }
  expect(refusal({ ...report, refused: [one, two] })).toEqual({
    code: 'ORN-DATA-003',
    message: '2 files are refused',
    details: ['a: ORN-DATA-003 a is empty', 'b: ORN-DATA-003 b is empty'],
    fix: null,
    exitCode: 4,
  })
})

describe('a backtest over a file with bad rows', () => {
  test('says how many were put aside and why, in envelope, report and report.json', async () => {
    const bid = `case when i % 50 = 7 then 'nan'::double when i = 20 then -1.0 else 100.0 end`
    const file = 'hl_l2book20_BTC_20250904.parquet'
    await books(file, bid)
    const { warnings, data, page, json } = await backtest(file)
    const checked = await verifyLookaheadCommand(join(folder.path, `${file}.yaml`), { cuts: '1' })
    expect(checked.warnings).toEqual(warnings)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(
      /9 of 400 rows put aside: bad level 9 \(row 8: bid 0: price nan, quantity 1/,
    )
    expect(warnings[0]).toMatch(/row 21: bid 0: price -1.0, quantity 1.0; row 58: .*; \.\.\.\)/)
    expect(data.files).toEqual([{ file, rows: 400 }])
    const aside = data.checks.filter(({ outcome }) => outcome === 'quarantined')
    expect(aside.map(({ count }) => count)).toEqual([9])
    expect(json.run.data.checks).toEqual(data.checks)
    expect(json.warnings).toContainEqual({ code: 'ROWS_PUT_ASIDE', text: warnings[0] })
    expect(page).toContain('9 put aside')
    expect(page).toContain('data-code="ROWS_PUT_ASIDE"')
  })

  test('says that rows out of order were sorted', async () => {
    const file = 'hl_l2book20_BTC_20250905.parquet'
    await books(file, '100.0', '(i * 7) % 400')
    const { warnings } = await backtest(file)
    expect(warnings).toEqual([
      expect.stringMatching(/\d+ rows out of order in time, sorted: row \d+ of BTC is \d+ us earl/),
    ])
  })

  test('is silent about a clean file and refuses one that is mostly unusable', async () => {
    const clean = 'hl_l2book20_BTC_20250906.parquet'
    const bad = 'hl_l2book20_BTC_20250907.parquet'
    await books(clean)
    await books(bad, `case when i < 250 then 'nan'::double else 100.0 end`)
    expect((await backtest(clean)).warnings).toEqual([])
    await expect(backtest(bad)).rejects.toMatchObject({ code: 'ORN-DATA-015', exitCode: 4 })
  })

  test('takes the instrument from data.symbol when the file does not say it', async () => {
    await books('flip.parquet')
    await expect(backtest('flip.parquet')).rejects.toMatchObject({
      code: 'ORN-DATA-007',
      fix: expect.stringMatching(/data\.symbol.*rename/),
    })
    expect((await backtest('flip.parquet', ', symbol: BTC')).exitCode).toBe(0)
  })
})
