import { assert } from '../lib/assert.ts'
import { type Figure, figure, missing } from './figure.ts'
import { normalCdf, normalInverse } from './normal.ts'

const EULER_GAMMA = 0.5772156649015329

/** What the Sharpe ratio's significance depends on; ratio per observation, kurtosis 3 if normal. */
export interface SharpeSample {
  readonly sharpe: number
  readonly observations: number
  readonly skewness: number
  readonly kurtosis: number
}

/** Variance factor of the Sharpe estimator: 1 - g3 SR + (g4 - 1) / 4 SR^2 (Mertens 2002). */
const varianceFactor = ({ sharpe, skewness, kurtosis }: SharpeSample): number =>
  1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe

/**
 * Standard error of a Sharpe ratio, both per observation, of independent returns:
 * sqrt((1 + SR^2 / 2) / T). Lo (2002), "The statistics of Sharpe ratios", FAJ 58(4).
 */
export function sharpeStandardError(sharpe: number, observations: number): Figure {
  if (observations < 2) return missing('fewer than two observations')
  return figure(Math.sqrt((1 + sharpe ** 2 / 2) / observations))
}

/**
 * Probability that the true Sharpe ratio exceeds `benchmark` (per observation).
 * Bailey and Lopez de Prado (2012), "The Sharpe ratio efficient frontier".
 */
export function probabilisticSharpe(sample: SharpeSample, benchmark = 0): Figure {
  if (sample.observations < 2) return missing('fewer than two observations')
  const factor = varianceFactor(sample)
  if (!(factor > 0)) return missing('variance of the Sharpe estimate is not positive')
  const root = Math.sqrt(sample.observations - 1)
  return figure(normalCdf(((sample.sharpe - benchmark) * root) / Math.sqrt(factor)))
}

/**
 * Observations needed before the Sharpe ratio exceeds `benchmark` with `confidence`
 * (minimum track record length, same paper).
 */
export function minimumTrackRecord(sample: SharpeSample, benchmark = 0, confidence = 0.95): Figure {
  if (!(sample.sharpe > benchmark)) return missing('Sharpe ratio is not above the benchmark')
  const factor = varianceFactor(sample)
  if (!(factor > 0)) return missing('variance of the Sharpe estimate is not positive')
  return figure(1 + factor * (normalInverse(confidence) / (sample.sharpe - benchmark)) ** 2)
}

/**
 * Expected maximum of `trials` independent standard normals, the False Strategy theorem's
 * approximation (Bailey and Lopez de Prado 2014). 0 for a single trial.
 */
export function expectedMaximumSharpe(trials: number): number {
  assert(Number.isInteger(trials) && trials >= 1, `trials must be a positive integer: ${trials}`)
  if (trials === 1) return 0
  return (
    (1 - EULER_GAMMA) * normalInverse(1 - 1 / trials) +
    EULER_GAMMA * normalInverse(1 - 1 / (trials * Math.E))
  )
}

/**
 * Probabilistic Sharpe ratio against the best of `trials` tries without skill, whose Sharpe ratios
 * (per observation) have variance `sharpeVariance` (deflated Sharpe ratio, 2014).
 */
export function deflatedSharpe(
  sample: SharpeSample,
  trials: number,
  sharpeVariance: number,
): Figure {
  assert(sharpeVariance >= 0, 'variance of trial Sharpe ratios is not negative')
  return probabilisticSharpe(sample, Math.sqrt(sharpeVariance) * expectedMaximumSharpe(trials))
}
