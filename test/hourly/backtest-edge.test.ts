import { describe, expect, it } from 'vitest'
import { runHourlyBacktest } from '../../src/app/run/hourly/hourly-backtest.ts'
import { analyseHourly } from '../../src/app/run/hourly/hourly-figures.ts'
import { idleTalk } from '../../src/app/run/hourly/test-kit.ts'
import { barCount, generatePanel, type HourPanel } from '../../src/core/mod.ts'
import { type Forecaster, HOURLY_PRESETS, type HourlySettings } from '../../src/strategies/mod.ts'

const PANELS = 200

const corrected = HOURLY_PRESETS.corrected

/** Nothing is charged for trading: what is left is what the forecasts are worth. */
const gross: HourlySettings = {
  ...corrected,
  costs: {
    ...corrected.costs,
    ...{ slippageBp: 0, halfSpread: [{ dollarsFrom: 0, bp: 0 }], tickDollars: 0 },
    impact: { kind: 'squareRoot', y: 0 },
  },
}

const account = {
  balance: 1_000_000,
  ...({ kind: 'margin', lotDecimals: 0, commissionBp: 0, hasSellFees: false } as const),
  cashInterest: [],
}

interface Outcome {
  readonly sharpe: number
  readonly isCovered: boolean
}

function outcome(seed: number): Outcome {
  const panel = generatePanel({ seed, names: 12, sessions: 80 })
  const forecaster = idleTalk(panel, seed + 7, 10)
  const run = runHourlyBacktest({ panel, settings: gross, forecaster, account })
  const { statistics } = analyseHourly(panel, run)
  const { low, high } = statistics.sharpeInterval
  const { value } = statistics.sharpe
  if (value === null || low === null || high === null) throw new Error('no Sharpe ratio')
  return { sharpe: value, isCovered: low <= 0 && high >= 0 }
}

/** Reads the sentiment that each bar's decision knows, worth so many basis points a unit. */
function reader(panel: HourPanel, bpPerUnit: number): Forecaster {
  const bars = barCount(panel.grid)
  const names = panel.symbols.length
  const columns = Array.from({ length: bars }, () => new Float64Array(names).fill(Number.NaN))
  for (const [name, series] of panel.sentiment!.entries()) {
    const score = series.fields.sentiment_score!
    let row = -1
    for (let bar = 0; bar < bars; bar++) {
      while (series.knownTime[row + 1]! < panel.grid.decisionTime[bar]!) row++
      if (row >= 0) columns[bar]![name] = bpPerUnit * score[row]!
    }
  }
  const downside = new Float64Array(names).fill(Number.NaN)
  return { forecast: (bar) => ({ alphaBp: columns[bar]!, downside }) }
}

describe('panels without an edge', () => {
  it('give a mean gross Sharpe ratio of nothing, and intervals that cover it', () => {
    const all = Array.from({ length: PANELS }, (_, seed) => outcome(seed + 1))
    const mean = all.reduce((sum, { sharpe }) => sum + sharpe, 0) / PANELS
    const square = all.reduce((sum, { sharpe }) => sum + (sharpe - mean) ** 2, 0)
    const error = Math.sqrt(square / (PANELS - 1) / PANELS)
    const covered = all.filter(({ isCovered }) => isCovered).length / PANELS
    expect(Math.abs(mean)).toBeLessThan(2 * error)
    expect(covered).toBeGreaterThanOrEqual(0.91)
    expect(covered).toBeLessThanOrEqual(0.98)
  }, 900_000)
})

describe('a planted edge', () => {
  it('is found by who reads it, and costs eat part of it', () => {
    const edge = { column: 'sentiment_score', bpPer5Bars: 20 } as const
    const panel = generatePanel({ seed: 3, names: 60, sessions: 250, edge })
    const of = (settings: HourlySettings) => {
      const run = runHourlyBacktest({ panel, settings, forecaster: reader(panel, 20), account })
      return analyseHourly(panel, run)
    }
    const [free, charged] = [of(gross), of(corrected)]
    const { sharpeInterval } = free.statistics
    expect(sharpeInterval.low).toBeGreaterThan(0)
    expect(free.benchmark!.alphaT.value).toBeGreaterThan(2)
    expect(free.figures.totalReturn.value).toBeGreaterThan(charged.figures.totalReturn.value!)
    const blind = runHourlyBacktest({
      panel,
      settings: gross,
      forecaster: idleTalk(panel, 5),
      account,
    })
    expect(analyseHourly(panel, blind).statistics.sharpe.value).toBeLessThan(
      free.statistics.sharpe.value!,
    )
  })
})
