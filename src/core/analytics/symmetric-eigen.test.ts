import { describe, expect, it } from 'vitest'
import { symmetricEigen } from './symmetric-eigen.ts'

describe('the eigen decomposition', () => {
  it('of two equal variances with a correlation is the sum and the difference', () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(1, 0.4, 0.4, 1), 2)
    expect(values[0]).toBeCloseTo(1.4, 14)
    expect(values[1]).toBeCloseTo(0.6, 14)
    expect(vectors[0]![0]).toBeCloseTo(Math.SQRT1_2, 14)
    expect(vectors[1]![0]! + vectors[1]![1]!).toBeCloseTo(0, 14)
  })

  it('of the second difference has the values 2 - 2 cos(k pi / (n + 1))', () => {
    const n = 25
    const matrix = new Float64Array(n * n)
    for (let i = 0; i < n; i++) {
      matrix[i * n + i] = 2
      if (i > 0) matrix[i * n + i - 1] = -1
    }
    const { values } = symmetricEigen(matrix, n)
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((n - i) * Math.PI) / (n + 1)), 12)
    })
  })

  it('of a correlation that is 0.3 everywhere has one large value and the rest alike', () => {
    const n = 40
    const matrix = new Float64Array(n * n).fill(0.3)
    for (let i = 0; i < n; i++) matrix[i * n + i] = 1
    const { values, vectors } = symmetricEigen(matrix, n)
    expect(values[0]).toBeCloseTo(1 + 39 * 0.3, 12)
    expect(Math.max(...values.slice(1).map((value) => Math.abs(value - 0.7)))).toBeLessThan(1e-12)
    for (const entry of vectors[0]!) expect(entry).toBeCloseTo(1 / Math.sqrt(n), 12)
  })

  it('refuses a matrix that is not finite', () => {
    expect(() => symmetricEigen(Float64Array.of(1, 0, Number.NaN, 1), 2)).toThrow(/entry 1, 0/)
  })
})
