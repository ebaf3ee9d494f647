import { describe, expect, it } from 'vitest'
import { dayNumber } from '../calendar/civil-day.ts'
import {
  annualFromBars,
  annualFromSessions,
  annualisation,
  sessionReturns,
} from './annualisation.ts'
import { barCount, hourGrid } from './hour-grid.ts'

const grid = (from: readonly [number, number, number], to: readonly [number, number, number]) =>
  hourGrid({ anchor: 'sessionOpen', firstDay: dayNumber(...from), endDay: dayNumber(...to) })

describe('a year', () => {
  it('has the bars and sessions of the exchange, not 7 x 252', () => {
    expect(annualisation(grid([2010, 1, 1], [2011, 1, 1]))).toEqual({
      barsPerYear: 1761,
      sessionsPerYear: 252,
    })
    // A grid of a quarter is scaled by its whole year; two years are averaged.
    expect(annualisation(grid([2012, 2, 1], [2012, 5, 1])).barsPerYear).toBe(1741)
    expect(annualisation(grid([2011, 6, 1], [2012, 6, 1]))).toEqual({
      barsPerYear: (1761 + 1741) / 2,
      sessionsPerYear: 251,
    })
    expect(annualisation(grid([2012, 1, 1], [2012, 1, 2])).barsPerYear).toBe(0)
  })
})

describe('figures of a year', () => {
  it('come from bars or from sessions, and say so', () => {
    const days = grid([2018, 1, 2], [2018, 1, 5])
    const returns = new Float64Array(barCount(days)).map((_, k) => (k % 3 === 0 ? 0.01 : -0.004))
    const bySession = sessionReturns(days, returns)
    expect(bySession).toHaveLength(3)
    const first = returns.slice(0, 7).reduce((product, r) => product * (1 + r), 1) - 1
    expect(bySession[0]).toBeCloseTo(first, 14)
    const bars = annualFromBars(days, returns)
    const sessions = annualFromSessions(days, returns)
    expect([bars.basis, sessions.basis]).toEqual(['bars', 'sessions'])
    expect([bars.periodsPerYear, sessions.periodsPerYear]).toEqual([1748, 251])
    const mean = returns.reduce((sum, r) => sum + r, 0) / returns.length
    expect(bars.mean).toBeCloseTo(mean * 1748, 12)
    expect(bars.sharpe).toBeCloseTo(bars.mean! / bars.volatility!, 12)
  })

  it('are null, not NaN, where there is nothing to scale', () => {
    const one = grid([2018, 1, 2], [2018, 1, 3])
    const still = annualFromBars(one, new Float64Array(7))
    expect(still).toMatchObject({ mean: 0, volatility: 0, sharpe: null })
    expect(annualFromSessions(one, new Float64Array(7))).toMatchObject({
      mean: null,
      volatility: null,
      sharpe: null,
    })
  })
})
