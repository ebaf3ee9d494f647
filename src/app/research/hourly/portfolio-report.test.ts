import { describe, expect, it } from 'vitest'
import { generatePanel, missing } from '../../../core/mod.ts'
import { HOURLY_PRESETS } from '../../../strategies/mod.ts'
import { HOURLY_ACCOUNT, runHourlyBacktest } from '../../run/hourly/hourly-backtest.ts'
import { type HourlyRecord, hourlyRecord } from '../../run/hourly/hourly-record.ts'
import { calmPanel, idleTalk, steady } from '../../run/hourly/test-kit.ts'
import type { HourlyTrials } from './hourly-trials.ts'
import { definitionsSection } from './portfolio-figures-table.ts'
import { portfolioVerdict } from './portfolio-front.ts'
import { portfolioPage, portfolioSections } from './portfolio-report.ts'
import { drawnSeries } from './portfolio-series.ts'
import { portfolioWarnings } from './portfolio-warnings.ts'

const unknown = missing('not counted')
const trials: HourlyTrials = {
  ...{ runId: null, returnInterval: 'sessions', trials: 3, columns: 1, best: null },
  ...{ sharpe: unknown, luckySharpe: unknown, psr: unknown, dsr: unknown, overfitting: unknown },
}
/** Without the whole page in what a failure says. */
const has = (markup: string, text: string): void => expect(markup.includes(text), text).toBe(true)

const pageOf = (record: HourlyRecord): string =>
  `${portfolioPage(record).markup}${portfolioSections(record, trials).markup}`

const panel = generatePanel({ seed: 12, names: 40, sessions: 120 })
const settings = {
  ...HOURLY_PRESETS.corrected,
  ...{ aversion: 2000, band: { low: 0.05, high: 0.12 } },
  governor: {
    patience: 70,
    steps: [
      { regime: 'conservative', enterAt: 0.01, leaveAt: 0.005, exposure: 0.5 },
      { regime: 'riskOff', enterAt: 0.02, leaveAt: 0.01, exposure: 0 },
    ],
  } as const,
}
const account = { ...HOURLY_ACCOUNT, balance: 40_000_000 }
const run = runHourlyBacktest({ panel, settings, account, forecaster: idleTalk(panel, 7, 30) })
const record = hourlyRecord(panel, run)
const page = pageOf(record)

describe('the report of a portfolio', () => {
  it('shows which edge of the band bound, what was relaxed, and every change of the governor', () => {
    has(page, 'upper edge bound, and was kept')
    has(page, 'the drawdown reached a step')
    has(page, 'Limits that could not be kept')
    const changes = record.decisions.filter(({ governor }) => governor.cause !== null)
    expect(changes.length).toBeGreaterThan(2)
  })

  it('tells costs by cause, the same trades at other costs, participation and capacity', () => {
    for (const text of [
      ...['Slippage', 'Half the spread', 'Impact', 'Commission', 'Fees of sales'],
      ...['The same trades at other costs', 'Participation and capacity', '× 3'],
    ]) {
      has(page, text)
    }
    has(page, 'Impact halves what is made at')
  })

  it('names both annualisations, says what turnover is, and keeps the benchmark apart', () => {
    has(page, 'Two annualisations: of sessions')
    has(page, 'half the sum of |target − drifted weight| over names and cash')
    has(page, 'GMKT, never held')
  })

  it('has no number that is none, and no drawing that leaves its place', () => {
    expect(/NaN|Infinity|undefined|(width|height)="-/.exec(page)).toBeNull()
  })

  it('defines every figure that it lists', () => {
    const obvious = /^(Fills|Dividends|Interest on cash)/
    const all = page.slice(page.indexOf('id="all"'), page.indexOf('id="returns"'))
    const rows = [...all.matchAll(/<th scope="row">(<span title="[^"]*">)?([^<]+)/g)]
    expect(rows.length).toBeGreaterThan(20)
    for (const [, title, name] of rows) {
      if (!obvious.test(name!)) expect(title, name).toBeDefined()
    }
    expect(definitionsSection().markup).toContain('Capacity')
  })

  it('warns by rules of what the figures rest on', () => {
    const warnings = portfolioWarnings(record, []).join(' ')
    has(warnings, 'of the fills are at an open that was printed before the order')
    has(warnings, 'calendar days: figures of a year are provisional')
    has(warnings, 'assumptions by size, not measurements')
  })

  it('gives the crosshair what its charts show', () => {
    const [growth, decisions] = drawnSeries(record)
    expect(growth!.columns.map(({ name }) => name)).toContain('GMKT')
    expect(growth!.columns[0]!.values.at(-1)).toBeCloseTo(record.figures.totalReturn.value!, 5)
    expect(decisions!.time.length).toBe(decisions!.columns[0]!.values.length)
  })

  it('says so where nothing was traded, with a reason for each figure that is missing', () => {
    const calm = calmPanel(4, 40)
    const forecaster = steady([0, 0, 0, 0])
    const settings = HOURLY_PRESETS.corrected
    const idle = hourlyRecord(calm, runHourlyBacktest({ panel: calm, settings, forecaster }))
    const empty = pageOf(idle)
    expect(portfolioVerdict(idle)).toContain('Nothing was traded')
    has(empty, 'n/a <small>(no position was closed)')
    has(empty, 'Nothing was held.')
    expect(/NaN|Infinity|undefined/.exec(empty)).toBeNull()
  })
})
