import type { PortfolioProblem } from '../../core/mod.ts'

/** A problem of fewer names, and which they are. */
export interface Narrowed {
  readonly problem: PortfolioProblem
  /** Index in the whole problem by index in the narrow one. */
  readonly names: Int32Array
}

/**
 * Leaves out names that are not held and not worth their cost: where covariances are not negative,
 * buying them lowers the objective whatever else is held.
 */
export function narrow(problem: PortfolioProblem): Narrowed {
  const { held, score, cost, upper } = problem
  const kept: number[] = []
  for (let name = 0; name < held.length; name++) {
    if (held[name]! > 0 || (upper[name]! > 0 && score[name]! > cost[name]!)) kept.push(name)
  }
  const names = Int32Array.from(kept)
  const some = (values: ArrayLike<number>): Float64Array => {
    const kept = new Float64Array(names.length)
    for (let at = 0; at < names.length; at++) kept[at] = values[names[at]!]!
    return kept
  }
  return {
    names,
    problem: {
      ...problem,
      ...{ score: some(score), cost: some(cost), held: some(held) },
      ...{ lower: some(problem.lower), upper: some(upper), sector: some(problem.sector) },
      covariance: narrowCovariance(problem, names),
    },
  }
}

function narrowCovariance(
  { covariance }: PortfolioProblem,
  names: Int32Array,
): PortfolioProblem['covariance'] {
  const { factors, loadings, ownVariance } = covariance
  const own = new Float64Array(names.length)
  const narrowed = new Float64Array(names.length * factors)
  for (const [at, name] of names.entries()) {
    own[at] = ownVariance[name]!
    for (let k = 0; k < factors; k++) narrowed[at * factors + k] = loadings[name * factors + k]!
  }
  return { names: names.length, factors, loadings: narrowed, ownVariance: own }
}

/** Weights of all names from those of a narrowed problem: what was left out is not held. */
export function widen(names: Int32Array, weights: Float64Array, all: number): Float64Array {
  const wide = new Float64Array(all)
  for (const [at, name] of names.entries()) wide[name] = weights[at]!
  return wide
}
