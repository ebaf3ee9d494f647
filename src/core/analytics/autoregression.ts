import { assert } from '../lib/assert.ts'

/** Least squares of x[t+1] on x[t], counted from the mean of the values before the last. */
export interface Autoregression {
  readonly phi: number
  /** Constant of the centred regression: mean step at the centre. */
  readonly step: number
  /** What values are counted from. */
  readonly centre: number
  /** Variance of the residuals, n - 2 degrees of freedom. */
  readonly variance: number
  /** Sum of squares of the centred regressor. */
  readonly squares: number
  /** Transitions. */
  readonly transitions: number
}

/** Fits an AR(1); null on fewer than four values or when nothing varies. All must be finite. */
export function fitAutoregression(values: Float64Array): Autoregression | null {
  const n = values.length - 1
  if (n < 3) return null
  let sum = 0
  for (let i = 0; i < n; i++) sum += values[i]!
  const centre = sum / n
  let product = 0
  let squares = 0
  let after = 0
  for (let i = 0; i < n; i++) {
    const x = values[i]! - centre
    const y = values[i + 1]! - centre
    squares += x * x
    product += x * y
    after += y
  }
  assert(Number.isFinite(squares), 'a value of the autoregression is not finite')
  if (squares <= n * (1e-14 * centre) ** 2) return null
  const phi = product / squares
  const step = after / n
  let rss = 0
  for (let i = 0; i < n; i++) {
    rss += (values[i + 1]! - centre - step - phi * (values[i]! - centre)) ** 2
  }
  return { phi, step, centre, variance: rss / (n - 2), squares, transitions: n }
}

/** A forecast of the change of an AR(1) over some steps, in units of the values. */
export interface ChangeForecast {
  /** Expected change. */
  readonly mean: number
  /** Standard error of that expectation: how well the fit knows it. */
  readonly error: number
  /** Variance of the change around it: what the noise does. */
  readonly variance: number
}

/**
 * Change of x over `horizon` steps from the last value on. With u = x - centre and
 * S = 1 + phi + ... + phi^(h-1): mean (phi^h - 1) u + step S; noise s^2 (1 + phi^2 + ... +
 * phi^(2h-2)); error by the delta method, in which phi and step are uncorrelated because the
 * regressor is centred: var(phi) = s^2 / squares, var(step) = s^2 / n (Hamilton 1994, chapters 4
 * and 8).
 */
export function forecastChange(fit: Autoregression, last: number, horizon: number): ChangeForecast {
  assert(Number.isSafeInteger(horizon) && horizon > 0, `horizon ${horizon} steps`)
  const u = last - fit.centre
  let power = 1
  let sum = 0
  let sumSlope = 0
  let powerSlope = 0
  let noise = 0
  for (let i = 0; i < horizon; i++) {
    sum += power
    sumSlope += powerSlope
    noise += power * power
    powerSlope = powerSlope * fit.phi + power
    power *= fit.phi
  }
  const byPhi = powerSlope * u + fit.step * sumSlope
  const error = Math.sqrt(fit.variance * (byPhi ** 2 / fit.squares + sum ** 2 / fit.transitions))
  return { mean: (power - 1) * u + fit.step * sum, error, variance: fit.variance * noise }
}
