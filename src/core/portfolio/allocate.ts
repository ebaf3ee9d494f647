import { assert } from '../lib/assert.ts'
import { ascendByCoordinates } from './coordinate-ascent.ts'
import { annualVolatility } from './factor-covariance.ts'
import {
  objectiveOf,
  type PortfolioProblem,
  type PortfolioSolution,
  type SolvePortfolio,
  violationsOf,
} from './problem.ts'

/** Where the portfolio's ex-ante volatility should lie, annual. */
export interface VolatilityBand {
  /** A wish: it is met where scores and limits let it. */
  readonly low: number
  /** Met wherever what must be held lets it. */
  readonly high: number
}

/** Which edge of the band decided on the aversion, and whether it was reached. */
export type BoundEdge = 'none' | 'low' | 'high' | 'lowUnreached' | 'highUnreached'

/** How an allocation is made. */
export interface AllocationOptions {
  readonly solve: SolvePortfolio
  readonly band: VolatilityBand
  readonly barsPerYear: number
}

/** Target weights and why they are what they are. */
export interface Allocation {
  readonly weights: Float64Array
  /** The solver whose weights these are. */
  readonly implementation: string
  readonly isOptimal: boolean
  /** Why another solver than the one asked for made them; null when it did not. */
  readonly fallback: 'notOptimal' | 'limitsBroken' | null
  readonly edge: BoundEdge
  /** The aversion that the band led to, basis points per variance of a bar. */
  readonly aversion: number
  /** Ex ante, annual. */
  readonly volatility: number
  /** Expected after costs and the charge for risk, basis points of equity. */
  readonly objective: number
  readonly exposure: number
  /** The greater of what is bought and what is sold, as a share of equity. */
  readonly turnoverOneWay: number
  /** What is bought and what is sold together, as a share of equity. */
  readonly turnoverTwoWay: number
  /** Problems given to the solver that was asked for. */
  readonly solves: number
}

/** Weights that break a limit by no more than this keep it: a solver's accuracy. */
export const LIMIT_TOLERANCE = 1e-6

const SOLVES_MAX = 14
/** An edge is reached within this share of it. */
const EDGE_WIDTH = 0.01
const AVERSION_RANGE = 4096
/** Its fourth power is the range. */
const AVERSION_STEP = 8

/**
 * Chooses weights. The band's edges are reached by changing the aversion, upper edge first, by
 * bisection of its logarithm, guided by the volatilities found, between the problem's own and 4,096
 * times more or less. The heuristic looks for the aversion first; where the solver's weights lie as
 * its own do in the band, the solver is asked once, else it searches too.
 */
export function allocate(problem: PortfolioProblem, options: AllocationOptions): Allocation {
  const search = new BandSearch(problem, options)
  if (options.solve !== ascendByCoordinates) {
    const sketch = new BandSearch(problem, { ...options, solve: ascendByCoordinates })
    const { edge, tried } = sketch.run()
    const exact = search.at(tried.aversion, tried.solution)
    if (isAlike(edge, tried, exact, options.band)) return search.end(edge, exact)
  }
  const { edge, tried } = search.run()
  return search.end(edge, tried)
}

type Edge = 'none' | 'low' | 'high'

/** Whether the exact weights of an aversion lie in the band as the heuristic's do. */
function isAlike(edge: Edge, sketch: Tried, exact: Tried, { low, high }: VolatilityBand): boolean {
  const { volatility } = exact
  const highNear = high * (1 - 2 * EDGE_WIDTH)
  const lowNear = low * (1 - EDGE_WIDTH)
  if (edge === 'none') return volatility >= low && volatility <= high
  if (edge === 'low') {
    if (sketch.volatility < lowNear) return volatility < lowNear
    return volatility >= lowNear && volatility <= high
  }
  if (sketch.volatility > high) return volatility > high
  return volatility >= Math.min(highNear, sketch.volatility) && volatility <= high
}

interface Tried {
  readonly aversion: number
  readonly volatility: number
  readonly solution: PortfolioSolution
  readonly fallback: Allocation['fallback']
}

/**
 * An aversion between two at which the volatility should be wanted: where the line through their
 * logarithms has it, well inside them, so that the search ends as a bisection does.
 */
function between(above: Tried, below: Tried, wanted: number): number {
  const fall = Math.log(above.volatility / below.volatility)
  const part = fall > 0 ? Math.log(above.volatility / wanted) / fall : 0.5
  const inside = Number.isFinite(part) ? Math.min(0.8, Math.max(0.2, part)) : 0.5
  return above.aversion * (below.aversion / above.aversion) ** inside
}

class BandSearch {
  readonly #problem: PortfolioProblem
  readonly #options: AllocationOptions
  #solves = 0
  /** The last one found: the limits are the same whatever the aversion. */
  #last: PortfolioSolution | undefined

  constructor(problem: PortfolioProblem, options: AllocationOptions) {
    this.#problem = problem
    this.#options = options
  }

  /** The aversion that the band leads to, and the edge that bound. */
  run(): { readonly edge: Edge; readonly tried: Tried } {
    const { band } = this.#options
    const first = this.at(this.#problem.aversion)
    if (first.volatility > band.high) return { edge: 'high', tried: this.find(band.high, first) }
    if (first.volatility < band.low) return { edge: 'low', tried: this.find(band.low, first) }
    return { edge: 'none', tried: first }
  }

  at(aversion: number, start = this.#last): Tried {
    this.#solves++
    const problem = { ...this.#problem, aversion }
    const { solution, fallback } = solveChecked(problem, this.#options.solve, start)
    this.#last = solution
    const { covariance } = problem
    const volatility = annualVolatility(covariance, solution.weights, this.#options.barsPerYear)
    return { aversion, volatility, solution, fallback }
  }

  /** The least aversion tried whose volatility is at or below a bound, near it if it can be. */
  find(bound: number, first: Tried): Tried {
    const isAbove = first.volatility > bound
    const limit = isAbove ? first.aversion * AVERSION_RANGE : first.aversion / AVERSION_RANGE
    let [above, below] = [first, first]
    for (let far = first; far.volatility > bound === isAbove; ) {
      if (far.aversion === limit) return far
      if (isAbove) above = far
      else below = far
      far = this.at(isAbove ? far.aversion * AVERSION_STEP : far.aversion / AVERSION_STEP)
      if (isAbove) below = far
      else above = far
    }
    while (this.#solves < SOLVES_MAX && below.volatility < bound * (1 - EDGE_WIDTH)) {
      const middle = this.at(between(above, below, bound * (1 - EDGE_WIDTH / 2)))
      if (middle.volatility > bound) above = middle
      else below = middle
    }
    return isAbove || above.volatility > this.#options.band.high ? below : above
  }

  end(edge: Edge, { solution, aversion, volatility, fallback }: Tried): Allocation {
    const { band } = this.#options
    const { held } = this.#problem
    const { weights, implementation, isOptimal } = solution
    let [exposure, bought, sold] = [0, 0, 0]
    for (const [name, weight] of weights.entries()) {
      exposure += weight
      bought += Math.max(0, weight - held[name]!)
      sold += Math.max(0, held[name]! - weight)
    }
    const isMissed =
      edge === 'high'
        ? volatility > band.high
        : edge === 'low' && volatility < band.low * (1 - EDGE_WIDTH)
    return {
      weights,
      implementation,
      isOptimal,
      fallback,
      edge: isMissed && edge !== 'none' ? `${edge}Unreached` : edge,
      aversion,
      volatility,
      objective: objectiveOf({ ...this.#problem, aversion }, weights),
      exposure,
      turnoverOneWay: Math.max(bought, sold),
      turnoverTwoWay: bought + sold,
      solves: this.#solves,
    }
  }
}

/** A solver's weights if they are optimal and keep the limits; the heuristic's if not. */
function solveChecked(
  problem: PortfolioProblem,
  solve: SolvePortfolio,
  start: PortfolioSolution | undefined,
): { readonly solution: PortfolioSolution; readonly fallback: Allocation['fallback'] } {
  const solution = solve(problem, start)
  const isKept = violationsOf(problem, solution.weights, LIMIT_TOLERANCE).length === 0
  const isHeuristic = solve === ascendByCoordinates
  if (isKept && (solution.isOptimal || isHeuristic)) return { solution, fallback: null }
  const quick = ascendByCoordinates(problem)
  const broken = violationsOf(problem, quick.weights, LIMIT_TOLERANCE)
  assert(broken.length === 0, 'weights keep the limits of a feasible problem')
  return { solution: quick, fallback: isKept ? 'notOptimal' : 'limitsBroken' }
}
