import type { DailySeries } from './growth.ts'

/** A Sharpe ratio and volatility over the last `window` daily returns, one row a day. */
export interface RollingSeries {
  readonly window: number
  readonly time: Float64Array
  /** Annualised; NaN where returns do not vary. */
  readonly sharpe: Float64Array
  readonly volatility: Float64Array
}

/**
 * Rolling figures over `window` daily returns; empty when there are fewer. The window is a length,
 * never the annualiser.
 */
export function rollingSeries(
  daily: DailySeries,
  options: {
    readonly window: number
    readonly annualiser: number
    readonly riskFreeAnnual: number
  },
): RollingSeries {
  const { window, annualiser } = options
  const rows = Math.max(0, daily.returns.length - window + 1)
  const sharpe = new Float64Array(rows)
  const volatility = new Float64Array(rows)
  const root = Math.sqrt(annualiser)
  for (let row = 0; row < rows; row++) {
    let sum = 0
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    for (let i = row; i < row + window; i++) {
      const value = daily.returns[i]!
      sum += value
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
    const mean = sum / window
    let squares = 0
    for (let i = row; i < row + window; i++) squares += (daily.returns[i]! - mean) ** 2
    const deviation = Math.sqrt(squares / (window - 1))
    volatility[row] = low === high ? 0 : deviation * root
    sharpe[row] =
      low === high ? Number.NaN : ((mean - options.riskFreeAnnual / annualiser) / deviation) * root
  }
  return { window, time: daily.time.slice(daily.time.length - rows), sharpe, volatility }
}

/** Window of rolling figures: the daily returns that 90 calendar days hold. */
export const rollingWindow = (annualiser: number): number => Math.round((90 * annualiser) / 365)
