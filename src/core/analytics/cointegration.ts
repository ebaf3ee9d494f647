import { assert } from '../lib/assert.ts'
import { normalCdf } from './normal.ts'

/** Least squares of y on x with a constant: y = alpha + beta x + residual. */
export interface LineFit {
  readonly alpha: number
  readonly beta: number
  /** Share of the variance of y that the line explains, 0 to 1. */
  readonly r2: number
  readonly residuals: Float64Array
}

/** Fits a line; null when x or y does not vary. Series of one length, at least 3, all finite. */
export function fitLine(y: Float64Array, x: Float64Array): LineFit | null {
  const n = y.length
  assert(n === x.length && n >= 3, `line through ${n} and ${x.length} values`)
  const meanX = meanOf(x)
  const meanY = meanOf(y)
  let xx = 0
  let xy = 0
  let yy = 0
  for (let i = 0; i < n; i++) {
    const dx = x[i]! - meanX
    const dy = y[i]! - meanY
    xx += dx * dx
    xy += dx * dy
    yy += dy * dy
  }
  assert(Number.isFinite(xx) && Number.isFinite(yy), 'a value of the line is not finite')
  // Sums of squares that are nothing but rounding say nothing.
  if (xx <= n * (1e-14 * meanX) ** 2 || yy <= n * (1e-14 * meanY) ** 2) return null
  const beta = xy / xx
  const alpha = meanY - beta * meanX
  const residuals = new Float64Array(n)
  let rss = 0
  for (let i = 0; i < n; i++) {
    const e = y[i]! - alpha - beta * x[i]!
    residuals[i] = e
    rss += e * e
  }
  return { alpha, beta, r2: Math.min(1, Math.max(0, 1 - rss / yy)), residuals }
}

/** An augmented Dickey-Fuller regression without constant. */
export interface DickeyFuller {
  /** t value of the level. */
  readonly statistic: number
  /** Lagged differences, chosen by Akaike's criterion. */
  readonly lags: number
  readonly observations: number
}

/** Longest lag that is tried on n values: ceil(12 (n / 100)^(1/4)), Schwert (1989). */
export const dickeyFullerLags = (n: number): number =>
  Math.max(0, Math.min(Math.ceil(12 * (n / 100) ** 0.25), Math.floor(n / 2) - 1))

/**
 * Augmented Dickey-Fuller regression d[t] = g e[t-1] + sum g_i d[t-i] + u (Said and Dickey 1984)
 * without constant, as residuals with mean zero need it. The lag is the one with the least AIC over
 * one common sample; the regression itself takes every value it can. Null when the series is too
 * short or the regressors are collinear.
 */
export function dickeyFuller(values: Float64Array): DickeyFuller | null {
  const lagsMax = dickeyFullerLags(values.length)
  if (values.length < 12) return null
  const lags = chooseLag(values, lagsMax)
  if (lags === null) return null
  // The level comes last: its t value is then the last entry of the solved triangle over s.
  const fit = triangle(gram(values, lags, lags, 'last'))
  if (fit === null) return null
  const observations = values.length - 1 - lags
  const rss = fit.rss.at(-1)!
  const freedom = observations - (lags + 1)
  if (!(rss > 0) || freedom <= 0) return null
  const statistic = fit.solved.at(-1)! / Math.sqrt(rss / freedom)
  return Number.isFinite(statistic) ? { statistic, lags, observations } : null
}

/** Lag with the least AIC = n ln(RSS / n) + 2 k, all over the sample of the longest. */
function chooseLag(values: Float64Array, lagsMax: number): number | null {
  const fit = triangle(gram(values, lagsMax, lagsMax, 'first'))
  if (fit === null) return null
  const n = values.length - 1 - lagsMax
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (let lag = 0; lag <= lagsMax; lag++) {
    const rss = fit.rss[lag]!
    if (!(rss > 0)) return null
    const criterion = n * Math.log(rss / n) + 2 * (lag + 1)
    if (criterion < least) {
      least = criterion
      best = lag
    }
  }
  return best
}

/** Normal equations of the regression from value `skip + 1` on; the last row and column are y's. */
function gram(
  values: Float64Array,
  lags: number,
  skip: number,
  level: 'first' | 'last',
): Float64Array[] {
  const k = lags + 2
  const rows = Array.from({ length: k }, () => new Float64Array(k))
  const row = new Float64Array(k)
  const offset = level === 'first' ? 1 : 0
  for (let t = skip + 1; t < values.length; t++) {
    row[level === 'first' ? 0 : lags] = values[t - 1]!
    for (let i = 1; i <= lags; i++) row[offset + i - 1] = values[t - i]! - values[t - i - 1]!
    row[k - 1] = values[t]! - values[t - 1]!
    for (let i = 0; i < k; i++) {
      const target = rows[i]!
      const own = row[i]!
      for (let j = 0; j <= i; j++) target[j]! += own * row[j]!
    }
  }
  return rows
}

/** Cholesky's triangle of the normal equations; RSS of every leading set of regressors. */
function triangle(rows: Float64Array[]): {
  readonly solved: Float64Array
  readonly rss: Float64Array
} | null {
  const k = rows.length - 1
  for (let i = 0; i <= k; i++) {
    const own = rows[i]!
    for (let j = 0; j < Math.min(i, k); j++) {
      const other = rows[j]!
      let sum = own[j]!
      for (let m = 0; m < j; m++) sum -= own[m]! * other[m]!
      own[j] = sum / other[j]!
    }
    if (i === k) break
    let square = own[i]!
    const scale = square
    for (let m = 0; m < i; m++) square -= own[m]! * own[m]!
    if (!(square > 1e-12 * scale)) return null
    own[i] = Math.sqrt(square)
  }
  const solved = rows[k]!.slice(0, k)
  const rss = new Float64Array(k)
  let left = rows[k]![k]!
  for (let i = 0; i < k; i++) {
    left -= solved[i]! ** 2
    rss[i] = left
  }
  return { solved, rss }
}

/** An Engle-Granger test: the line, and whether what it leaves returns. */
export interface EngleGranger extends DickeyFuller {
  readonly line: LineFit
  /** Probability of so small a statistic under no cointegration. */
  readonly pValue: number
  /** Critical values of the statistic at 1 %, 5 % and 10 %. */
  readonly critical: readonly [number, number, number]
}

/**
 * Engle and Granger (1987): y on x with a constant, then an augmented Dickey-Fuller regression of
 * the residuals, held against the distribution for two variables. Null when a series does not vary,
 * both are one line, or they are too short.
 */
export function engleGranger(y: Float64Array, x: Float64Array): EngleGranger | null {
  const line = fitLine(y, x)
  // As good as one line: residuals are rounding.
  if (line === null || line.r2 >= 1 - 1e-10) return null
  const test = dickeyFuller(line.residuals)
  if (test === null) return null
  const critical = cointegrationCriticalValues(y.length - 1)
  return { ...test, line, pValue: cointegrationPValue(test.statistic), critical }
}

/** MacKinnon (2010), "Critical values for cointegration tests", table 2: constant, N = 2. */
const surface = [
  [-3.89644, -10.9519, -33.527],
  [-3.33613, -6.1101, -6.823],
  [-3.04445, -4.2412, -2.72],
] as const

/**
 * Critical values at 1 %, 5 % and 10 % of the cointegration statistic of two variables with a
 * constant over n observations: b0 + b1 / n + b2 / n^2 (MacKinnon 2010, Queen's Economics
 * Department working paper 1227, table 2).
 */
export function cointegrationCriticalValues(n: number): readonly [number, number, number] {
  const at = ([b0, b1, b2]: readonly [number, number, number]): number => b0 + b1 / n + b2 / (n * n)
  return [at(surface[0]), at(surface[1]), at(surface[2])]
}

/**
 * Asymptotic p value of the same statistic: the normal distribution at a polynomial of it
 * (MacKinnon 1994, "Approximate asymptotic distribution functions for unit-root and cointegration
 * tests", Journal of Business & Economic Statistics 12; constant, N = 2).
 */
export function cointegrationPValue(statistic: number): number {
  if (statistic > 0.92) return 1
  if (statistic < -18.86) return 0
  const t = statistic
  const small = 2.92 + 1.5012 * t + 0.039796 * t * t
  const large = 2.1945 + 0.64695 * t - 0.29198 * t * t - 0.042377 * t * t * t
  return normalCdf(t <= -2.62 ? small : large)
}

function meanOf(values: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}
