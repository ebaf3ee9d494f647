import { assert } from '../lib/assert.ts'

/** Why a series has no half-life. */
export type NoHalfLife =
  /** Fewer than four values, or no variation to explain. */
  | 'noVariation'
  /** The corrected coefficient is not between 0 and 1: nothing decays. */
  | 'notReverting'
  /** The data span fewer than ten of the half-lives they suggest: not distinguishable from luck. */
  | 'tooShort'

/** An AR(1) fit x[t] = c + phi x[t-1] + e, times in steps of the series. */
export interface HalfLife {
  /** Half-life of a deviation in steps, null with a reason. */
  readonly halfLife: number | null
  readonly reason: NoHalfLife | null
  /** Least-squares phi, NaN when there is no variation. */
  readonly phi: number
  /** phi after the correction for small samples, NaN likewise. */
  readonly phiCorrected: number
  /** Transitions the fit rests on: one fewer than the values. */
  readonly transitions: number
}

/** Half-lives of data below which no half-life is given. */
export const HALF_LIVES_NEEDED = 10

/**
 * Half-life -ln 2 / ln phi of deviations from the mean, by least squares with intercept. Least
 * squares is biased towards reversion, E[phi^] = phi - (1 + 3 phi) / n + O(1/n^2) (Kendall 1954 and
 * Marriott and Pope 1954, both Biometrika 41), so (1 + 3 phi^) / n is added back. A half-life is
 * given only when the series spans at least ten of it: on 60 values of a pure random walk the
 * uncorrected figure looks like nine steps, and the rule still lets about one walk in nine through,
 * whatever its length (a one-sided unit-root test near the 10 % level). All values must be finite.
 */
export function estimateHalfLife(values: Float64Array): HalfLife {
  const n = values.length - 1
  const none = (reason: NoHalfLife, phi: number, phiCorrected: number): HalfLife => {
    return { halfLife: null, reason, phi, phiCorrected, transitions: Math.max(n, 0) }
  }
  const phi = n < 3 ? Number.NaN : fitPhi(values)
  if (Number.isNaN(phi)) return none('noVariation', Number.NaN, Number.NaN)
  const phiCorrected = phi + (1 + 3 * phi) / n
  if (phiCorrected <= 0 || phiCorrected >= 1) return none('notReverting', phi, phiCorrected)
  const halfLife = -Math.LN2 / Math.log(phiCorrected)
  if (n < HALF_LIVES_NEEDED * halfLife) return none('tooShort', phi, phiCorrected)
  return { halfLife, reason: null, phi, phiCorrected, transitions: n }
}

/** Slope of x[t] on x[t-1]; NaN when the values before the last are all equal. */
function fitPhi(values: Float64Array): number {
  const n = values.length - 1
  let total = 0
  let varies = false
  for (let i = 0; i <= n; i++) {
    assert(Number.isFinite(values[i]!), `half-life value ${values[i]} is not finite`)
    total += values[i]!
    if (i < n && values[i] !== values[0]) varies = true
  }
  if (!varies) return Number.NaN
  const meanBefore = (total - values[n]!) / n
  const meanAfter = (total - values[0]!) / n
  let product = 0
  let square = 0
  for (let i = 0; i < n; i++) {
    const before = values[i]! - meanBefore
    product += before * (values[i + 1]! - meanAfter)
    square += before * before
  }
  return product / square
}
