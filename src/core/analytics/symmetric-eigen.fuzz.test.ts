import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { symmetricEigen } from './symmetric-eigen.ts'

/** Symmetric matrices of 1 to 12 rows: any, of low rank, and with repeated eigenvalues. */
const matrices = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom('any', 'lowRank', 'repeated', 'zeros'))
  .chain(([n, kind]) =>
    fc
      .array(fc.double({ min: -100, max: 100, noNaN: true }), {
        minLength: n * n,
        maxLength: n * n,
      })
      .map((entries) => ({ n, matrix: symmetricOf(n, kind, entries) })),
  )

function symmetricOf(n: number, kind: string, entries: readonly number[]): Float64Array {
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value =
        kind === 'any'
          ? entries[i * n + j]!
          : kind === 'lowRank'
            ? entries[i]! * entries[j]!
            : kind === 'repeated' && i === j
              ? Math.round(entries[0]!) + (i % 2)
              : 0
      matrix[i * n + j] = value
      matrix[j * n + i] = value
    }
  }
  return matrix
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0)

describe('the eigen decomposition of any symmetric matrix', () => {
  it('has unit vectors at right angles, falling values, and is the matrix again', () => {
    fc.assert(
      fc.property(matrices, ({ n, matrix }) => {
        const { values, vectors } = symmetricEigen(matrix, n)
        const size = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
        let [angle, entry] = [0, 0]
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            angle = Math.max(angle, Math.abs(dot(vectors[i]!, vectors[j]!) - (i === j ? 1 : 0)))
            const again = vectors.reduce((sum, v, k) => sum + values[k]! * v[i]! * v[j]!, 0)
            entry = Math.max(entry, Math.abs(again - matrix[i * n + j]!) / size)
          }
        }
        expect(angle).toBeLessThan(1e-13)
        expect(entry).toBeLessThan(1e-13)
        expect([...values]).toEqual([...values].sort((a, b) => b - a))
      }),
      { numRuns: 150 },
    )
  })
})
