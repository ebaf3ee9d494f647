import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocate, LIMIT_TOLERANCE } from './allocate.ts'
import { ascendByCoordinates } from './coordinate-ascent.ts'
import { objectiveOf, type SolvePortfolio, startOf, violationsOf } from './problem.ts'
import { randomProblem, testLimits } from './test-kit.ts'

const seed = 20_261_121
const options = {
  solve: ascendByCoordinates,
  band: { low: 0.15, high: 0.2 },
  barsPerYear: 1764,
}
const limits = fc.record({
  nameMax: fc.double({ min: 0.01, max: 0.2, noNaN: true }),
  sectorMax: fc.double({ min: 0.02, max: 0.5, noNaN: true }),
  exposureMax: fc.double({ min: 0, max: 1, noNaN: true }),
  turnoverMax: fc.double({ min: 0, max: 0.5, noNaN: true }),
})
const problem = fc
  .tuple(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 60 }), limits)
  .map(([draw, names, each]) => randomProblem(draw, names, each))

/** The heuristic, called optimal. */
const agreeing: SolvePortfolio = (each, start) => ({
  ...ascendByCoordinates(each, start),
  isOptimal: true,
})

/** Half of what the heuristic would do: within limits, and of another volatility. */
const timid: SolvePortfolio = (each) => {
  const from = startOf(each)
  const { weights, ...solution } = ascendByCoordinates(each)
  return { ...solution, isOptimal: true, weights: weights.map((to, i) => (to + from[i]!) / 2) }
}

const covarianceOfTwo = {
  ...{ names: 2, factors: 1 },
  ...{ loadings: Float64Array.of(0.004, 0.004), ownVariance: Float64Array.of(1e-4, 1e-4) },
}

describe('an allocation', () => {
  it('keeps every limit that was not relaxed, and those that were as relaxed', () => {
    fc.assert(
      fc.property(problem, (each) => {
        const { weights } = allocate(each, options)
        expect(violationsOf(each, weights, LIMIT_TOLERANCE)).toEqual([])
      }),
      { seed, numRuns: 300 },
    )
  })

  it('reaches the upper edge unless what must be held is over it, and says so', () => {
    fc.assert(
      fc.property(problem, (each) => {
        const { volatility, edge } = allocate({ ...each, aversion: 1 }, options)
        if (edge === 'highUnreached') expect(volatility).toBeGreaterThan(options.band.high)
        else expect(volatility).toBeLessThanOrEqual(options.band.high)
        if (edge === 'high') expect(volatility).toBeGreaterThan(options.band.high * 0.8)
      }),
      { seed, numRuns: 100 },
    )
  })

  it('asks a solver that agrees with the heuristic once', () => {
    fc.assert(
      fc.property(problem, fc.constantFrom(1, 300), (each, aversion) => {
        const own = { ...each, aversion }
        const alone = allocate(own, options)
        const { weights, edge, volatility, solves } = allocate(own, { ...options, solve: agreeing })
        expect([edge, solves]).toEqual([alone.edge, 1])
        expect(volatility).toBeCloseTo(alone.volatility, 6)
        for (const [name, weight] of weights.entries()) {
          expect(weight).toBeCloseTo(alone.weights[name]!, 5)
        }
      }),
      { seed, numRuns: 100 },
    )
  })

  it('keeps to the band by a solver whose weights are others than the heuristic’s', () => {
    let searched = 0
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (draw) => {
        const wide = { nameMax: 0.2, sectorMax: 0.5, exposureMax: 1, turnoverMax: 0.5 }
        const own = { ...randomProblem(draw, 30, wide), aversion: 1 }
        const made = allocate(own, { ...options, solve: timid })
        expect(violationsOf(own, made.weights, LIMIT_TOLERANCE)).toEqual([])
        if (made.edge !== 'highUnreached') expect(made.volatility).toBeLessThanOrEqual(0.2)
        if (made.edge === 'high') expect(made.volatility).toBeGreaterThan(0.2 * 0.8)
        if (made.solves > 1) searched++
      }),
      { seed, numRuns: 200 },
    )
    expect(searched).toBeGreaterThan(20)
  })

  it('reports what is traded one way and both ways', () => {
    const each = randomProblem(5, 40)
    const { weights, turnoverOneWay, turnoverTwoWay } = allocate(each, options)
    const changes = weights.map((weight, name) => weight - each.held[name]!)
    const cash = -changes.reduce((sum, change) => sum + change, 0)
    const moved = changes.reduce((sum, change) => sum + Math.abs(change), 0)
    expect(turnoverTwoWay).toBeCloseTo(moved, 12)
    // Half the sum of changes over names and cash.
    expect(turnoverOneWay).toBeCloseTo((moved + Math.abs(cash)) / 2, 12)
  })
})

describe('the heuristic', () => {
  it('is never worse than selling what must be sold, and keeps the limits', () => {
    fc.assert(
      fc.property(problem, (each) => {
        const { weights } = ascendByCoordinates(each)
        expect(violationsOf(each, weights, LIMIT_TOLERANCE)).toEqual([])
        const before = objectiveOf(each, startOf(each))
        expect(objectiveOf(each, weights)).toBeGreaterThanOrEqual(before - 1e-9)
      }),
      { seed, numRuns: 300 },
    )
  })

  it('exchanges into another sector no more than its limit leaves', () => {
    const { weights } = ascendByCoordinates({
      ...{ score: Float64Array.of(50, 1), cost: Float64Array.of(0, 0) },
      ...{ held: Float64Array.of(0.29, 0.4), lower: Float64Array.of(0, 0) },
      ...{ upper: Float64Array.of(0.6, 0.6), sector: [0, 1] },
      ...{ sectorMax: Float64Array.of(0.3, 0.5), exposureMax: 0.69, buysMax: 1, sellsMax: 1 },
      ...{ aversion: 1, covariance: covarianceOfTwo },
    })
    expect(weights[0]).toBeCloseTo(0.3, 12)
    expect(weights[1]).toBeCloseTo(0.39, 12)
  })

  it('sells everything where nothing may be held', () => {
    const each = randomProblem(7, 30, { ...testLimits, exposureMax: 0 })
    const { weights } = ascendByCoordinates(each)
    for (const [name, weight] of weights.entries()) {
      expect(weight).toBeCloseTo(each.lower[name]!, 12)
    }
    expect(each.relaxations.some(({ limit }) => limit === 'turnover')).toBe(true)
  })
})
