import { expect, test } from 'vitest'
import { percentileInterval, stationaryBootstrap } from './bootstrap.ts'
import { mean } from './moments.ts'
import {
  deflatedSharpe,
  expectedMaximumSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeStandardError,
} from './significance.ts'

test('the probabilistic Sharpe ratio of normal returns is the normal probability of its t value', () => {
  const sample = { sharpe: 0.1, observations: 101, skewness: 0, kurtosis: 3 }
  // 0.1 x 10 / sqrt(1 + 0.5 x 0.01) = 0.997509..., Phi = 0.840741...
  expect(probabilisticSharpe(sample).value).toBeCloseTo(0.8407412, 6)
  expect(probabilisticSharpe(sample, 0.1).value).toBeCloseTo(0.5, 14)
})

test('the minimum track record is where the probability reaches the confidence', () => {
  const sample = { sharpe: 0.08, observations: 100, skewness: -1, kurtosis: 7 }
  const needed = minimumTrackRecord(sample).value!
  expect(probabilisticSharpe({ ...sample, observations: needed }).value).toBeCloseTo(0.95, 12)
})

test('a Sharpe ratio below the benchmark has no track record and says so', () => {
  const sample = { sharpe: -0.1, observations: 50, skewness: 0, kurtosis: 3 }
  expect(minimumTrackRecord(sample)).toEqual({
    value: null,
    reason: 'Sharpe ratio is not above the benchmark',
  })
})

test('one trial deflates nothing, more trials deflate more', () => {
  const sample = { sharpe: 0.1, observations: 250, skewness: 0, kurtosis: 3 }
  expect(expectedMaximumSharpe(1)).toBe(0)
  expect(deflatedSharpe(sample, 1, 0.01).value).toBe(probabilisticSharpe(sample).value)
  const ten = deflatedSharpe(sample, 10, 0.001).value!
  const thousand = deflatedSharpe(sample, 1000, 0.001).value!
  expect(thousand).toBeLessThan(ten)
})

test('the bootstrap is a function of its seed', () => {
  const values = Float64Array.from({ length: 50 }, (_, i) => Math.sin(i))
  const run = (seed: number) =>
    stationaryBootstrap(values, { draws: 20, meanBlock: 5, seed }, 1, (sample, out) => {
      out[0] = mean(sample)
    })[0]!
  expect([...run(1)]).toEqual([...run(1)])
  expect([...run(1)]).not.toEqual([...run(2)])
})

test('blocks are runs of neighbours whose mean length is the one asked for', () => {
  const n = 2000
  const values = Float64Array.from({ length: n }, (_, i) => i)
  let breaks = 0
  stationaryBootstrap(values, { draws: 50, meanBlock: 10, seed: 3 }, 1, (sample) => {
    for (let i = 1; i < n; i++) if (sample[i] !== (sample[i - 1]! + 1) % n) breaks++
  })
  expect((50 * (n - 1)) / breaks).toBeGreaterThan(9.7)
  expect((50 * (n - 1)) / breaks).toBeLessThan(10.3)
})

test('an interval over undefined draws is refused with their number', () => {
  const draws = Float64Array.from({ length: 100 }, (_, i) => (i < 10 ? Number.NaN : i))
  expect(percentileInterval(draws)).toMatchObject({
    low: null,
    reason: 'undefined in 10 of 100 draws',
  })
})

test('the standard error of a Sharpe ratio is Lo’s of independent returns', () => {
  // sqrt(1.125 / 12) and sqrt(1.125 / 60).
  expect(sharpeStandardError(0.5, 12).value).toBeCloseTo(0.306, 3)
  expect(sharpeStandardError(0.5, 60).value).toBeCloseTo(0.137, 3)
  expect(sharpeStandardError(0, 100).value).toBeCloseTo(0.1, 14)
  expect(sharpeStandardError(0.5, 1).value).toBeNull()
})
