import { describe, expect, test } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import { featureDrift, populationStability } from './drift.ts'
import { toyPanel } from './test-kit.ts'

const normals = (seed: number, n: number, shift = 0): Float64Array => {
  const random = createRandom(seed)
  return Float64Array.from({ length: n }, () => random.normal() + shift)
}

describe('the population stability index', () => {
  test('of two halves of one sample is near what chance gives', () => {
    const psi = populationStability(normals(1, 20_000), normals(2, 20_000))!
    expect(psi).toBeGreaterThan(0)
    expect(psi).toBeLessThan(0.005)
  })

  test('of a shift by one deviation is near the divergence of the two normals, 1', () => {
    const psi = populationStability(normals(1, 20_000), normals(2, 20_000, 1))!
    expect(psi).toBeGreaterThan(0.8)
    expect(psi).toBeLessThan(1.1)
  })

  test('sees a column that was constant move either way, and values go missing', () => {
    const constant = new Float64Array(1000).fill(3)
    expect(populationStability(constant, constant)).toBe(0)
    for (const other of [2, 4, Number.NaN]) {
      expect(
        populationStability(
          constant,
          constant.map(() => other),
        )!,
      ).toBeGreaterThan(1)
    }
  })

  test('has no number where a side is empty', () => {
    expect(populationStability(new Float64Array(0), normals(1, 5))).toBe(null)
  })
})

test('features that changed between training and test come first', () => {
  const { data } = toyPanel({ seed: 4 })
  const { features } = data
  const at = features.names.indexOf('signal')
  const bars = (from: number, to: number) =>
    Int32Array.from({ length: to - from }, (_, i) => from + i)
  const columns = features.columns.map((column, i) =>
    i === at ? column.map((value, row) => (row % 420 < 300 ? value : value + 2)) : column,
  )
  const changed = { ...data, features: { ...features, columns } }
  const report = featureDrift(changed, bars(0, 300), bars(300, 420))
  expect(report.features[0]!.name).toBe('signal')
  expect(report.features[0]!.psi!).toBeGreaterThan(1)
  expect(report.features).toHaveLength(features.names.length)
  expect(report.label.psi!).toBeLessThan(0.1)
  expect(report.trainRows).toBeGreaterThan(report.testRows)
})
