import { expect, test } from 'vitest'
import { erfc, normalCdf, normalInverse } from './normal.ts'

test('the distribution function agrees with published values to 1e-15', () => {
  const published: [number, number][] = [
    [0, 0.5],
    [0.5, 0.6914624612740131],
    [1, 0.8413447460685429],
    [-1.25, 0.10564977366685535],
    [1.959963984540054, 0.975],
    [-3, 0.0013498980316300933],
    [5, 0.9999997133484281],
  ]
  for (const [x, value] of published) expect(Math.abs(normalCdf(x) - value)).toBeLessThan(1e-15)
})

test('the far tail keeps its relative accuracy', () => {
  expect(normalCdf(-8) / 6.220960574271785e-16 - 1).toBeCloseTo(0, 13)
  expect(erfc(6) / 2.1519736712498913e-17 - 1).toBeCloseTo(0, 13)
})

test('the inverse agrees with published quantiles and undoes the distribution function', () => {
  expect(normalInverse(0.975)).toBeCloseTo(1.959963984540054, 14)
  expect(normalInverse(0.95)).toBeCloseTo(1.6448536269514722, 14)
  expect(normalInverse(0.5)).toBe(0)
  for (const p of [1e-12, 1e-6, 0.01, 0.3, 0.7, 0.999]) {
    expect(normalCdf(normalInverse(p)) / p - 1).toBeCloseTo(0, 12)
  }
})

test('the inverse refuses probabilities outside (0, 1)', () => {
  for (const p of [0, 1, -0.1, Number.NaN]) expect(() => normalInverse(p)).toThrow(/inside/)
})
