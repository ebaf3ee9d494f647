import { fitAutoregression } from '../../core/mod.ts'

/** Parameters of the z-proportional size. */
export interface ZProportionalOptions {
  /** Share of the equity per unit of |z| for an instant return (0.15 to 0.35 are usual). */
  readonly k: number
  /** Largest share of the equity. */
  readonly cap: number
  /** Half-lives count as at least this many bars. */
  readonly halfLifeMin: number
  /** Closes over which the return is measured. */
  readonly window: number
}

/** Magnitude beyond which an autoregression is taken as this. */
const PHI_MAX = 0.999

/** A share of the equity, 0 with a reason. */
export interface ZProportionalShare {
  readonly share: number
  readonly reason: string | null
  /** Clamped coefficient, null when there is none. */
  readonly phi: number | null
}

/**
 * f = k |z| (1 - e^-theta) clamped to [0, cap], theta = -ln phi, phi the AR(1) coefficient of the
 * closes clamped to +-0.999, theta at most ln 2 / halfLifeMin. What does not return (phi not above
 * 0) has no size.
 */
export function zProportionalShare(
  options: ZProportionalOptions,
  given: { readonly z: number | null; readonly closes: Float64Array },
): ZProportionalShare {
  const fit = fitAutoregression(given.closes)
  if (fit === null) return { share: 0, reason: 'bad phi', phi: null }
  const phi = Math.max(-PHI_MAX, Math.min(PHI_MAX, fit.phi))
  const share = zProportionalFraction(options, given.z, phi)
  return { share: share ?? 0, reason: share === null ? badInput(given.z) : null, phi }
}

const badInput = (z: number | null): string =>
  z === null || !Number.isFinite(z) ? 'bad z' : 'bad phi'

/** The formula itself; null for a z or a phi it has no value for. */
export function zProportionalFraction(
  { k, cap, halfLifeMin }: ZProportionalOptions,
  z: number | null,
  phi: number,
): number | null {
  if (z === null || !Number.isFinite(z) || !(phi > 0 && phi < 1)) return null
  const theta = Math.min(-Math.log(phi), Math.LN2 / halfLifeMin)
  return Math.max(0, Math.min(cap, k * Math.abs(z) * (1 - Math.exp(-theta))))
}
