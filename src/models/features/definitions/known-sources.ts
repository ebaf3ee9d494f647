import { defineFeatures, type Feature, type FeatureDetails } from '../feature.ts'

const known = 'none is known yet, or the field is empty'

const passed = (name: string, formula: string, units: string): FeatureDetails => ({
  name,
  formula,
  units,
  lookBackBars: 1,
  nullWhen: known,
})

const aged = (name: string, what: string, more: Partial<Feature>): FeatureDetails => ({
  name,
  formula: what,
  units: 'hours',
  lookBackBars: 1,
  nullWhen: 'none is known yet',
  ...more,
})

/** Of the newest known row of each source: the 8 and 7 of the earlier system. */
export const knownSources: readonly Feature[] = [
  ...defineFeatures({ group: 'fundamentals', source: 'fundamentals', origin: 'seed' }, [
    passed('f_eps_surprise_std', 'eps_surprise_std', 'standard deviations'),
    passed('f_revenue_surprise_std', 'revenue_surprise_std', 'standard deviations'),
    passed('f_guidance_sentiment', 'guidance_sentiment', 'score'),
    passed('f_est_revision_rate', 'est_revision_rate', 'rate'),
    aged('f_days_since_filing', 'days from the event time of the row to the decision', {
      units: 'days',
      departure: 'counted from the times of the row; the vendor column never ages',
    }),
    passed('f_gross_margin_ttm', 'gross_margin_ttm', 'ratio'),
    passed('f_roe_ttm', 'roe_ttm', 'ratio'),
    passed('f_net_debt_ebitda', 'net_debt_ebitda', 'times'),
  ]),
  ...defineFeatures({ group: 'sentiment and analysts', source: 'sentiment', origin: 'seed' }, [
    passed('sent_level', 'sentiment_score', 'score'),
    passed('sent_dispersion', 'sentiment_dispersion', 'score'),
    passed('sent_mention_abnormal', 'mention_abnormal', 'score'),
    {
      name: 'sent_mom_6h',
      formula: 'sent_level - sent_level[-6]',
      units: 'score',
      lookBackBars: 7,
      nullWhen: 'one of the two is null',
    },
  ]),
  ...defineFeatures({ group: 'sentiment and analysts', source: 'analyst', origin: 'seed' }, [
    passed('analyst_net_updown', 'net_upgrades_downgrades', 'count'),
    passed('analyst_target_revision', 'target_price_revision', 'ratio'),
    aged('analyst_action_recency_hours', 'hours from the event time of the row to the decision', {
      departure: 'counted from the times of the row; it was always null',
    }),
  ]),
]

/** How old what is known is, and whether anything is: 3 of the earlier system, then ours. */
export const freshness: readonly Feature[] = [
  ...defineFeatures({ group: 'freshness', source: 'sentiment', origin: 'seed' }, [
    aged('hours_since_sentiment_update', 'hours from the known time of the row to the decision', {
      departure: 'counted from the times of the row; it was always 0',
    }),
    aged('hours_since_fundamental_update', 'hours from the known time of the row to the decision', {
      source: 'fundamentals',
      collinearWith: 'f_days_since_filing',
      departure: 'counted from the known time; it was 24 times the vendor column of days',
    }),
    aged('hours_since_analyst_update', 'hours from the known time of the row to the decision', {
      source: 'analyst',
      collinearWith: 'analyst_action_recency_hours',
      departure: 'counted from the times of the row; it was always 0',
    }),
  ]),
  ...defineFeatures({ group: 'missing', source: 'bars', origin: 'added' }, [
    flag('missing_bar', '1 where the name has no bar'),
    { ...flag('missing_fundamentals', '1 where no row is known yet'), source: 'fundamentals' },
    { ...flag('missing_sentiment', '1 where no row is known yet'), source: 'sentiment' },
    { ...flag('missing_analyst', '1 where no row is known yet'), source: 'analyst' },
  ]),
]

function flag(name: string, formula: string): FeatureDetails {
  return { name, formula, units: '0 or 1', lookBackBars: 1, nullWhen: 'never' }
}
