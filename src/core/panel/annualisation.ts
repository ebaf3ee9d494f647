import { dateParts, dayNumber } from '../calendar/civil-day.ts'
import { barCount, type HourGrid, hourGrid } from './hour-grid.ts'

/** Bars and sessions of a year of the exchange: what figures are scaled to a year with. */
export interface Annualisation {
  readonly barsPerYear: number
  readonly sessionsPerYear: number
}

/** Figures of returns scaled to a year, and by what; null where there is nothing to scale. */
export interface AnnualFigures {
  /** From the returns of bars, or from those of whole sessions. */
  readonly basis: 'bars' | 'sessions'
  /** Periods of a year used. */
  readonly periodsPerYear: number
  /** Mean return times periods; a fraction. */
  readonly mean: number | null
  /** Deviation (n - 1) times the root of periods; a fraction. */
  readonly volatility: number | null
  /** Their ratio, without a risk-free rate; null also where nothing moved. */
  readonly sharpe: number | null
}

/**
 * The actual bars and sessions of the calendar years that a grid touches, a year on average: early
 * closes and holidays counted, 1,757 bars and 251.7 sessions rather than 7 x 252.
 */
export function annualisation(grid: HourGrid): Annualisation {
  const days = grid.sessionDay
  if (days.length === 0) return { barsPerYear: 0, sessionsPerYear: 0 }
  const first = dateParts(days[0]!).year
  const end = dateParts(days[days.length - 1]!).year + 1
  const whole = hourGrid({
    anchor: grid.anchor,
    firstDay: dayNumber(first, 1, 1),
    endDay: dayNumber(end, 1, 1),
  })
  const sessions = whole.barOfSession.reduce((sum, bar) => sum + (bar === 0 ? 1 : 0), 0)
  const years = end - first
  return { barsPerYear: barCount(whole) / years, sessionsPerYear: sessions / years }
}

/** Compounds simple returns of bars, one element a bar of the grid, into those of its sessions. */
export function sessionReturns(grid: HourGrid, barReturns: Float64Array): Float64Array {
  const returns: number[] = []
  for (let bar = 0; bar < barCount(grid); bar++) {
    const factor = 1 + barReturns[bar]!
    if (grid.barOfSession[bar] === 0) returns.push(factor)
    else returns[returns.length - 1]! *= factor
  }
  return Float64Array.from(returns, (factor) => factor - 1)
}

/** Annual figures of the simple returns of bars, one element a bar of the grid. */
export const annualFromBars = (grid: HourGrid, barReturns: Float64Array): AnnualFigures =>
  scaled('bars', annualisation(grid).barsPerYear, barReturns)

/** The same from whole sessions: what nights and autocorrelation within a day do not distort. */
export const annualFromSessions = (grid: HourGrid, barReturns: Float64Array): AnnualFigures =>
  scaled('sessions', annualisation(grid).sessionsPerYear, sessionReturns(grid, barReturns))

function scaled(
  basis: AnnualFigures['basis'],
  periodsPerYear: number,
  returns: Float64Array,
): AnnualFigures {
  const n = returns.length
  if (n < 2) return { basis, periodsPerYear, mean: null, volatility: null, sharpe: null }
  const mean = returns.reduce((sum, r) => sum + r, 0) / n
  const square = returns.reduce((sum, r) => sum + (r - mean) * (r - mean), 0)
  const deviation = Math.sqrt(square / (n - 1))
  return {
    basis,
    periodsPerYear,
    mean: mean * periodsPerYear,
    volatility: deviation * Math.sqrt(periodsPerYear),
    sharpe: deviation > 0 ? (mean / deviation) * Math.sqrt(periodsPerYear) : null,
  }
}
