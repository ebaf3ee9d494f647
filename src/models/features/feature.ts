/** What a feature is about. */
export type FeatureGroup =
  | 'price and trend'
  | 'volatility and liquidity'
  | 'cross-section'
  | 'fundamentals'
  | 'sentiment and analysts'
  | 'macro'
  | 'freshness'
  | 'time'
  | 'missing'

/** The table of the panel a feature is made of; with a benchmark, of both. */
export type FeatureSource =
  | 'bars'
  | 'bars, benchmark'
  | 'bars, membership'
  | 'bars, membership, sectors'
  | 'bars, shares outstanding'
  | 'bars, benchmark, membership'
  | 'benchmark'
  | 'fundamentals'
  | 'sentiment'
  | 'analyst'
  | 'macro'
  | 'grid'

/** One column: what it means and what it needs. Formulas are in the words of docs/hourly-features.md. */
export interface Feature {
  readonly name: string
  readonly group: FeatureGroup
  readonly formula: string
  readonly units: string
  /** Bars a value is made of, the bar itself among them: a run that begins so early gives it. */
  readonly lookBackBars: number
  /**
   * `window`: the look-back gives the same bits. `exponential`: older bars fade, the look-back
   * leaves less than a billionth of them.
   */
  readonly memory: 'window' | 'exponential'
  readonly source: FeatureSource
  /** When there is no value; it is NaN then, never a number that stands for it. */
  readonly nullWhen: string
  /**
   * Of a volatility: the bars it is of, `year` meaning the bars per year of the options. Divided by
   * the root of it, it is a volatility per bar. Null of everything else.
   */
  readonly volatilityBars: number | 'year' | null
  /** The feature it is an affine function of, in one bar or always: models drop one of the two. */
  readonly collinearWith: string | null
  /** Of the 59 of the earlier system, or added here. */
  readonly origin: 'seed' | 'added'
  /** How it departs from the formula of the earlier system; null where it does not. */
  readonly departure: string | null
}

/** Fields of a feature that differ from the most usual ones. */
export type FeatureDetails = Pick<
  Feature,
  'name' | 'formula' | 'units' | 'lookBackBars' | 'nullWhen'
> &
  Partial<Feature>

/** Features of one group, from what they have in common and what each has of its own. */
export function defineFeatures(
  common: Pick<Feature, 'group' | 'source' | 'origin'>,
  details: readonly FeatureDetails[],
): readonly Feature[] {
  return details.map((each) => ({
    memory: 'window',
    volatilityBars: null,
    collinearWith: null,
    departure: null,
    ...common,
    ...each,
  }))
}
