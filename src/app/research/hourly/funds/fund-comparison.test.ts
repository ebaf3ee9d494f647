import { describe, expect, it } from 'vitest'
import { createRandom, generatePanel } from '../../../../core/mod.ts'
import { HOURLY_PRESETS } from '../../../../strategies/mod.ts'
import { runHourlyBacktest } from '../../../run/hourly/hourly-backtest.ts'
import { hourlyRecord } from '../../../run/hourly/hourly-record.ts'
import { idleTalk } from '../../../run/hourly/test-kit.ts'
import { fundCharts } from './fund-charts.ts'
import { compareWithFunds, knownSharpe, snapshotReturns } from './fund-comparison.ts'
import { fundPage } from './fund-page.ts'
import { fundPicture } from './fund-picture.ts'
import { FUND_SOURCES, PUBLIC_FUNDS } from './public-funds.ts'

const panel = generatePanel({ seed: 4, names: 20, sessions: 40 })
const run = runHourlyBacktest({
  panel,
  settings: HOURLY_PRESETS.corrected,
  forecaster: idleTalk(panel, 7),
})
const comparison = compareWithFunds('t', hourlyRecord(panel, run))

describe('the comparison with public funds', () => {
  it('has eight funds, the earlier demo and this run, each with a source', () => {
    expect(comparison.rows).toHaveLength(10)
    for (const { source } of comparison.rows.slice(0, 9))
      expect(FUND_SOURCES).toHaveProperty(source)
    expect(PUBLIC_FUNDS.map(({ returnPercent }) => returnPercent)).toEqual([
      39.1, 19.5, 12.9, 14, 13, 13.42, 3.17, 3.84,
    ])
  })

  it('reckons return times money as published, and nothing where one is not known', () => {
    const scales = comparison.rows.map(({ scaleBillion }) => scaleBillion?.toFixed(3) ?? null)
    const published = ['3.910', null, '4.309', '11.676', '10.530', '1.397', '0.055', '0.005']
    expect(scales.slice(0, 8)).toEqual(published)
    expect(comparison.rows[8]!.scaleBillion).toBeCloseTo(6.3e-6, 12)
  })

  it('marks backtests by their data and never as verified', () => {
    const backtests = comparison.rows.filter(({ isBacktest }) => isBacktest)
    expect(backtests.map(({ quality }) => quality)).toEqual(['generated', 'generated'])
    expect(comparison.own.capitalBillion).toBe(0.001)
  })
})

describe('the snapshot of eight weeks', () => {
  it('rests on 281 hourly points, which its published CAGR was compounded with', () => {
    expect(snapshotReturns()).toBe(281)
    expect(1.010534 ** (1638 / 281) - 1).toBeCloseTo(0.062988, 4)
  })

  it('has a standard error that simulated ratios scatter by', () => {
    const { sharpe } = comparison.snapshot
    const random = createRandom(5)
    const ratios = Array.from({ length: 2000 }, () => {
      const returns = Array.from({ length: 281 }, () => random.normal() + 1.5341 / Math.sqrt(1638))
      const mean = returns.reduce((sum, value) => sum + value, 0) / 281
      const square = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0)
      return (mean / Math.sqrt(square / 280)) * Math.sqrt(1638)
    })
    const mean = ratios.reduce((sum, value) => sum + value, 0) / ratios.length
    const scatter = Math.sqrt(ratios.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 1999)
    expect(sharpe.standardError).toBeCloseTo(2.415, 3)
    expect(Math.abs(scatter / sharpe.standardError - 1)).toBeLessThan(0.06)
    expect([sharpe.low, sharpe.high]).toEqual([expect.closeTo(-3.2, 2), expect.closeTo(6.268, 2)])
  })

  it('knows its return to 1.67 percentage points, a year of it to 9.74', () => {
    const { totalReturnError, returnError, volatilityError } = comparison.snapshot
    // 4.035 % a year over 281 of 1,638 hours.
    expect(totalReturnError).toBeCloseTo(0.04035 * Math.sqrt(281 / 1638), 12)
    expect(returnError).toBeCloseTo(0.0974, 4)
    expect(volatilityError).toBeCloseTo(0.0017, 4)
  })

  it('says after how many years a ratio would lie 1.96 standard errors above 0', () => {
    const { sharpe, yearsNeeded } = knownSharpe(1.5, 252, 252)
    const later = knownSharpe(sharpe, yearsNeeded! * 252, 252)
    expect(later.low).toBeCloseTo(0, 10)
    expect(knownSharpe(-1, 252, 252).yearsNeeded).toBeNull()
  })
})

describe('charts and page', () => {
  const charts = fundCharts(comparison)

  it('draw five charts that name every row they have a figure of', () => {
    expect(charts.map(({ file }) => file)).toEqual([
      'public_quant_returns',
      'public_quant_aum',
      'public_quant_estimated_profit',
      'public_quant_cumulative_gains',
      'public_quant_return_vs_scale',
    ])
    for (const { drawing } of charts) {
      expect(drawing.markup).toContain('Millennium platform')
      expect(drawing.markup).not.toMatch(/NaN|Infinity/)
    }
  })

  it('keep the scale of the funds where a backtest leaves it, above and below', () => {
    for (const returnPercent of [900, -80, null]) {
      const own = { ...comparison.own, returnPercent, scaleBillion: returnPercent }
      const rows = [...comparison.rows.slice(0, -1), own]
      for (const { drawing } of fundCharts({ ...comparison, rows, own })) {
        expect(drawing.markup).not.toMatch(/NaN|Infinity/)
        expect(drawing.markup).not.toMatch(/width="-/)
      }
    }
  })

  it('are pictures without a style of the page', () => {
    for (const chart of charts) expect(fundPicture(chart)).not.toMatch(/var\(|light-dark/)
  })

  it('say on the page what eight weeks can show, and link the sources', () => {
    const page = fundPage(comparison, charts, '{}')
    expect(page).toContain('standard error of 2.42')
    expect(page).toContain('Lo (2002)')
    expect(page).toContain(FUND_SOURCES.lch_forbes_2024![0])
    expect(page).not.toContain('NaN')
  })
})
