/**
 * A covariance as few factors and each name's own part: loadings x loadings^T + diagonal. The
 * factors are independent and have variance 1. Per bar, of simple returns.
 */
export interface FactorCovariance {
  readonly names: number
  readonly factors: number
  /** Name-major: element `name * factors + factor`. */
  readonly loadings: Float64Array
  /** Variance of each name's own part. */
  readonly ownVariance: Float64Array
}

/** Variance of a portfolio of these weights, per bar. */
export function portfolioVariance(covariance: FactorCovariance, weights: Float64Array): number {
  const { names, factors, loadings, ownVariance } = covariance
  let variance = 0
  for (let name = 0; name < names; name++) variance += ownVariance[name]! * weights[name]! ** 2
  for (let factor = 0; factor < factors; factor++) {
    let exposure = 0
    for (let name = 0; name < names; name++) {
      exposure += loadings[name * factors + factor]! * weights[name]!
    }
    variance += exposure * exposure
  }
  return variance
}

/** Volatility of a portfolio of these weights, annual by the bars of a year. */
export const annualVolatility = (
  covariance: FactorCovariance,
  weights: Float64Array,
  barsPerYear: number,
): number => Math.sqrt(portfolioVariance(covariance, weights) * barsPerYear)
