import { fitAutoregression, forecastChange, normalInverse } from '../../core/mod.ts'

/** Parameters of the fractional Kelly size. */
export interface KellyOptions {
  /** Part of the Kelly share that is taken. */
  readonly fraction: number
  /** Largest share of the equity. */
  readonly cap: number
  /** Bars over which the move is expected. */
  readonly horizon: number
  /** Whether the expected move or its lower bound sizes. */
  readonly by: 'lower' | 'mean'
  /** One-sided confidence of the lower bound, above 0.5. */
  readonly confidence: number
  /** Closes that the forecast is fitted to. */
  readonly window: number
}

/** A move over the horizon in the entry's favour, as fractions of the price. */
export interface MoveForecast {
  readonly mean: number
  /** Standard error of the mean: what the fit does not know. */
  readonly error: number
  /** Variance of the move around its mean: what nobody can know. */
  readonly variance: number
}

/** A share of the equity with what it would be at the mean and at the lower bound. */
export interface KellyShare {
  readonly share: number
  readonly reason: string | null
  /** mean - quantile x error, a fraction of the price. */
  readonly lowerMove: number
  readonly atMean: number
  readonly atLower: number
}

/**
 * fraction x (expected move - cost) / variance, clamped to [0, cap] (Kelly 1956; Merton 1969 for
 * the ratio of drift to variance), move and cost as fractions of the price over the horizon. Sized
 * by the lower bound of the move or by its mean.
 */
export function kellyShare(options: KellyOptions, move: MoveForecast, cost: number): KellyShare {
  const lowerMove = move.mean - normalInverse(options.confidence) * move.error
  const at = (expected: number): number => {
    const share = (options.fraction * (expected - cost)) / move.variance
    return share > 0 ? Math.min(options.cap, share) : 0
  }
  if (!(move.variance > 0) || !Number.isFinite(lowerMove) || !Number.isFinite(cost)) {
    return { share: 0, reason: 'bad forecast', lowerMove, atMean: 0, atLower: 0 }
  }
  const atMean = at(move.mean)
  const atLower = at(lowerMove)
  const share = options.by === 'mean' ? atMean : atLower
  return { share, reason: share > 0 ? null : 'no edge', lowerMove, atMean, atLower }
}

/**
 * Forecast of a return to the mean: an AR(1) of the closes whose coefficient is corrected for the
 * bias of small samples ((1 + 3 phi) / n, as in the half-life). `direction` is that of the entry.
 * A text says why there is none.
 */
export function forecastReversion(direction: 1 | -1): ForecastMaker {
  return (closes, horizon) => {
    const fit = fitAutoregression(closes)
    if (fit === null) return 'bad phi'
    const phi = fit.phi + (1 + 3 * fit.phi) / fit.transitions
    if (!(phi > 0 && phi < 1)) return phi >= 1 ? 'not reverting' : 'bad phi'
    const last = closes.at(-1)!
    return inPrice(forecastChange({ ...fit, phi }, last, horizon), last, direction)
  }
}

/** Forecast of a trend that goes on: mean step of the closes and its standard error. */
export function forecastTrend(direction: 1 | -1): ForecastMaker {
  return (closes, horizon) => {
    const n = closes.length - 1
    if (n < 3) return 'bad drift'
    const last = closes[n]!
    const mean = (last - closes[0]!) / n
    let squares = 0
    for (let i = 1; i <= n; i++) squares += (closes[i]! - closes[i - 1]! - mean) ** 2
    const variance = squares / (n - 1)
    if (!(variance > 0)) return 'bad drift'
    const error = horizon * Math.sqrt(variance / n)
    return inPrice({ mean: horizon * mean, error, variance: horizon * variance }, last, direction)
  }
}

/** Makes a forecast of the move over some bars out of closes, or says why it cannot. */
export type ForecastMaker = (closes: Float64Array, horizon: number) => MoveForecast | string

const inPrice = (change: MoveForecast, price: number, direction: 1 | -1): MoveForecast => ({
  mean: (direction * change.mean) / price,
  error: change.error / price,
  variance: change.variance / (price * price),
})
