import type { FactorCovariance } from './factor-covariance.ts'

/**
 * One decision on weights: maximise score x w - cost x |w - held| - aversion / 2 x variance (all in
 * basis points of equity) with lower <= w <= upper, the weights of each sector at most its limit,
 * all of them at most `exposureMax`, and at most `buysMax` bought and `sellsMax` sold. Weights are
 * shares of equity. One-way turnover, half the sum of changes over names and cash, is the greater
 * of what is bought and what is sold.
 */
export interface PortfolioProblem {
  /** Expected return over the horizon less the charge for downside, basis points. */
  readonly score: Float64Array
  /** Of trading a name one way, basis points of what is traded. */
  readonly cost: Float64Array
  /** Weights now, drifted with prices. */
  readonly held: Float64Array
  readonly lower: Float64Array
  readonly upper: Float64Array
  /** -1 where a name belongs to no sector. */
  readonly sector: ArrayLike<number>
  readonly sectorMax: Float64Array
  readonly exposureMax: number
  readonly buysMax: number
  readonly sellsMax: number
  readonly covariance: FactorCovariance
  /** Basis points per variance of one bar. */
  readonly aversion: number
}

/** What a solver found. */
export interface PortfolioSolution {
  /** The solver that ran. */
  readonly implementation: string
  readonly weights: Float64Array
  /** True when the weights are optimal within the solver's tolerance. */
  readonly isOptimal: boolean
  readonly iterations: number
}

/** Solves one problem; a start near the solution may make it quicker. The problem is feasible. */
export type SolvePortfolio = (
  problem: PortfolioProblem,
  start?: PortfolioSolution,
) => PortfolioSolution

/** What a problem's weights are worth, basis points of equity. */
export function objectiveOf(problem: PortfolioProblem, weights: Float64Array): number {
  const { score, cost, held, covariance, aversion } = problem
  const { names, factors, loadings, ownVariance } = covariance
  let value = 0
  let variance = 0
  for (let i = 0; i < names; i++) {
    const weight = weights[i]!
    value += score[i]! * weight - cost[i]! * Math.abs(weight - held[i]!)
    variance += ownVariance[i]! * weight * weight
  }
  for (let factor = 0; factor < factors; factor++) {
    let exposure = 0
    for (let i = 0; i < names; i++) exposure += loadings[i * factors + factor]! * weights[i]!
    variance += exposure * exposure
  }
  return value - (aversion / 2) * variance
}

/** A limit that weights do not keep. */
export interface Violation {
  readonly limit: 'lower' | 'upper' | 'sector' | 'exposure' | 'buys' | 'sells' | 'finite'
  /** Name or sector; 0 for limits of the whole. */
  readonly index: number
  readonly value: number
  readonly allowed: number
}

/** Every limit of a problem that weights do not keep by more than the tolerance. */
export function violationsOf(
  problem: PortfolioProblem,
  weights: Float64Array,
  tolerance: number,
): readonly Violation[] {
  const found: Violation[] = []
  const sectorSum = new Float64Array(problem.sectorMax.length)
  let exposure = 0
  let buys = 0
  let sells = 0
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!
    const [low, high, held] = [problem.lower[i]!, problem.upper[i]!, problem.held[i]!]
    if (!Number.isFinite(weight))
      found.push({ limit: 'finite', index: i, value: weight, allowed: 0 })
    if (weight < low - tolerance)
      found.push({ limit: 'lower', index: i, value: weight, allowed: low })
    if (weight > high + tolerance) {
      found.push({ limit: 'upper', index: i, value: weight, allowed: high })
    }
    exposure += weight
    buys += Math.max(0, weight - held)
    sells += Math.max(0, held - weight)
    if (problem.sector[i]! >= 0) sectorSum[problem.sector[i]!]! += weight
  }
  const whole = [
    ['exposure', exposure, problem.exposureMax],
    ['buys', buys, problem.buysMax],
    ['sells', sells, problem.sellsMax],
  ] as const
  for (const [limit, value, allowed] of whole) {
    if (value > allowed + tolerance) found.push({ limit, index: 0, value, allowed })
  }
  for (const [index, value] of sectorSum.entries()) {
    const allowed = problem.sectorMax[index]!
    if (value > allowed + tolerance) found.push({ limit: 'sector', index, value, allowed })
  }
  return found
}

/** What is held, with as little changed as keeps every limit: sales alone. */
export function startOf(problem: PortfolioProblem): Float64Array {
  const { held, lower, upper, sector, sectorMax, exposureMax } = problem
  const weights = held.map((weight, name) => Math.min(weight, upper[name]!))
  const reduce = (most: number, isIn: (name: number) => boolean): void => {
    let sum = 0
    let room = 0
    for (const [name, weight] of weights.entries()) {
      if (!isIn(name)) continue
      sum += weight
      room += weight - lower[name]!
    }
    if (sum <= most || room <= 0) return
    const share = Math.min(1, (sum - most) / room)
    for (const [name, weight] of weights.entries()) {
      if (isIn(name)) weights[name] = weight - share * (weight - lower[name]!)
    }
  }
  for (const [group, most] of sectorMax.entries()) reduce(most, (name) => sector[name] === group)
  reduce(exposureMax, () => true)
  return weights
}
