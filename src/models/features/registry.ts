import { assert } from '../../core/mod.ts'
import { crossSection } from './definitions/cross-section.ts'
import { freshness, knownSources } from './definitions/known-sources.ts'
import { marketWide } from './definitions/market-wide.ts'
import { priceTrend } from './definitions/price-trend.ts'
import { volatilityLiquidity } from './definitions/volatility-liquidity.ts'
import type { Feature } from './feature.ts'

const byGroup: readonly Feature[] = [
  ...priceTrend,
  ...volatilityLiquidity,
  ...crossSection,
  ...knownSources,
  ...freshness,
  ...marketWide,
]

/** Every feature, in the order of the columns: those of the earlier system, then the added ones. */
export const features: readonly Feature[] = byGroup.toSorted(
  (a, b) => Number(a.origin === 'added') - Number(b.origin === 'added'),
)

/** Which features there are: the 59 of the earlier system alone, or all. */
export type FeatureSet = 'seed' | 'all'

/** Features of a set, in the order of its columns: the first ones of all. */
export const featuresOfSet = (set: FeatureSet): readonly Feature[] =>
  set === 'all' ? features : features.filter(({ origin }) => origin === 'seed')

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
