/**
 * Slots of what the machines of one name share about the bars of a run; NaN where there is no bar.
 * Open, adjusted as all prices here.
 */
export const OPEN = 0
/** Adjusted. */
export const HIGH = 1
/** Adjusted. */
export const LOW = 2
/** Adjusted. */
export const CLOSE = 3
/** Adjusted shares. */
export const VOLUME = 4
/** Dollars that changed hands. */
export const DOLLARS = 5
/** Adjusted close of the bar before. */
export const PREVIOUS_CLOSE = 6
/** ln(C / C[-1]). */
export const RETURN = 7
/** Over ten bars. */
export const MOMENTUM = 8
/** Adjusted price / raw price. */
export const PRICE_FACTOR = 9
/** Raw shares / adjusted shares. */
export const SHARE_FACTOR = 10
/** ln(C / C[-1]) of the benchmark. */
export const BENCHMARK_RETURN = 11
/** Sum of the benchmark's last ten. */
export const BENCHMARK_MOMENTUM = 12
/** Adjusted close times adjusted shares. */
export const TRADED = 13
/** min(r, 0). */
export const LOSS = 14
/** Of the bar and the close before. */
export const TRUE_RANGE = 15
/** |r| / dollars. */
export const IMPACT = 16
/** 1 - C / max20(C). */
export const DEPTH = 17
/** r - b q. */
export const RESIDUAL = 18
/** When the bar is decided on, us. */
export const DECISION_TIME = 19
/** Bars of the last twenty that are there. */
export const VOLUME_COUNT = 20
/** Sum of their adjusted volumes. */
export const VOLUME_SUM = 21

/** The first of those in which a machine keeps what windows give, until the next one runs. */
export const ROOM = 22
/** Slots of a run, with room for two windows of three. */
export const SLOTS = ROOM + 6

/** Where features are written: feature f of a run's i-th bar at `values[at + f * stride + i]`. */
export interface FeatureTarget {
  readonly values: Float32Array
  readonly stride: number
  /** False: there is no room for features that the earlier system did not have. */
  readonly hasAdded: boolean
  at: number
}

/** Numerator / denominator, NaN unless the denominator is above 0. */
export function quotient(numerator: number, denominator: number): number {
  return denominator > 0 ? numerator / denominator : Number.NaN
}
