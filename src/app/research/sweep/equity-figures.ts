import { DAY_US, dailySeries, MINIMUM_ANNUAL_DAYS } from '../../../core/mod.ts'

/** Days a year of a market that is always open. */
const YEAR_DAYS = 365

/**
 * Total return, annual Sharpe ratio and deepest drawdown of an equity path, defined as in the tear
 * sheet of a market that is always open, without what only a tear sheet shows. Equity that reached
 * zero is refused by the caller. Hot.
 */
export function equityFigures(startEquity: number, time: Float64Array, equity: Float64Array) {
  let peak = startEquity
  let trough = startEquity
  let maximumDrawdown = 0
  for (let i = 0; i < equity.length; i++) {
    const now = equity[i]!
    if (now > peak) {
      // The fall from the last peak ends here: only then is its depth worked out.
      maximumDrawdown = Math.min(maximumDrawdown, trough / peak - 1)
      peak = now
      trough = now
    } else if (now < trough) trough = now
  }
  maximumDrawdown = Math.min(maximumDrawdown, trough / peak - 1)
  const netReturn = equity.at(-1)! / startEquity - 1
  return { netReturn, sharpe: annualSharpe(time, equity), maximumDrawdown }
}

function annualSharpe(time: Float64Array, equity: Float64Array): number | null {
  const spanDays = (time.at(-1)! - time[0]!) / DAY_US
  if (spanDays < MINIMUM_ANNUAL_DAYS) return null
  // Daily returns do not depend on the unit of the path.
  const path = { time, index: equity, ruinTime: null }
  const { returns } = dailySeries(path, { kind: 'continuous' })
  const days = returns.length
  if (days < 2) return null
  const mean = returns.reduce((sum, each) => sum + each, 0) / days
  const squares = returns.reduce((sum, each) => sum + (each - mean) ** 2, 0)
  const deviation = Math.sqrt(squares / (days - 1))
  const varies = returns.some((each) => each !== returns[0])
  return varies && deviation > 0 ? (mean / deviation) * Math.sqrt(YEAR_DAYS) : null
}
