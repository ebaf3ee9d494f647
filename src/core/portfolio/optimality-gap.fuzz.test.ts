import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ascendByCoordinates } from './coordinate-ascent.ts'
import { optimalityGap } from './optimality-gap.ts'
import { objectiveOf, startOf, violationsOf } from './problem.ts'
import { provenOr } from './proven.ts'
import { randomProblem } from './test-kit.ts'

const seed = 20_261_122
const problem = fc
  .tuple(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 40 }))
  .map(([draw, names]) => randomProblem(draw, names))

describe('the bound on what better weights could gain', () => {
  it('is at least what weights that are known to be better gain', () => {
    fc.assert(
      fc.property(problem, (each) => {
        const worse = startOf(each)
        const better = ascendByCoordinates(each).weights
        const gain = objectiveOf(each, better) - objectiveOf(each, worse)
        if (violationsOf(each, worse, 0).length > 0) return
        expect(optimalityGap(each, worse, 0)).toBeGreaterThanOrEqual(gain - 1e-9)
      }),
      { seed, numRuns: 200 },
    )
  })

  it('is nothing where all is as good as it can be, limits binding or not', () => {
    const names = 3
    const shared = {
      ...{ held: new Float64Array(names), lower: new Float64Array(names) },
      ...{ upper: new Float64Array(names).fill(0.1), sector: [0, 0, -1] },
      ...{ cost: new Float64Array(names).fill(1), buysMax: 1, sellsMax: 1, aversion: 1 },
      covariance: {
        ...{ names, factors: 0, loadings: new Float64Array(0) },
        ownVariance: new Float64Array(names).fill(1e-8),
      },
    }
    const score = Float64Array.of(9, 5, 0.5)
    const free = { ...shared, score, sectorMax: Float64Array.of(1), exposureMax: 1 }
    expect(optimalityGap(free, Float64Array.of(0.1, 0.1, 0), 0)).toBeCloseTo(0, 9)
    // Half of the second name is left out: 0.05 times its worth of 4.
    expect(optimalityGap(free, Float64Array.of(0.1, 0.05, 0), 0)).toBeCloseTo(0.2, 6)
    const bound = { ...free, sectorMax: Float64Array.of(0.15) }
    expect(optimalityGap(bound, Float64Array.of(0.1, 0.05, 0), 0)).toBeCloseTo(0, 6)
    expect(optimalityGap(bound, Float64Array.of(0.05, 0.1, 0), 0)).toBeCloseTo(0.2, 6)
  })
})

describe('a solver that proves', () => {
  it('asks the exact one where the heuristic is not proven to be as good', () => {
    fc.assert(
      fc.property(problem, (each) => {
        const exact = {
          implementation: 'exact',
          weights: each.held,
          isOptimal: true,
          iterations: 1,
        }
        const found = provenOr(() => exact)(each)
        if (found === exact) return
        expect(found.implementation).toBe('coordinateAscent, proven')
        expect(optimalityGap(each, found.weights, 0.05)).toBeLessThanOrEqual(0.05)
      }),
      { seed, numRuns: 100 },
    )
  })
})
