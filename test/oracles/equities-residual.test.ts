import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { Recording } from '../../src/adapters/mod.ts'
import { benchmarkFromBars } from '../../src/app/cli/commands/compare-runs.ts'
import { loadConfig } from '../../src/app/config/load.ts'
import { type ComparedRun, comparedRun } from '../../src/app/research/compare/compared-run.ts'
import { runBacktest } from '../../src/app/run/backtest.ts'
import { loadFittingMarket } from '../../src/app/run/load-market.ts'
import { toRunRecord } from '../../src/app/run/run-record.ts'
import { analyzeRun } from '../../src/core/mod.ts'
import { hasSharedData, sharedData, sharedDataNote } from '../data/shared-data.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const examples = join(root, 'examples', '06-equities')
const page = readFileSync(join(root, 'docs', 'equities.md'), 'utf8')
const spy = sharedData('equities_daily/lean_etf_daily_spy_qqq_iwm_2010_2018.parquet')

const TIMEOUT = { timeout: 900_000 }

let recording: Recording | null = null
const runs = new Map<string, ComparedRun>()

/** Backtests an example as `ornstein compare` does, over data that are loaded once. */
async function compared(name: string): Promise<ComparedRun> {
  const known = runs.get(name)
  if (known !== undefined) return known
  const path = join(examples, `${name}.yaml`)
  const { config, hash } = loadConfig(path)
  recording ??= await loadFittingMarket(config, examples)
  const request = { config, configurationHash: hash, codeHash: '', recording }
  const context = { ...request, commit: '', command: '', trials: null }
  const market = await benchmarkFromBars(spy, 'SPY')
  const record = { ...toRunRecord(runBacktest(request), context), benchmark: market }
  const run = comparedRun(path, config, record, analyzeRun(record))
  runs.set(name, run)
  return run
}

/** A run as a row of the page. */
function rowOf(name: string, { analysis, legs }: ComparedRun): string {
  const { trades, equity, exposure, drawdowns } = analysis
  const { sharpe, sharpeInterval: interval } = equity
  const two = (value: number | null): string => (value === null ? 'n/a' : value.toFixed(2))
  const one = (value: number | null): string => (value === null ? 'n/a' : value.toFixed(1))
  const cells = [
    `\`${name}\``,
    String(trades.trips),
    one(trades.grossBpsMean.value),
    one(trades.expectancyBps.value),
    `${two(sharpe.value)} (${two(interval.low)} to ${two(interval.high)})`,
    (equity.psr.value ?? 0).toFixed(3),
    `${one(drawdowns.deepest!.depth * 100)} %`,
    `${one(exposure.turnover)}×`,
    `${one(legs.long.net / 1000)} / ${one(legs.short.net / 1000)}`,
    two(legs.both.beta),
    `${two(analysis.benchmark!.alphaAnnual.value! * 100)} % (${one(analysis.benchmark!.alphaT.value)})`,
  ]
  return `| ${cells.join(' | ')} |`
}

describe.skipIf(!hasSharedData)(`the comparison of docs/equities.md${sharedDataNote}`, () => {
  afterAll(() => runs.clear())

  for (const name of [
    'no-cap',
    'sp500-138',
    'residual-sector',
    'residual-pca',
    'residual-tested',
  ]) {
    it(`has the figures of ${name}; its legs add up to its equity`, TIMEOUT, async () => {
      const run = await compared(name)
      const { legs, analysis, record } = run
      expect(Math.abs(legs.difference)).toBeLessThan(0.01)
      expect(legs.long.net + legs.short.net).toBeCloseTo(legs.both.net, 6)
      // The same regression over the same days, made elsewhere.
      expect(legs.both.beta).toBeCloseTo(analysis.benchmark!.beta.value!, 2)
      expect(record.counts.denials).not.toHaveProperty('LEVERAGE')
      expect(page).toContain(rowOf(name, run))
    })
  }

  it('says how many names revert by the tests, and how many are only fast', TIMEOUT, async () => {
    const mean = async (name: string) => {
      const { reviews } = await compared(name)
      const of = (key: 'fastShare' | 'singleShare' | 'discoveredShare' | 'halfLifeShare') =>
        `${((reviews!.reduce((sum, row) => sum + row[key], 0) / reviews!.length) * 100).toFixed(1)} %`
      return [of('fastShare'), of('singleShare'), of('discoveredShare'), of('halfLifeShare')]
    }
    expect(page).toContain(`| sector | ${(await mean('residual-sector')).join(' | ')} |`)
    expect(page).toContain(`| eigenportfolios | ${(await mean('residual-pca')).join(' | ')} |`)
  })
})
