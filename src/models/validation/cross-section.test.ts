import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import { informationCoefficients, ranks } from './cross-section.ts'

describe('ranks', () => {
  it('of equal values are their mean', () => {
    expect([...ranks(Float64Array.of(3, 1, 3, 2, 3))]).toEqual([4, 1, 4, 2, 4])
  })
})

describe('information coefficients', () => {
  const bars = 4
  const names = 12
  const random = createRandom(3)
  const labels = Float64Array.from({ length: names * bars }, () => random.normal())
  const at = (bar: number, make: (row: number) => number, into: Float64Array): void => {
    for (let row = bar; row < names * bars; row += bars) into[row] = make(row)
  }

  it('are 1 for the label itself, -1 for its opposite, and the rank one sees only order', () => {
    const scores = new Float64Array(names * bars)
    at(0, (row) => labels[row]!, scores)
    at(1, (row) => -3 * labels[row]! + 7, scores)
    at(2, (row) => Math.exp(3 * labels[row]!), scores)
    const { ic, rankIc } = informationCoefficients({ names, bars, scores, labels })
    expect(ic.values[0]).toBeCloseTo(1, 12)
    expect(ic.values[1]).toBeCloseTo(-1, 12)
    expect(ic.values[2]).toBeLessThan(0.95)
    expect([...rankIc.values.subarray(0, 3)].map((value) => Math.round(value * 1e9) / 1e9)).toEqual(
      [1, -1, 1],
    )
  })

  it('are missing where scores are all equal or names are too few', () => {
    const scores = new Float64Array(names * bars).fill(0.1)
    at(1, (row) => (row < 9 * bars ? labels[row]! : Number.NaN), scores)
    const { ic, rankIc } = informationCoefficients({ names, bars, scores, labels })
    expect([...ic.values]).toEqual([NaN, NaN, NaN, NaN])
    expect([...rankIc.values]).toEqual([NaN, NaN, NaN, NaN])
    expect([...ic.counts]).toEqual([12, 0, 12, 12])
  })
})
