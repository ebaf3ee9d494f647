import { assert } from '../../core/mod.ts'
import { crossSection } from './definitions/cross-section.ts'
import { freshness, knownSources } from './definitions/known-sources.ts'
import { marketWide } from './definitions/market-wide.ts'
import { priceTrend } from './definitions/price-trend.ts'
import { volatilityLiquidity } from './definitions/volatility-liquidity.ts'
import type { Feature } from './feature.ts'

/** Every feature, in the order of the columns. */
export const features: readonly Feature[] = [
  ...priceTrend,
  ...volatilityLiquidity,
  ...crossSection,
  ...knownSources,
  ...freshness,
  ...marketWide,
]

const places = new Map(features.map(({ name }, index) => [name, index]))

/** Place of a feature's column; asserts that there is one of that name. */
export function featureIndex(name: string): number {
  const index = places.get(name)
  assert(index !== undefined, `${name} is a feature`)
  return index
}

/** Bars a run must begin earlier to give every value: exact, or faded to less than a billionth. */
export const LOOK_BACK_BARS = Math.max(...features.map(({ lookBackBars }) => lookBackBars))

/** Bars per year of the earlier system: 252 sessions of 6.5 hours. */
export const SEED_BARS_PER_YEAR = 1638

/** What a volatility is divided by to be one per bar; asserts that the feature is a volatility. */
export function perBarDivisor(name: string, barsPerYear = SEED_BARS_PER_YEAR): number {
  const bars = features[featureIndex(name)]!.volatilityBars
  assert(bars !== null, `${name} is a volatility`)
  return Math.sqrt(bars === 'year' ? barsPerYear : bars)
}
