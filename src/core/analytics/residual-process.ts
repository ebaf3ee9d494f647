import { fitAutoregression } from './autoregression.ts'

/** Trading days a year, by which speeds are annual. */
export const TRADING_DAYS = 252

/** A cumulated residual as an Ornstein-Uhlenbeck process dX = kappa (m - X) dt + sigma dW. */
export interface ResidualProcess {
  /** Speed, per year: the mean time of reversion is 1 / kappa. */
  readonly kappa: number
  /** Level it returns to, as a return. */
  readonly mean: number
  /** Deviation in equilibrium, as a return. */
  readonly deviation: number
  /** Level now; the residuals of a regression with a constant end at 0. */
  readonly level: number
}

/**
 * Fits the sum of daily residual returns by its AR(1) X[n+1] = a + b X[n] + e: kappa =
 * -252 ln b, m = a / (1 - b), deviation = sqrt(var e / (1 - b^2)) (Avellaneda and Lee 2010,
 * section 3 and appendix A). Null unless 0 < b < 1. Nothing is said of whether it reverts: on a
 * random walk b is below 1 as well.
 */
export function fitResidualProcess(residuals: Float64Array): ResidualProcess | null {
  const levels = cumulate(residuals)
  const fit = fitAutoregression(levels)
  if (fit === null || !(fit.phi > 0 && fit.phi < 1)) return null
  const { phi, centre, step, variance } = fit
  return {
    kappa: -TRADING_DAYS * Math.log(phi),
    mean: centre + step / (1 - phi),
    deviation: Math.sqrt(variance / (1 - phi * phi)),
    level: levels.at(-1)!,
  }
}

/** Running sum. */
export function cumulate(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length)
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    sum += values[i]!
    sums[i] = sum
  }
  return sums
}

/** What a score is made with. */
export interface ScoreOptions {
  /** Taken off every mean: that of all names, so that the means of the book sum to zero. */
  readonly centre: number
  /** Daily drift of the residual where the score counts it, else 0. */
  readonly alpha: number
}

/**
 * s = (X - m) / deviation, with `centre` taken off m; the modified score takes the drift over the
 * mean time of reversion off too: s - 252 alpha / (kappa deviation) (same paper, section 3.3).
 */
export function residualScore(
  { kappa, mean, deviation, level }: ResidualProcess,
  { centre, alpha }: ScoreOptions,
): number {
  return (level - (mean - centre)) / deviation - (TRADING_DAYS * alpha) / (kappa * deviation)
}
