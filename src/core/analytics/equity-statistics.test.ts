import { expect, test } from 'vitest'
import { civilTime, DAY_US } from '../calendar/civil-time.ts'
import { drawdowns } from './drawdown.ts'
import { equityStatistics } from './equity-statistics.ts'
import { dailySeries, growthPath } from './growth.ts'

const start = civilTime(2023, 1, 1)

function statistics(
  returns: readonly number[],
  trials: { count: number; sharpeVariance: number | null } | null = null,
) {
  const value = Float64Array.from({ length: returns.length + 1 }, () => 100)
  returns.forEach((each, i) => {
    value[i + 1] = value[i]! * (1 + each)
  })
  const time = Float64Array.from(value, (_, i) => start + i * DAY_US)
  const path = growthPath(100, { time, value })
  return equityStatistics({
    path,
    daily: dailySeries(path, { kind: 'continuous' }),
    deepest: drawdowns(path).deepest,
    annualiser: 365,
    riskFreeAnnual: 0,
    trials,
  })
}

/** Every number of a result, however deep, must be finite: JSON has no NaN. */
function expectFinite(value: unknown): void {
  if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true)
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(expectFinite)
}

test('a hand-worked month: mean, deviation, Sharpe, Sortino, Calmar', () => {
  const result = statistics(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 0.02 : -0.01)))
  // Mean 0.005; squared deviations 0.015^2 each: sd = 0.015 sqrt(40 / 39).
  const deviation = 0.015 * Math.sqrt(40 / 39)
  expect(result.sharpe.value).toBeCloseTo((0.005 / deviation) * Math.sqrt(365), 9)
  // Half the days fall 0.01 below 0: downside sqrt(0.5) x 0.01.
  expect(result.sortino.value).toBeCloseTo((0.005 / (0.01 * Math.SQRT1_2)) * Math.sqrt(365), 9)
  const total = (1.02 * 0.99) ** 20
  expect(result.cagr.value).toBeCloseTo(total ** (365.25 / 40) - 1, 9)
  expect(result.calmar.value).toBeCloseTo((total ** (365.25 / 40) - 1) / 0.01, 6)
  expect(result.omega.value).toBeCloseTo(2, 9)
  expect(result.gainToPain.value).toBeCloseTo(1, 9)
  expect(result.provisional).toBe(true)
  expect(result.sharpeInterval.low!).toBeLessThan(result.sharpe.value!)
  expect(result.sharpeInterval.high!).toBeGreaterThan(result.sharpe.value!)
})

test('annual figures are refused below 30 days, with the count', () => {
  const result = statistics(Array.from({ length: 29 }, (_, i) => (i % 3) * 0.01 - 0.008))
  for (const refused of [
    result.cagr,
    result.volatility,
    result.sharpe,
    result.sortino,
    result.calmar,
  ]) {
    expect(refused).toEqual({ value: null, reason: '29 d < 30 d' })
  }
  expect(result.sharpeInterval.reason).toBe('29 d < 30 d')
  expect(result.bestDay.value).toBeCloseTo(0.012, 9)
  expect(
    statistics(Array.from({ length: 30 }, (_, i) => (i % 3) * 0.01 - 0.008)).sharpe.value,
  ).not.toBeNull()
})

test('zero variance has no Sharpe ratio but a volatility of zero', () => {
  const result = statistics(Array.from({ length: 60 }, () => 0))
  expect(result.volatility.value).toBe(0)
  expect(result.sharpe).toEqual({ value: null, reason: 'daily returns do not vary' })
  expect(result.sortino).toEqual({ value: null, reason: 'no day below the target' })
  expect(result.calmar).toEqual({ value: null, reason: 'no drawdown' })
  expect(result.psr.value).toBeNull()
  expectFinite(result)
})

test('only losses: every ratio is defined or says why', () => {
  const result = statistics(Array.from({ length: 60 }, (_, i) => -0.01 - 0.001 * (i % 2)))
  expect(result.sharpe.value).toBeLessThan(0)
  expect(result.omega.value).toBe(0)
  expect(result.minimumTrackRecordDays.reason).toMatch(/not above/)
  expectFinite(result)
})

test('only gains: no losing day, no drawdown', () => {
  const result = statistics(Array.from({ length: 60 }, (_, i) => 0.01 + 0.001 * (i % 2)))
  expect(result.omega.reason).toBe('no losing day')
  expect(result.calmar.reason).toBe('no drawdown')
  expect(result.sortino.reason).toBe('no day below the target')
  expect(result.calmarInterval.reason).toMatch(/undefined/)
  expectFinite(result)
})

test('ruin refuses ratios and says so', () => {
  const result = statistics([...Array.from({ length: 40 }, () => -0.01), -1, 0])
  expect(result.sharpe.reason).toBe('equity fell to zero')
  expect(result.totalReturn).toBe(-1)
  expectFinite(result)
})

test('one day and no day give no statistics and no NaN', () => {
  expectFinite(statistics([0.01]))
  expectFinite(statistics([]))
  expect(statistics([]).bestDay.reason).toBe('0 of 1 daily returns needed')
})

test('the deflated ratio is unproven while the trials are unknown', () => {
  const returns = Array.from({ length: 400 }, (_, i) => Math.sin(i * 7) * 0.01 + 0.0005)
  expect(statistics(returns).dsr.reason).toMatch(/unproven/)
  const once = statistics(returns, { count: 1, sharpeVariance: null })
  expect(once.dsr.value).toBe(once.psr.value)
  const often = statistics(returns, { count: 100, sharpeVariance: 0.002 })
  expect(often.dsr.value!).toBeLessThan(often.psr.value!)
})

test('trending days lower the autocorrelation-adjusted Sharpe ratio', () => {
  const result = statistics(Array.from({ length: 300 }, (_, i) => Math.sin(i / 10) * 0.01 + 0.001))
  expect(result.sharpeAutocorrelationAdjusted.value!).toBeLessThan(result.sharpe.value!)
})
