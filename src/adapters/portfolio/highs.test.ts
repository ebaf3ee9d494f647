import { expect, it } from 'vitest'
import {
  ascendByCoordinates,
  boundsOf,
  LIMIT_TOLERANCE,
  objectiveOf,
  optimalityGap,
  provenOr,
  violationsOf,
} from '../../core/mod.ts'
import { randomProblem } from '../../core/portfolio/test-kit.ts'
import { loadHighs } from './highs.ts'

const solve = await loadHighs()

it.each([
  20, 60, 150,
])('solves %d names: limits kept, the heuristic within a basis point', (names) => {
  for (let seed = 1; seed <= 12; seed++) {
    const problem = randomProblem(seed, names)
    const { weights, isOptimal, implementation } = solve(problem)
    expect([implementation, isOptimal]).toEqual(['highs', true])
    expect(violationsOf(problem, weights, LIMIT_TOLERANCE)).toEqual([])
    const best = objectiveOf(problem, weights)
    const quick = objectiveOf(problem, ascendByCoordinates(problem).weights)
    expect(quick).toBeLessThan(best + 1e-6)
    expect(quick).toBeGreaterThan(best - 1)
    expect(optimalityGap(problem, weights, 0)).toBeLessThan(0.1)
    const proven = objectiveOf(problem, provenOr(solve)(problem).weights)
    expect(proven).toBeGreaterThan(best - 0.05)
  }
})

it('says that a problem without weights that keep its limits is not solved', () => {
  const problem = randomProblem(1, 20)
  const impossible = { ...problem, exposureMax: -1 }
  expect(solve(impossible)).toMatchObject({ isOptimal: false, weights: problem.held })
})

it('gives up on a problem that it goes round in circles on, after steps and not seconds', () => {
  const problem = randomProblem(203, 30)
  expect(solve(problem)).toMatchObject({ isOptimal: false, weights: problem.held })
}, 5_000)

it('says so too of a model that HiGHS does not take, and fails on what is no number', () => {
  const problem = randomProblem(1, 20)
  const held = { isOptimal: false, weights: problem.held }
  expect(solve({ ...problem, aversion: 1e300 })).toMatchObject(held)
  const score = problem.score.map(() => Number.NaN)
  expect(() => solve({ ...problem, score })).toThrow(/must be a number/)
})

it('holds the one name that pays, to its limit', () => {
  const held = Float64Array.of(0, 0)
  const limits = { nameMax: 0.1, sectorMax: 0.3, exposureMax: 1, turnoverMax: 0.5 }
  const standing = { held, rule: ['trade', 'trade'] as const, tradeMax: Float64Array.of(1, 1) }
  const bounds = boundsOf(limits, { ...standing, sector: [-1, -1], sectors: 0 })
  const covariance = {
    names: 2,
    factors: 1,
    loadings: Float64Array.of(0.001, 0.001),
    ownVariance: Float64Array.of(1e-6, 1e-6),
  }
  const score = Float64Array.of(10, 1)
  const cost = Float64Array.of(2, 2)
  const common = { score, cost, held, sector: [-1, -1], covariance, aversion: 1, ...bounds }
  const { weights } = solve(common)
  expect(weights[0]).toBeCloseTo(0.1, 6)
  expect(weights[1]).toBe(0)
})
