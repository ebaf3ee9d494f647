import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../lib/random.ts'
import { averageColumn } from './average-column.ts'
import { RollingAverage } from './rolling-average.ts'
import { type CurrentValue, RollingZ } from './rolling-z.ts'
import { zColumn } from './z-column.ts'

/** The definition, in two passes over bigints; each exact integer is rounded once. */
function definedZ(
  values: readonly number[],
  end: number,
  window: number,
  current: CurrentValue,
): number {
  const first = current === 'include' ? end - window + 1 : end - window
  if (first < 0) return Number.NaN
  const inside = values.slice(first, first + window).map(BigInt)
  const n = BigInt(window)
  const sum = inside.reduce((a, b) => a + b, 0n)
  // sum over (n x - S)^2 = n (n Q - S^2): the spread comes out without subtracting large numbers.
  const spread = inside.reduce((a, x) => a + (n * x - sum) ** 2n, 0n) / n
  if (spread === 0n) return Number.NaN
  const distance = n * BigInt(values[end]!) - sum
  return Number(distance) / Math.sqrt(Number(spread) * (window / (window - 1)))
}

function walk(seed: number, length: number, step: number, start = 1_000_000): number[] {
  const random = createRandom(seed)
  let value = start
  return Array.from({ length }, () => {
    value += Math.round(random.normal() * step)
    return value
  })
}

function scores(values: readonly number[], size: number, mode: CurrentValue): number[] {
  const z = new RollingZ(size, mode)
  return values.map((value) => {
    z.push(value)
    return z.value
  })
}

/** Runs of integers whose scale changes from stretch to stretch, up to the largest safe ones. */
const stretch = fc
  .tuple(
    fc.integer({ min: 0, max: 52 }),
    fc.integer({ min: 0, max: 52 }),
    fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 }),
  )
  .map(([level, width, noise]) =>
    noise.map((unit) => {
      const value = Math.round(2 ** level + unit * 2 ** width)
      return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value))
    }),
  )
const series = fc.array(stretch, { minLength: 1, maxLength: 6 }).map((parts) => parts.flat())
const window = fc.integer({ min: 2, max: 24 })
const current = fc.constantFrom<CurrentValue>('include', 'exclude')

describe('z-scores of arbitrary integers', () => {
  it('have the bits of the definition through a spike, a split and a drift', () => {
    const values = walk(1, 400, 30)
    values[150] = values[150]! + 1e9
    const split = walk(2, 300, 30, 100_000_000).concat(walk(3, 300, 3, 1_000_000))
    const drift = Array.from({ length: 500 }, (_, i) => 5_000_000 + i * 400_000)
    for (const series of [values, split, drift]) {
      for (const mode of ['include', 'exclude'] as const) {
        const actual = scores(series, 60, mode)
        const expected = series.map((_, i) => definedZ(series, i, 60, mode))
        expect(actual).toEqual(expected)
      }
    }
  })

  it('have the bits of the two-pass definition', () => {
    fc.assert(
      fc.property(series, window, current, (values, size, mode) => {
        const expected = values.map((_, i) => definedZ(values, i, size, mode))
        expect(scores(values, size, mode)).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('have the same bits as a column', () => {
    fc.assert(
      fc.property(series, window, current, (values, size, mode) => {
        const out = new Float64Array(values.length).fill(-7)
        zColumn(new Float64Array(values), size, mode, out)
        expect(Array.from(out)).toEqual(scores(values, size, mode))
      }),
      { numRuns: 500 },
    )
  })
})

describe('averages of arbitrary integers', () => {
  it('have the same bits as a column and as the definition', () => {
    const bounded = fc.array(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), { maxLength: 90 })
    fc.assert(
      fc.property(bounded, fc.integer({ min: 1, max: 30 }), (values, size) => {
        const average = new RollingAverage(size)
        const out = new Float64Array(values.length)
        averageColumn(new Float64Array(values), size, out)
        values.forEach((value, i) => {
          average.push(value)
          const inside = values.slice(Math.max(0, i - size + 1), i + 1)
          const sum = inside.reduce((a, b) => a + b, 0)
          expect(average.value).toBe(i >= size - 1 ? sum / size : Number.NaN)
          expect(out[i]).toBe(average.value)
        })
      }),
      { numRuns: 200 },
    )
  })
})
