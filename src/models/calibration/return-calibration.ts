import { type Refused, refused } from '../learner.ts'
import { binByScore, interpolate, nonDecreasing } from './isotonic.ts'

/** Held-out scores with what came of them. */
export interface CalibrationSample {
  readonly scores: Float64Array
  /** Log return over the benchmark's (a fraction), or the event (0 or 1). */
  readonly outcomes: Float64Array
  /** Block of sessions that each row belongs to: rows of a block are not independent. */
  readonly blocks: Int32Array
}

/** How scores become basis points: knots on straight lines, flat beyond what was seen. */
export interface ReturnCalibration {
  readonly kind: 'returnCalibration'
  readonly method: 'linear' | 'isotonic'
  readonly scores: readonly number[]
  /** Never falling. */
  readonly bps: readonly number[]
  /** Regression of outcome on score before shrinking, in bp per unit of score. */
  readonly slopeBps: number
  /** Its t ratio by blocks. */
  readonly slopeT: number
  /** What was kept of the slope, 0 to 1: max(0, 1 - 1 / t^2), and 0 for a slope that falls. */
  readonly kept: number
  readonly rows: number
  readonly blocks: number
}

/** Rows and blocks that a calibration needs. */
export const CALIBRATION_ROWS_MIN = 200
const BLOCKS_MIN = 10
const BINS = 50
const BPS = 1e4

/**
 * Fits basis points to scores by least squares or isotonic regression (50 bins), never falling, and
 * shrinks what is there towards no forecast by the positive-part rule of James and Stein (1961) for
 * one coefficient, with an error that allows for dependence within blocks. Scores without an edge
 * so become forecasts near 0 bp.
 */
export function calibrateReturns(
  sample: CalibrationSample,
  method: ReturnCalibration['method'] = 'linear',
): ReturnCalibration | Refused {
  const { scores, outcomes, blocks } = definedRows(sample)
  const slope = slopeOf(scores, outcomes, blocks)
  if (slope.kind === 'refused') return slope
  const { meanScore, meanOutcome, levelKept } = slope
  const kept = slope.slope > 0 ? shrinkage(slope.t) : 0
  const level = levelKept * meanOutcome
  const bins = binByScore(scores, outcomes, BINS)
  const first = bins.scores[0]!
  const last = bins.scores.at(-1)!
  const line = (score: number): number => level + kept * slope.slope * (score - meanScore)
  const isotone = nonDecreasing(bins.values, bins.counts)
  const knots = method === 'linear' ? [first, last] : [...bins.scores]
  const values =
    method === 'linear'
      ? [line(first), line(last)]
      : [...isotone.map((value) => level + kept * (value - meanOutcome))]
  return {
    kind: 'returnCalibration',
    method,
    scores: knots,
    bps: values.map((value) => value * BPS),
    slopeBps: slope.slope * BPS,
    slopeT: slope.t,
    kept,
    rows: scores.length,
    blocks: slope.blocks,
  }
}

/** Scores in basis points of expected excess return; NaN where there is no score. */
export function toBasisPoints(
  { scores, bps }: Pick<ReturnCalibration, 'scores' | 'bps'>,
  values: Float64Array,
): Float64Array {
  return values.map((value) => interpolate(scores, bps, value))
}

/** Rows that have both a score and an outcome. */
export function definedRows({ scores, outcomes, blocks }: CalibrationSample): CalibrationSample {
  const isDefined = (i: number): boolean =>
    Number.isFinite(scores[i]!) && !Number.isNaN(outcomes[i]!)
  return {
    scores: scores.filter((_, i) => isDefined(i)),
    outcomes: outcomes.filter((_, i) => isDefined(i)),
    blocks: blocks.filter((_, i) => isDefined(i)),
  }
}

const shrinkage = (t: number): number => Math.max(0, 1 - 1 / (t * t))

interface Slope {
  readonly kind: 'slope'
  readonly slope: number
  readonly t: number
  readonly meanScore: number
  readonly meanOutcome: number
  readonly levelKept: number
  readonly blocks: number
}

function slopeOf(
  scores: Float64Array,
  outcomes: Float64Array,
  blocks: Int32Array,
): Slope | Refused {
  const n = scores.length
  if (n < CALIBRATION_ROWS_MIN) return refused(`${n} of ${CALIBRATION_ROWS_MIN} rows to calibrate`)
  if (scores.every((score) => score === scores[0])) return refused('all scores are equal')
  const meanScore = average(scores)
  const meanOutcome = average(outcomes)
  let squares = 0
  let products = 0
  for (let i = 0; i < n; i++) {
    const x = scores[i]! - meanScore
    squares += x * x
    products += x * (outcomes[i]! - meanOutcome)
  }
  const slope = products / squares
  const slopes = new Map<number, number>()
  const levels = new Map<number, number>()
  for (let i = 0; i < n; i++) {
    const x = scores[i]! - meanScore
    const residual = outcomes[i]! - meanOutcome - slope * x
    const block = blocks[i]!
    slopes.set(block, (slopes.get(block) ?? 0) + x * residual)
    levels.set(block, (levels.get(block) ?? 0) + residual)
  }
  const count = slopes.size
  if (count < BLOCKS_MIN)
    return refused(`${count} of ${BLOCKS_MIN} blocks of sessions to calibrate`)
  const spread = (sums: Map<number, number>): number =>
    Math.sqrt(([...sums.values()].reduce((sum, u) => sum + u * u, 0) * count) / (count - 1))
  return {
    kind: 'slope',
    slope,
    t: slope / (spread(slopes) / squares),
    meanScore,
    meanOutcome,
    levelKept: shrinkage(meanOutcome / (spread(levels) / n)),
    blocks: count,
  }
}

function average(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}
