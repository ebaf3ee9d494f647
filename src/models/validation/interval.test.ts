import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import { neweyWestMean, sessionBlockMean, sessionBlocks, studentQuantile } from './interval.ts'

/** Numbers that each share all but one of `overlap` shocks with the next, as labels do. */
function overlapping(seed: number, length: number, overlap: number): Float64Array {
  const random = createRandom(seed)
  const shocks = Float64Array.from({ length: length + overlap }, () => random.normal())
  return Float64Array.from({ length }, (_, i) => {
    let sum = 0
    for (let k = 0; k < overlap; k++) sum += shocks[i + k]!
    return sum
  })
}

const sessionsOf = (bars: number): Int32Array =>
  Int32Array.from({ length: bars }, (_, bar) => 100 + Math.floor(bar / 7))

describe('the interval of Newey and West', () => {
  it('is the plain recomputation: Bartlett weights, lag by the square root of n', () => {
    const values = overlapping(1, 400, 5)
    const n = values.length
    const mean = values.reduce((sum, v) => sum + v, 0) / n
    const gamma = (k: number): number =>
      values.reduce((sum, v, i) => sum + (i < k ? 0 : (v - mean) * (values[i - k]! - mean)), 0) / n
    let variance = gamma(0)
    for (let k = 1; k <= 26; k++) variance += 2 * (1 - k / 27) * gamma(k)
    const got = neweyWestMean(values, 5)
    expect(got.method).toBe('Newey-West, lag 26, fixed-b critical value')
    expect(got.value).toBeCloseTo(mean, 12)
    expect(got.standardError).toBeCloseTo(Math.sqrt(variance / n), 12)
    const b = 27 / 400
    const critical = 1.96 + 2.9694 * b + 0.416 * b * b - 0.5324 * b ** 3
    expect(got.high! - got.value!).toBeCloseTo(critical * got.standardError!, 12)
  })

  it('leaves out what is missing and has no interval for too few bars or equal ones', () => {
    const values = overlapping(2, 300, 5)
    const holed = Float64Array.from({ length: 600 }, (_, i) =>
      i % 2 === 0 ? values[i / 2]! : Number.NaN,
    )
    expect(neweyWestMean(holed, 5)).toEqual(neweyWestMean(values, 5))
    expect(neweyWestMean(values.slice(0, 20), 5)).toMatchObject({
      low: null,
      reason: 'too few bars for an interval: 20 values',
    })
    expect(neweyWestMean(new Float64Array(0), 5)).toMatchObject({ value: null, observations: 0 })
    expect(neweyWestMean(new Float64Array(300).fill(2), 5)).toMatchObject({
      value: 2,
      standardError: null,
      reason: 'the values do not vary',
    })
  })
})

describe('the interval of session blocks', () => {
  it('numbers blocks of whole sessions', () => {
    const days = Int32Array.of(5, 5, 6, 6, 9, 9, 9, 10)
    expect([...sessionBlocks(days, 2)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1])
  })

  it('is the deviation of block means where blocks are equally long', () => {
    const values = overlapping(3, 35 * 20, 5)
    const means = Array.from({ length: 20 }, (_, b) =>
      values.slice(b * 35, b * 35 + 35).reduce((sum, v) => sum + v / 35, 0),
    )
    const mean = means.reduce((sum, v) => sum + v / 20, 0)
    const error = Math.sqrt(means.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 19 / 20)
    const got = sessionBlockMean(values, sessionsOf(values.length))
    expect(got.value).toBeCloseTo(mean, 12)
    expect(got.standardError).toBeCloseTo(error, 12)
    expect(got.high! - got.value!).toBeCloseTo(2.093 * error, 3)
  })

  it('has none for fewer than ten blocks', () => {
    expect(sessionBlockMean(overlapping(4, 300, 5), sessionsOf(300))).toMatchObject({
      low: null,
      reason: 'too few blocks for an interval: 300 values',
    })
  })

  it("takes Student's quantiles as tables print them", () => {
    for (const [degrees, value] of [
      [9, 2.2622],
      [19, 2.093],
      [29, 2.0452],
      [99, 1.9842],
    ] as const) {
      expect(studentQuantile(0.975, degrees)).toBeCloseTo(value, 3)
    }
  })
})

describe('both intervals', () => {
  it('cover the truth of overlapping numbers about as often as they say, plain ones do not', () => {
    const covered = { neweyWest: 0, blocks: 0, plain: 0 }
    const runs = 300
    for (let seed = 0; seed < runs; seed++) {
      const values = overlapping(seed, 840, 5)
      const holds = ({ low, high }: { low: number | null; high: number | null }): number =>
        low! <= 0 && high! >= 0 ? 1 : 0
      covered.neweyWest += holds(neweyWestMean(values, 5))
      covered.blocks += holds(sessionBlockMean(values, sessionsOf(840)))
      const mean = values.reduce((sum, v) => sum + v, 0) / 840
      const half = 1.96 * Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 840 / 840)
      covered.plain += holds({ low: mean - half, high: mean + half })
    }
    for (const share of [covered.neweyWest / runs, covered.blocks / runs]) {
      expect(share).toBeGreaterThan(0.91)
      expect(share).toBeLessThan(0.98)
    }
    expect(covered.plain / runs).toBeLessThan(0.75)
  })
})
