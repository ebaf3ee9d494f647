import type { GateReading } from '../../core/mod.ts'
import { type KellyOptions, kellyShare, type MoveForecast } from './kelly.ts'
import { type ZProportionalOptions, zProportionalShare } from './z-proportional.ts'

/** How much an entry is worth. Shares are of the equity. */
export type Sizer =
  | { readonly kind: 'fixed' }
  | ({ readonly kind: 'z_proportional' } & ZProportionalOptions)
  | ({ readonly kind: 'kelly' } & KellyOptions)

/** Closes that a sizer looks back on; 0 where it needs none. */
export const closesNeeded = (sizer: Sizer): number => (sizer.kind === 'fixed' ? 0 : sizer.window)

/** What is known of an entry when it is sized. */
export interface SizeQuestion {
  /** Value of an entry under `fixed`, quote units. */
  readonly notional: number
  /** Quote units. */
  readonly equity: number
  /** The score that made the signal; null when unknown. */
  readonly z: number | null
  /** Last closes, oldest first; fewer than the sizer's window while warming. */
  readonly closes: readonly number[]
  /** Expected move in the entry's favour; asked by `kelly` only. */
  readonly forecast: (closes: Float64Array, horizon: number) => MoveForecast | string
  /** Round-trip cost as a fraction of the price; null when unknown. Asked by `kelly` only. */
  readonly cost: () => number | null
}

/** The answer: a value of at least 0, and why it is 0. */
export interface SizeAnswer {
  /** Quote units; 0 skips the entry. */
  readonly notional: number
  readonly reason: string | null
  /** What was estimated, for the record. */
  readonly readings: readonly GateReading[]
}

/** Sizes an entry. Never negative, never NaN; whatever cannot be estimated is 0 with its reason. */
export function sizeEntry(sizer: Sizer, question: SizeQuestion): SizeAnswer {
  if (sizer.kind === 'fixed') return { notional: question.notional, reason: null, readings: [] }
  const { equity, closes } = question
  if (!(equity > 0) || !Number.isFinite(equity)) return skip('no equity')
  if (closes.length < sizer.window) return skip('sizer warm-up')
  const values = Float64Array.from(closes.slice(closes.length - sizer.window))
  if (sizer.kind === 'z_proportional') {
    const { share, reason, phi } = zProportionalShare(sizer, { z: question.z, closes: values })
    const readings = [reading('phi', phi, 0), reading('share of equity', share, 0)]
    return { notional: share * equity, reason, readings }
  }
  const cost = question.cost()
  if (cost === null) return skip('cost unknown')
  const forecast = question.forecast(values, sizer.horizon)
  if (typeof forecast === 'string') return skip(forecast)
  const kelly = kellyShare(sizer, forecast, cost)
  const readings = [
    reading('mean move bp', forecast.mean * 1e4, cost * 1e4),
    reading('lower move bp', kelly.lowerMove * 1e4, cost * 1e4),
    reading('share at the mean', kelly.atMean, 0),
    reading('share at the lower bound', kelly.atLower, 0),
  ]
  return { notional: kelly.share * equity, reason: kelly.reason, readings }
}

const skip = (reason: string): SizeAnswer => ({ notional: 0, reason, readings: [] })

const reading = (gate: string, value: number | null, threshold: number): GateReading => ({
  gate,
  value,
  operator: '>',
  threshold,
  passed: value !== null && value > threshold,
})
