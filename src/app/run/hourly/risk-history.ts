import { annualisation, type HourPanel } from '../../../core/mod.ts'
import type { HourlyBacktest } from './hourly-backtest.ts'

/** What risk looked like at one decision; null where too little is known. */
export interface RiskRow {
  /** The decision's bar closed, us. */
  readonly time: number
  readonly equity: number
  /** Below the governor's reference, 0 or more. */
  readonly drawdown: number
  readonly regime: string
  /** Share of the usual exposure that is allowed. */
  readonly exposureAllowed: number
  /** Ex ante, of the target weights, annual. */
  readonly exAnteVolatility: number | null
  /** Of the last {@link RISK_WINDOW} bars: deviation a year, beta, 5 % quantile, mean below it. */
  readonly realisedVolatility: number | null
  readonly betaToBenchmark: number | null
  readonly valueAtRisk95: number | null
  readonly expectedShortfall95: number | null
}

/** Bars that the rolling figures look back on, and fewest they need. */
export const RISK_WINDOW = 500
const RISK_LEAST = 21

/** A row for every decision of a run; each looks at nothing after it. */
export function riskHistory(panel: HourPanel, run: HourlyBacktest): readonly RiskRow[] {
  const { barsPerYear } = annualisation(panel.grid)
  const own = returnsOf(run.account.balance, run.equity)
  const close = panel.benchmark?.bars.close
  const other = close === undefined ? null : returnsOf(Number.NaN, close.subarray(0, run.bars))
  return run.decisions.map(({ bar, equity, governor, allocation }) => {
    const from = Math.max(0, bar + 1 - RISK_WINDOW)
    const window = own.subarray(from, bar + 1)
    return {
      time: panel.grid.closeTime[bar]!,
      equity,
      drawdown: governor.drawdown,
      regime: governor.regime,
      exposureAllowed: governor.exposure,
      exAnteVolatility: allocation?.volatility ?? null,
      realisedVolatility: scaledDeviation(window, barsPerYear),
      betaToBenchmark: other === null ? null : betaOf(window, other.subarray(from, bar + 1)),
      ...tailOf(window),
    }
  })
}

function returnsOf(start: number, values: Float64Array): Float64Array {
  const returns = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) {
    returns[i] = values[i]! / (i === 0 ? start : values[i - 1]!) - 1
  }
  return returns
}

function scaledDeviation(returns: Float64Array, barsPerYear: number): number | null {
  const n = returns.length
  if (n < RISK_LEAST) return null
  const mean = returns.reduce((sum, value) => sum + value, 0) / n
  const square = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt((square / (n - 1)) * barsPerYear)
}

/** Least squares over bars that both have; null where they are few or the benchmark stood still. */
function betaOf(own: Float64Array, other: Float64Array): number | null {
  let [n, x, y, xx, xy] = [0, 0, 0, 0, 0]
  for (let i = 0; i < own.length; i++) {
    if (!Number.isFinite(other[i]!)) continue
    n++
    x += other[i]!
    y += own[i]!
    xx += other[i]! ** 2
    xy += other[i]! * own[i]!
  }
  const variance = xx - (x * x) / n
  return n < RISK_LEAST || !(variance > 0) ? null : (xy - (x * y) / n) / variance
}

function tailOf(returns: Float64Array): Pick<RiskRow, 'valueAtRisk95' | 'expectedShortfall95'> {
  if (returns.length < RISK_LEAST) return { valueAtRisk95: null, expectedShortfall95: null }
  const sorted = returns.slice().sort()
  const place = 0.05 * (sorted.length - 1)
  const below = Math.floor(place)
  const valueAtRisk95 = sorted[below]! + (place - below) * (sorted[below + 1]! - sorted[below]!)
  const tail = sorted.filter((value) => value <= valueAtRisk95)
  const expectedShortfall95 = tail.reduce((sum, value) => sum + value, 0) / tail.length
  return { valueAtRisk95, expectedShortfall95 }
}
