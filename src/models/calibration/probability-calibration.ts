import { type Refused, refused } from '../learner.ts'
import { logistic } from '../linear/logistic.ts'
import { binByScore, interpolate, nonDecreasing } from './isotonic.ts'
import { CALIBRATION_ROWS_MIN, type CalibrationSample, definedRows } from './return-calibration.ts'

/** How raw probabilities become honest ones; never falling. */
export type ProbabilityCalibration =
  | {
      readonly kind: 'probabilityCalibration'
      /** logistic(intercept + slope x logit(p)); a slope that fell is 0. */
      readonly method: 'platt'
      readonly intercept: number
      readonly slope: number
      readonly rows: number
    }
  | {
      readonly kind: 'probabilityCalibration'
      readonly method: 'isotonic'
      readonly scores: readonly number[]
      readonly probabilities: readonly number[]
      readonly rows: number
    }

const BINS = 50
/** Rows at the base rate that every bin of an isotonic calibration is mixed with. */
const PRIOR_ROWS = 20
const STEPS_MAX = 100

/**
 * Fits events to raw probabilities: Platt's logistic curve on the log odds with his smoothed targets
 * (1999), or isotonic regression of 50 bins, each mixed with 20 rows of the base rate. Refused with
 * too few rows and where all events are equal.
 */
export function calibrateProbabilities(
  sample: CalibrationSample,
  method: ProbabilityCalibration['method'] = 'platt',
): ProbabilityCalibration | Refused {
  const { scores, outcomes } = definedRows(sample)
  const rows = scores.length
  if (rows < CALIBRATION_ROWS_MIN) {
    return refused(`${rows} of ${CALIBRATION_ROWS_MIN} rows to calibrate`)
  }
  const events = outcomes.reduce((sum, event) => sum + event, 0)
  if (events === 0 || events === rows) return refused('all events are equal')
  if (method === 'platt') return platt(scores, outcomes, events)
  const bins = binByScore(scores, outcomes, BINS)
  const base = events / rows
  const mixed = bins.values.map((value, i) => {
    const count = bins.counts[i]!
    return (value * count + base * PRIOR_ROWS) / (count + PRIOR_ROWS)
  })
  const probabilities = [...nonDecreasing(mixed, bins.counts)]
  return { kind: 'probabilityCalibration', method, scores: [...bins.scores], probabilities, rows }
}

/** Raw probabilities made honest; NaN where there is none. */
export function toProbabilities(
  calibration: ProbabilityCalibration,
  values: Float64Array,
): Float64Array {
  if (calibration.method === 'isotonic') {
    const { scores, probabilities } = calibration
    return values.map((value) => interpolate(scores, probabilities, value))
  }
  const { intercept, slope } = calibration
  return values.map((value) => logistic(intercept + slope * logOdds(value)))
}

/** Log odds, of at most 1 to 10^9 either way. */
function logOdds(probability: number): number {
  const p = Math.min(1 - 1e-9, Math.max(1e-9, probability))
  return Math.log(p / (1 - p))
}

function platt(
  scores: Float64Array,
  outcomes: Float64Array,
  events: number,
): ProbabilityCalibration | Refused {
  const rows = scores.length
  const kind = 'probabilityCalibration'
  const x = scores.map(logOdds)
  const high = (events + 1) / (events + 2)
  const low = 1 / (rows - events + 2)
  const target = outcomes.map((event) => (event === 1 ? high : low))
  const share = target.reduce((sum, value) => sum + value, 0) / rows
  const flat = Math.log(share / (1 - share))
  let intercept = flat
  let slope = 0
  for (let step = 0; step < STEPS_MAX; step++) {
    let [g0, g1, h00, h01, h11] = [0, 0, 0, 0, 0]
    for (let i = 0; i < rows; i++) {
      const p = logistic(intercept + slope * x[i]!)
      const w = p * (1 - p)
      g0 += p - target[i]!
      g1 += (p - target[i]!) * x[i]!
      h00 += w
      h01 += w * x[i]!
      h11 += w * x[i]! * x[i]!
    }
    const determinant = h00 * h11 - h01 * h01
    // Forecasts that do not vary say nothing: the base rate is left.
    if (!(determinant > 1e-12 * h00 * h11)) break
    if (Math.max(Math.abs(g0), Math.abs(g1)) < 1e-9 * rows) {
      return slope > 0
        ? { kind, method: 'platt', intercept, slope, rows }
        : { kind, method: 'platt', intercept: flat, slope: 0, rows }
    }
    // Newton's steps, none so long that the curve turns over at once.
    const limit = (step: number): number => Math.min(4, Math.max(-4, step))
    intercept -= limit((h11 * g0 - h01 * g1) / determinant)
    slope -= limit((h00 * g1 - h01 * g0) / determinant)
  }
  return { kind, method: 'platt', intercept: flat, slope: 0, rows }
}
