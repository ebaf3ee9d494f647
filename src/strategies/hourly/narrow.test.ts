import { describe, expect, it } from 'vitest'
import {
  ascendByCoordinates,
  createRandom,
  LIMIT_TOLERANCE,
  objectiveOf,
  type PortfolioProblem,
  violationsOf,
} from '../../core/mod.ts'
import { narrow, widen } from './narrow.ts'

function problemOf(seed: number, names = 60): PortfolioProblem {
  const random = createRandom(seed)
  const some = (draw: () => number): Float64Array => Float64Array.from({ length: names }, draw)
  const sector = Int16Array.from({ length: names }, (_, name) => (name % 5) - 1)
  return {
    score: some(() => 16 * (random.next() - 0.5)),
    cost: some(() => 1 + 4 * random.next()),
    held: some(() => (random.next() < 0.2 ? 0.05 : 0)),
    lower: new Float64Array(names),
    upper: some(() => (random.next() < 0.1 ? 0 : 0.1)).map((value) => Math.max(value, 0.05)),
    sector,
    sectorMax: new Float64Array(4).fill(0.3),
    ...{ exposureMax: 1, buysMax: 0.3, sellsMax: 0.5, aversion: 50_000 },
    covariance: {
      ...{ names, factors: 1 },
      loadings: some(() => 0.003 + 0.002 * random.next()),
      ownVariance: some(() => (0.003 + 0.005 * random.next()) ** 2),
    },
  }
}

describe('a narrowed problem', () => {
  it('has the weights of the whole one: what it leaves out would not be held', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const whole = problemOf(seed)
      const { problem, names } = narrow(whole)
      expect(names.length).toBeLessThan(45)
      const weights = widen(names, ascendByCoordinates(problem).weights, 60)
      expect(violationsOf(whole, weights, LIMIT_TOLERANCE)).toEqual([])
      const full = ascendByCoordinates(whole).weights
      expect(objectiveOf(whole, weights)).toBeCloseTo(objectiveOf(whole, full), 6)
    }
  })
})
