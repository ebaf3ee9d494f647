import { DAY_US, dailySeries, MINIMUM_ANNUAL_DAYS } from '../../../core/mod.ts'

/** Days a year of a market that is always open. */
const YEAR_DAYS = 365

/**
 * Total return, annual Sharpe ratio and deepest drawdown of an equity path, defined as in the tear
 * sheet of a market that is always open, without what only a tear sheet shows.
 */
export function equityFigures(
  startEquity: number,
  equity: { readonly time: Float64Array; readonly value: Float64Array },
) {
  const { time, value } = equity
  const index = new Float64Array(value.length)
  let level = 1
  let peak = 1
  let maximumDrawdown = 0
  let before = startEquity
  let ruinTime: number | null = null
  for (let i = 0; i < value.length; i++) {
    level = ruinTime === null ? level * (value[i]! / before) : 0
    before = value[i]!
    if (ruinTime === null && level <= 0) {
      level = 0
      ruinTime = time[i]!
    }
    index[i] = level
    if (level > peak) peak = level
    else maximumDrawdown = Math.min(maximumDrawdown, level / peak - 1)
  }
  const netReturn = level - 1
  return { netReturn, sharpe: annualSharpe(time, index, ruinTime), maximumDrawdown }
}

function annualSharpe(
  time: Float64Array,
  index: Float64Array,
  ruinTime: number | null,
): number | null {
  const spanDays = (time.at(-1)! - time[0]!) / DAY_US
  if (spanDays < MINIMUM_ANNUAL_DAYS || ruinTime !== null) return null
  const { returns } = dailySeries({ time, index, ruinTime }, { kind: 'continuous' })
  const days = returns.length
  if (days < 2) return null
  const mean = returns.reduce((sum, each) => sum + each, 0) / days
  const squares = returns.reduce((sum, each) => sum + (each - mean) ** 2, 0)
  const deviation = Math.sqrt(squares / (days - 1))
  const varies = returns.some((each) => each !== returns[0])
  return varies && deviation > 0 ? (mean / deviation) * Math.sqrt(YEAR_DAYS) : null
}
