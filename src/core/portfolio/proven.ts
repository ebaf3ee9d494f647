import { ascendByCoordinates } from './coordinate-ascent.ts'
import { optimalityGap } from './optimality-gap.ts'
import type { SolvePortfolio } from './problem.ts'

/** Weights this near the optimum are as good: less than slippage moves by, basis points of equity. */
const GAP_MAX = 0.05

/**
 * A solver that takes the heuristic's weights where it is proven that no others are better by more
 * than 0.05 basis points of equity, and asks an exact solver where it is not.
 */
export function provenOr(exact: SolvePortfolio): SolvePortfolio {
  return (problem, start) => {
    const quick = ascendByCoordinates(problem, start)
    const gap = optimalityGap(problem, quick.weights, GAP_MAX)
    if (gap > GAP_MAX) return exact(problem)
    return { ...quick, implementation: 'coordinateAscent, proven', isOptimal: true }
  }
}
