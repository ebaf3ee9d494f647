import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, it } from 'vitest'
import { generatePanel } from '../../../core/mod.ts'
import { HOURLY_PRESETS } from '../../../strategies/mod.ts'
import { runHourlyBacktest } from '../../run/hourly/hourly-backtest.ts'
import { hourlyRecord } from '../../run/hourly/hourly-record.ts'
import { idleTalk } from '../../run/hourly/test-kit.ts'
import { writeBacktestFiles } from './backtest-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'hourly-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const panel = generatePanel({ seed: 4, names: 20, sessions: 40 })
const settings = HOURLY_PRESETS.corrected
const run = runHourlyBacktest({ panel, settings, forecaster: idleTalk(panel, 7, 30) })
const record = hourlyRecord(panel, run)
await writeBacktestFiles(folder, 't', record)

/** Columns of the published system's files, in their order. */
const PUBLISHED = {
  equity_curve: ['event_time', 'equity', 'cash', 'invested', 'turnover', 'exposure', 'risk_regime'],
  fills: ['symbol', 'event_time', 'quantity', 'fill_price', 'notional', 'trading_cost', 'partial'],
  weights: ['event_time', 'symbol', 'weight'],
  risk_history: [
    'event_time',
    'equity',
    'drawdown',
    'regime',
    'realized_vol_annualized',
    'beta_to_spy',
    'var_95',
    'cvar_95',
  ],
  monthly_returns: ['year', ...Array.from({ length: 12 }, (_, month) => String(month + 1))],
}

describe('the files of a backtest', () => {
  it('are those of the published system and the decisions, twice, with a picture', () => {
    const tables = [...Object.keys(PUBLISHED), 'decisions']
    const files = tables.flatMap((name) => [`${name}.csv`, `${name}.parquet`])
    expect(readdirSync(folder).sort()).toEqual([...files, 'equity_drawdown.png'].sort())
    const png = readFileSync(join(folder, 'equity_drawdown.png'))
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1500, 900])
  })

  it('open in DuckDB with its columns, the same rows both ways', async () => {
    const connection = await (await DuckDBInstance.create()).connect()
    const rows = {
      equity_curve: record.equity.time.length,
      fills: record.fills.length,
      weights: record.decisions.reduce((sum, { weights }) => sum + weights.length, 0),
      risk_history: record.riskHistory.length,
      monthly_returns: record.months.length,
    }
    for (const [name, columns] of Object.entries(PUBLISHED)) {
      const counts = []
      for (const suffix of ['csv', 'parquet']) {
        const reader = await connection.runAndReadAll(`from '${join(folder, name)}.${suffix}'`)
        const found = reader.columnNames()
        expect(found.filter((column) => columns.includes(column))).toEqual(columns)
        counts.push(reader.currentRowCount)
      }
      expect(counts).toEqual([1, 1].map(() => rows[name as keyof typeof rows]))
    }
  })

  it('have whole years, flags, signed quantities, and money that adds up', async () => {
    const connection = await (await DuckDBInstance.create()).connect()
    const one = async (query: string) => {
      const reader = await connection.runAndReadAll(query.replaceAll('@', `${folder}/`))
      return reader.getRowsJson()[0]!
    }
    const [kind, partial] = await one(
      `select typeof(year), (select typeof(partial) from '@fills.parquet' limit 1) from '@monthly_returns.parquet'`,
    )
    expect([kind, partial]).toEqual(['BIGINT', 'BOOLEAN'])
    const [worst] = await one(
      `select max(abs(equity - cash - invested)) from '@equity_curve.parquet'`,
    )
    expect(worst).toBeLessThan(1e-6)
    const [signs] = await one(
      `select count(*) from '@fills.parquet' where sign(quantity) <> sign(notional)`,
    )
    expect(Number(signs)).toBe(0)
    const [most] = await one(
      `select max(total) from (select sum(weight) total from '@weights.parquet' group by event_time)`,
    )
    expect(most).toBeLessThanOrEqual(1 + 1e-6)
  })
})
