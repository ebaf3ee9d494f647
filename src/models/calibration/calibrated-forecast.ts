import type { Forecast, Refused } from '../learner.ts'
import { refused } from '../learner.ts'
import type { HeldOut } from '../validation/held-out.ts'
import {
  calibrateProbabilities,
  type ProbabilityCalibration,
  toProbabilities,
} from './probability-calibration.ts'
import { calibrateReturns, type ReturnCalibration, toBasisPoints } from './return-calibration.ts'

/** Forecasts in common units, one element a row; NaN where there is none. */
export interface CalibratedForecast {
  /** Expected log return over the benchmark's, in basis points. */
  readonly excessReturnBps: Float64Array | null
  readonly downsideProbability: Float64Array | null
}

/** How one route's forecasts are brought to common units; null where it makes no such forecast. */
export interface Calibration {
  readonly kind: 'calibration'
  /** Implementation whose held-out forecasts it was fitted on. */
  readonly implementation: string
  readonly returns: ReturnCalibration | null
  readonly probability: ProbabilityCalibration | null
}

/** What held-out forecasts are compared with. */
export interface CalibrationOutcomes {
  readonly excessReturn: Float32Array | Float64Array
  readonly downsideEvent: Float32Array | Float64Array
  /** Bars of the panel, and the block of sessions that each is in. */
  readonly bars: number
  readonly blockOfBar: Int32Array
}

/** Methods of a calibration. */
export interface CalibrationMethods {
  readonly returns: ReturnCalibration['method']
  readonly probability: ProbabilityCalibration['method']
}

/** Straight lines for returns, Platt's curve for probabilities. */
export const DEFAULT_CALIBRATION: CalibrationMethods = { returns: 'linear', probability: 'platt' }

/** Fits a route's calibration on forecasts of rows that its models had not seen, and on no other. */
export function calibrate(
  heldOut: HeldOut,
  outcomes: CalibrationOutcomes,
  methods = DEFAULT_CALIBRATION,
): Calibration | Refused {
  const { rows, implementation } = heldOut
  const pick = (column: Float32Array | Float64Array): Float64Array =>
    Float64Array.from(rows, (row) => column[row]!)
  const blocks = rows.map((row) => outcomes.blockOfBar[row % outcomes.bars]!)
  const returns =
    heldOut.excessReturn === null
      ? null
      : calibrateReturns(
          { scores: heldOut.excessReturn, outcomes: pick(outcomes.excessReturn), blocks },
          methods.returns,
        )
  if (returns?.kind === 'refused') return refused(`${implementation}: returns: ${returns.reason}`)
  const probability =
    heldOut.downsideProbability === null
      ? null
      : calibrateProbabilities(
          { scores: heldOut.downsideProbability, outcomes: pick(outcomes.downsideEvent), blocks },
          methods.probability,
        )
  if (probability?.kind === 'refused') {
    return refused(`${implementation}: probabilities: ${probability.reason}`)
  }
  return { kind: 'calibration', implementation, returns, probability }
}

/** A model's forecasts in basis points and calibrated probabilities. */
export function calibrated(calibration: Calibration, forecast: Forecast): CalibratedForecast {
  const { returns, probability } = calibration
  const { excessReturn, downsideProbability } = forecast
  return {
    excessReturnBps:
      returns === null || excessReturn === null ? null : toBasisPoints(returns, excessReturn),
    downsideProbability:
      probability === null || downsideProbability === null
        ? null
        : toProbabilities(probability, downsideProbability),
  }
}

/** One route's part of a blend. */
export interface BlendPart {
  /** Its implementation, for the refusal that names it. */
  readonly implementation: string
  /** Share of the blend, 0 to 1. */
  readonly weight: number
  readonly forecast: CalibratedForecast
}

/**
 * Weighted mean of calibrated forecasts of the same rows. A row that one part has no forecast for
 * has none in the blend: nothing stands in for it. Refused unless weights lie in [0, 1] and sum to
 * 1 within 1e-9, and where a part lacks what the others forecast.
 */
export function blend(
  parts: readonly BlendPart[],
): (CalibratedForecast & { readonly kind: 'blended' }) | Refused {
  const stated = parts.map(({ implementation, weight }) => `${implementation} ${weight}`).join(', ')
  const sum = parts.reduce((total, { weight }) => total + weight, 0)
  if (parts.some(({ weight }) => !(weight >= 0 && weight <= 1)) || Math.abs(sum - 1) > 1e-9) {
    return refused(`weights must lie in [0, 1] and sum to 1: ${stated === '' ? 'none' : stated}`)
  }
  const columns: (Float64Array | null)[] = []
  for (const key of ['excessReturnBps', 'downsideProbability'] as const) {
    const lacking = parts.filter(({ forecast }) => forecast[key] === null)
    if (lacking.length > 0 && lacking.length < parts.length) {
      return refused(`${lacking[0]!.implementation} has no ${key} to blend`)
    }
    const given = parts.map(({ weight, forecast }) => ({ weight, values: forecast[key]! }))
    columns.push(lacking.length > 0 ? null : weightedMean(given))
  }
  return { kind: 'blended', excessReturnBps: columns[0]!, downsideProbability: columns[1]! }
}

function weightedMean(
  parts: readonly { readonly weight: number; readonly values: Float64Array }[],
): Float64Array {
  return parts[0]!.values.map((_, i) =>
    parts.reduce((sum, { weight, values }) => sum + weight * values[i]!, 0),
  )
}
