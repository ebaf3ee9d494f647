import { expect, test } from 'vitest'
import { civilTime, DAY_US } from '../calendar/civil-time.ts'
import { createRandom } from '../lib/random.ts'
import { type BenchmarkComparison, compareWithBenchmark } from './benchmark.ts'
import { dailySeries, growthPath } from './growth.ts'

const start = civilTime(2024, 1, 1)
const random = createRandom(1)
const market = Array.from({ length: 250 }, () => 0.0004 + 0.01 * random.normal())
const noise = Array.from({ length: 250 }, () => 0.002 * random.normal())

const levels = (returns: readonly number[]): { time: Float64Array; value: Float64Array } => {
  let level = 100
  const value = [level, ...returns.map((each) => (level *= 1 + each))]
  return {
    time: Float64Array.from(value, (_, i) => start + i * DAY_US),
    value: Float64Array.from(value),
  }
}

function compare(own: readonly number[], other: readonly number[]): BenchmarkComparison {
  const path = growthPath(100, levels(own))
  const calendar = { kind: 'continuous' as const }
  return compareWithBenchmark(
    { name: 'market', hash: 'h', ...levels(other) },
    {
      path,
      daily: dailySeries(path, calendar),
      calendar,
      annualiser: 365,
      riskFreeAnnual: 0,
    },
  )
}

test('a run that is its benchmark has beta 1, no alpha and no tracking error', () => {
  const same = compare(market, market)
  expect(same.beta.value).toBeCloseTo(1, 9)
  expect(same.alphaAnnual.value).toBeCloseTo(0, 9)
  expect(same.correlation.value).toBeCloseTo(1, 9)
  expect(same.trackingError.value).toBeCloseTo(0, 9)
  expect(same.upCapture.value).toBeCloseTo(1, 9)
  expect(same).toMatchObject({ matchedDays: 250, droppedDays: 0 })
})

test('a planted alpha and beta are found with a t value that knows them', () => {
  const own = market.map((value, i) => 0.001 + 0.5 * value + noise[i]!)
  const found = compare(own, market)
  expect(found.beta.value).toBeCloseTo(0.5, 1)
  expect(found.alphaAnnual.value! / 365).toBeCloseTo(0.001, 3)
  expect(found.alphaT.value!).toBeGreaterThan(4)
  expect(found.downCapture.value!).toBeLessThan(0.6)
  expect(found.rSquared.value!).toBeGreaterThan(0.7)
})

test('noise around the market has no significant alpha', () => {
  const own = market.map((value, i) => value + noise[i]!)
  expect(Math.abs(compare(own, market).alphaT.value!)).toBeLessThan(2.5)
})

test('days without a benchmark are dropped and counted, and too few are refused', () => {
  const short = compare(market, market.slice(0, 20))
  expect(short).toMatchObject({ matchedDays: 20, droppedDays: 230 })
  expect(short.beta).toEqual({ value: null, reason: '20 of 30 matched days needed' })
  expect(
    compare(
      market,
      market.map(() => 0),
    ).beta.reason,
  ).toBe('the benchmark does not vary')
})
