import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import { columnEdges, sampleRows } from './binning.ts'

const all = (column: Float32Array) => Int32Array.from(column, (_, i) => i)
const edgesOf = (values: readonly number[], binsMax: number) => {
  const column = Float32Array.from(values)
  return [...columnEdges(column, all(column), binsMax)]
}

describe('the edges of bins', () => {
  it('part few distinct values in the middle', () => {
    expect(edgesOf([3, 1, 3, Number.NaN, 1, 2, -0, 0, Number.POSITIVE_INFINITY], 4)).toEqual([
      0.5, 1.5, 2.5,
    ])
    expect(edgesOf([5, 5], 4)).toEqual([])
    expect(edgesOf([Number.NaN], 4)).toEqual([])
  })

  it('give a frequent value a bin of its own', () => {
    const values = Array.from({ length: 100 }, (_, i) => (i < 60 ? 0 : i - 80))
    const edges = edgesOf(values, 5)
    expect(edges).toContain(-0.5)
    expect(edges).toContain(0.5)
    expect(edges).toHaveLength(4)
  })

  it('hold about as many rows each', () => {
    const random = createRandom(1)
    const column = Float32Array.from({ length: 5000 }, () => Math.exp(random.normal()))
    const edges = columnEdges(column, all(column), 50)
    const counts = new Int32Array(50)
    for (const value of column) counts[edges.filter((edge) => edge < value).length]! += 1
    expect(edges).toHaveLength(49)
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([100, 100])
  })

  it('increase and lie between values, whatever the values', () => {
    const value = fc.float({ noNaN: true, noDefaultInfinity: true })
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1 }),
        fc.integer({ min: 2, max: 9 }),
        (values, max) => {
          const edges = edgesOf(values, max)
          const sorted = [...new Set(values.map((each) => each + 0))].sort((a, b) => a - b)
          expect(edges.length).toBeLessThan(max)
          expect(edges).toEqual(edges.toSorted((a, b) => a - b))
          // Every edge parts values that are next to each other, and no two edges the same ones.
          const places = edges.map((edge) => sorted.filter((each) => each <= edge).length)
          expect(new Set(places).size).toBe(edges.length)
          expect(places.every((place) => place > 0 && place < sorted.length)).toBe(true)
          if (sorted.length <= max) expect(edges).toHaveLength(sorted.length - 1)
        },
      ),
    )
  })
})

describe('a sample of rows', () => {
  it('has one of each stretch', () => {
    const rows = Int32Array.from({ length: 1000 }, (_, i) => 3 * i)
    const sampled = sampleRows(rows, 100, createRandom(1))
    expect([...sampled].every((row, i) => row >= 30 * i && row < 30 * (i + 1))).toBe(true)
    expect(sampleRows(rows, 1000, createRandom(1))).toBe(rows)
  })
})
