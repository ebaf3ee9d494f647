import { assert, normalInverse } from '../../core/mod.ts'

/** A mean over bars with an interval that allows for bars that are not independent. */
export interface MeanEstimate {
  readonly value: number | null
  readonly standardError: number | null
  /** 95 % interval. */
  readonly low: number | null
  readonly high: number | null
  readonly observations: number
  /** How the interval was made, in words for reports. */
  readonly method: string
  /** Why something above is null. */
  readonly reason: string | null
}

/** Why a mean of equal values has no interval. */
export const NO_VARIATION = 'the values do not vary'

/** Observations that an interval needs. */
export const OBSERVATIONS_MIN = 30

/**
 * Mean with the long-run variance of Newey and West (1987): Bartlett weights up to a lag of twice
 * the labels' horizon or 1.3 sqrt(n), the larger (Lazarus, Lewis, Stock and Watson 2018), with the
 * critical value that allows for that lag (Kiefer and Vogelsang 2005). NaN elements are left out.
 */
export function neweyWestMean(series: Float64Array, horizonBars: number): MeanEstimate {
  assert(horizonBars >= 1, `horizon must be at least one bar: ${horizonBars}`)
  const values = series.filter((value) => !Number.isNaN(value))
  const n = values.length
  const lag = Math.max(2 * horizonBars, Math.ceil(1.3 * Math.sqrt(n)))
  const method = `Newey-West, lag ${lag}, fixed-b critical value`
  if (n < Math.max(OBSERVATIONS_MIN, 4 * lag)) return tooFew(values, method, 'bars')
  const centre = average(values)
  let variance = 0
  for (let k = 0; k <= lag; k++) {
    let product = 0
    for (let i = k; i < n; i++) product += (values[i]! - centre) * (values[i - k]! - centre)
    variance += (k === 0 ? 1 : 2 * (1 - k / (lag + 1))) * (product / n)
  }
  return estimate(centre, variance / n, { n, critical: fixedB((lag + 1) / n), method })
}

/** Two-sided 95 % critical value of a t ratio with Bartlett weights over a share b of the sample. */
function fixedB(b: number): number {
  return 1.96 + 2.9694 * b + 0.416 * b ** 2 - 0.5324 * b ** 3
}

/** Sessions in one block of {@link sessionBlockMean}: what overlaps at its edges is little. */
export const SESSIONS_PER_BLOCK = 5

/**
 * Mean with the variance between blocks of whole sessions, Student's critical value with one degree
 * of freedom less than blocks (batch means). `sessionDay` has one element a bar, ascending; NaN
 * elements are left out.
 */
export function sessionBlockMean(
  series: Float64Array,
  sessionDay: Int32Array,
  sessionsPerBlock = SESSIONS_PER_BLOCK,
): MeanEstimate {
  assert(series.length === sessionDay.length, 'one session day a bar')
  const block = sessionBlocks(sessionDay, sessionsPerBlock)
  const sums: number[] = []
  const counts: number[] = []
  for (let bar = 0; bar < series.length; bar++) {
    const value = series[bar]!
    if (Number.isNaN(value)) continue
    const at = block[bar]!
    sums[at] = (sums[at] ?? 0) + value
    counts[at] = (counts[at] ?? 0) + 1
  }
  const used = Object.keys(counts).map(Number)
  const n = used.reduce((sum, at) => sum + counts[at]!, 0)
  const method = `blocks of ${sessionsPerBlock} sessions, ${used.length} of them`
  const values = series.filter((value) => !Number.isNaN(value))
  if (used.length < 10) return tooFew(values, method, 'blocks')
  const centre = average(values)
  // A ratio of sums: blocks may differ in length.
  let squares = 0
  for (const at of used) squares += (sums[at]! - centre * counts[at]!) ** 2
  const variance = (squares * used.length) / (used.length - 1) / n ** 2
  return estimate(centre, variance, {
    n,
    critical: studentQuantile(0.975, used.length - 1),
    method,
  })
}

/** Number of the block of whole sessions that each bar is in, from 0. */
export function sessionBlocks(sessionDay: Int32Array, sessionsPerBlock: number): Int32Array {
  let session = -1
  return sessionDay.map((day, bar) => {
    if (bar === 0 || day !== sessionDay[bar - 1]) session++
    return Math.floor(session / sessionsPerBlock)
  })
}

/**
 * Quantile of Student's distribution by the expansion about the normal one (Abramowitz and Stegun
 * 26.7.5); absolute error below 1e-3 from 9 degrees of freedom on.
 */
export function studentQuantile(probability: number, degrees: number): number {
  const x = normalInverse(probability)
  const g1 = (x ** 3 + x) / 4
  const g2 = (5 * x ** 5 + 16 * x ** 3 + 3 * x) / 96
  const g3 = (3 * x ** 7 + 19 * x ** 5 + 17 * x ** 3 - 15 * x) / 384
  const g4 = (79 * x ** 9 + 776 * x ** 7 + 1482 * x ** 5 - 1920 * x ** 3 - 945 * x) / 92_160
  return x + g1 / degrees + g2 / degrees ** 2 + g3 / degrees ** 3 + g4 / degrees ** 4
}

function estimate(
  value: number,
  variance: number,
  { n, critical, method }: { n: number; critical: number; method: string },
): MeanEstimate {
  const error = Math.sqrt(Math.max(0, variance))
  if (!(error > 0)) {
    const none = { standardError: null, low: null, high: null, reason: NO_VARIATION }
    return { value, observations: n, method, ...none }
  }
  return {
    value,
    standardError: error,
    low: value - critical * error,
    high: value + critical * error,
    observations: n,
    method,
    reason: null,
  }
}

function tooFew(values: Float64Array, method: string, what: string): MeanEstimate {
  const value = values.length > 0 ? average(values) : null
  const reason = `too few ${what} for an interval: ${values.length} values`
  const n = values.length
  return { value, standardError: null, low: null, high: null, observations: n, method, reason }
}

function average(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}
