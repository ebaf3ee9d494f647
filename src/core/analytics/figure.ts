/** A number, or null with the reason why there is none. Never NaN or infinite. */
export type Figure =
  | { readonly value: number; readonly reason: null }
  | { readonly value: null; readonly reason: string }

/** A figure of `value`; without one when it is not finite. */
export const figure = (
  value: number,
  reasonWhenUndefined = 'not defined for this input',
): Figure =>
  Number.isFinite(value) ? { value, reason: null } : { value: null, reason: reasonWhenUndefined }

/** A missing figure and why. */
export const missing = (reason: string): Figure => ({ value: null, reason })

/** An interval at a confidence level, or null with the reason. */
export interface Interval {
  readonly low: number | null
  readonly median: number | null
  readonly high: number | null
  /** For example 0.95. */
  readonly level: number
  readonly reason: string | null
}
