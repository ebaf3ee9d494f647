import { normalInverse } from '../../core/mod.ts'

/** Bins of a calibration curve, each of about as many forecasts. */
export const CALIBRATION_BINS = 20

/** One point of a calibration curve. */
export interface CalibrationBin {
  readonly count: number
  readonly forecastMean: number
  /** Share of forecasts whose event came. */
  readonly observed: number
  /** 95 % interval of that share (Wilson 1927) as if rows were independent: a lower bound of width. */
  readonly low: number
  readonly high: number
}

/** What forecast probabilities are worth against events; null without rows, with the reason. */
export interface ProbabilityReport {
  readonly rows: number
  readonly baseRate: number | null
  /** Mean of (p - y)^2; {@link baseRate} alone would have `baseRateBrier`. */
  readonly brier: number | null
  readonly baseRateBrier: number | null
  /** 1 - brier / baseRateBrier: above 0 is better than the base rate. */
  readonly brierSkill: number | null
  /**
   * Parts of the Brier score by bins (Murphy 1973): reliability - resolution + uncertainty, up to
   * the variation of forecasts within bins.
   */
  readonly reliability: number | null
  readonly resolution: number | null
  readonly uncertainty: number | null
  readonly logLoss: number | null
  /** Probability that an event is forecast higher than a non-event; null if all are one or other. */
  readonly auc: number | null
  /** Mean absolute gap between forecast and observed shares of the bins, weighted by count. */
  readonly calibrationError: number | null
  readonly curve: readonly CalibrationBin[]
  readonly reason: string | null
}

/** Measures probabilities against events (0 or 1); elements where either is NaN are left out. */
export function probabilityReport(
  probabilities: Float64Array,
  events: Float32Array | Float64Array,
): ProbabilityReport {
  const { withEvent, without } = sortedBySide(probabilities, events)
  const rows = withEvent.length + without.length
  if (rows === 0) return nothing('no row has both a forecast and an event')
  const baseRate = withEvent.length / rows
  const uncertainty = baseRate * (1 - baseRate)
  const { curve, auc } = merge(withEvent, without)
  const brier = (sum(withEvent, (p) => (1 - p) ** 2) + sum(without, (p) => p * p)) / rows
  // A forecast of exactly 0 or 1 that fails would cost infinitely much; it costs 1e-15's instead.
  const cost = (p: number): number => -Math.log(Math.max(1e-15, p))
  const weighted = (of: (bin: CalibrationBin) => number): number =>
    curve.reduce((total, bin) => total + bin.count * of(bin), 0) / rows
  return {
    rows,
    baseRate,
    brier,
    baseRateBrier: uncertainty,
    brierSkill: uncertainty > 0 ? 1 - brier / uncertainty : null,
    reliability: weighted((bin) => (bin.forecastMean - bin.observed) ** 2),
    resolution: weighted((bin) => (bin.observed - baseRate) ** 2),
    uncertainty,
    logLoss: (sum(withEvent, cost) + sum(without, (p) => cost(1 - p))) / rows,
    auc: uncertainty > 0 ? auc / (withEvent.length * without.length) : null,
    calibrationError: weighted((bin) => Math.abs(bin.forecastMean - bin.observed)),
    curve,
    reason: uncertainty > 0 ? null : 'all events are equal',
  }
}

function sortedBySide(
  probabilities: Float64Array,
  events: Float32Array | Float64Array,
): { withEvent: Float64Array; without: Float64Array } {
  const isUsed = (i: number): boolean =>
    !Number.isNaN(probabilities[i]!) && !Number.isNaN(events[i]!)
  const side = (event: number): Float64Array =>
    probabilities.filter((_, i) => isUsed(i) && events[i] === event).sort()
  return { withEvent: side(1), without: side(0) }
}

/** Walks both ascending sides at once: equal forecasts stay in one bin and count half for the AUC. */
function merge(
  withEvent: Float64Array,
  without: Float64Array,
): { curve: readonly CalibrationBin[]; auc: number } {
  const rows = withEvent.length + without.length
  const curve: CalibrationBin[] = []
  let bin = { count: 0, forecasts: 0, events: 0 }
  let auc = 0
  let done = 0
  let edge = rows / CALIBRATION_BINS
  for (let a = 0, b = 0; a < withEvent.length || b < without.length; ) {
    const value = Math.min(withEvent[a] ?? 2, without[b] ?? 2)
    const fromA = a
    const fromB = b
    while (a < withEvent.length && withEvent[a] === value) a++
    while (b < without.length && without[b] === value) b++
    auc += (a - fromA) * (fromB + (b - fromB) / 2)
    const count = a - fromA + b - fromB
    bin.count += count
    bin.forecasts += count * value
    bin.events += a - fromA
    done += count
    if (done >= edge || done === rows) {
      curve.push(binOf(bin))
      bin = { count: 0, forecasts: 0, events: 0 }
      // Many equal forecasts may have filled several bins.
      edge = ((Math.floor((done * CALIBRATION_BINS) / rows) + 1) * rows) / CALIBRATION_BINS
    }
  }
  return { curve, auc }
}

function binOf(bin: { count: number; forecasts: number; events: number }): CalibrationBin {
  const { count, forecasts, events } = bin
  const z = normalInverse(0.975)
  const observed = events / count
  const centre = (observed + z ** 2 / (2 * count)) / (1 + z ** 2 / count)
  const half =
    (z / (1 + z ** 2 / count)) *
    Math.sqrt((observed * (1 - observed)) / count + z ** 2 / (4 * count ** 2))
  return {
    count,
    forecastMean: forecasts / count,
    observed,
    low: Math.max(0, centre - half),
    high: Math.min(1, centre + half),
  }
}

function sum(values: Float64Array, of: (value: number) => number): number {
  let total = 0
  for (const value of values) total += of(value)
  return total
}

const nothing = (reason: string): ProbabilityReport => ({
  rows: 0,
  baseRate: null,
  brier: null,
  baseRateBrier: null,
  brierSkill: null,
  reliability: null,
  resolution: null,
  uncertainty: null,
  logLoss: null,
  auc: null,
  calibrationError: null,
  curve: [],
  reason,
})
