import { defineFeatures, type Feature, type FeatureDetails } from '../feature.ts'

const passed = (name: string, field: string, units: string): FeatureDetails => ({
  name,
  formula: field,
  units,
  lookBackBars: 1,
  nullWhen: 'none is known yet, or the field is empty',
})

const changed = (name: string, formula: string, bars: number, units: string): FeatureDetails => ({
  name,
  formula,
  units,
  lookBackBars: bars + 1,
  nullWhen: 'one of the two is null',
})

/** The same for every name: the 11 of the earlier system, then ours. */
export const marketWide: readonly Feature[] = [
  ...defineFeatures({ group: 'macro', source: 'macro', origin: 'seed' }, [
    passed('m_vix', 'vix', 'points'),
    changed('m_vix_chg_1h', 'vix - vix[-1]', 1, 'points'),
    {
      name: 'm_spy_rv_20h',
      formula: 'SD20(q)',
      units: 'log return over 1 bar',
      lookBackBars: 21,
      nullWhen: 'fewer than 10 returns of the benchmark',
      source: 'benchmark',
      volatilityBars: 1,
    },
    passed('m_yield_curve_slope', 'yield_10y - yield_2y', 'percentage points'),
    changed('m_y2_chg_1h', 'yield_2y - yield_2y[-1]', 1, 'percentage points'),
    changed('m_dxy_ret_5h', 'ln(dxy / dxy[-5])', 5, 'log return'),
    changed('m_wti_ret_5h', 'ln(wti / wti[-5])', 5, 'log return'),
    changed('m_gold_ret_5h', 'ln(gold / gold[-5])', 5, 'log return'),
    passed('m_cpi_surprise_state', 'cpi_surprise_state', 'score'),
    passed('m_liquidity_stress', 'liquidity_stress', 'score'),
    passed('m_regime_prob', 'regime_prob', 'probability'),
  ]),
  ...defineFeatures({ group: 'time', source: 'grid', origin: 'added' }, [
    {
      name: 'hour_of_day',
      formula: 'hour of the New York clock at which the bar opens',
      units: 'hours',
      lookBackBars: 1,
      nullWhen: 'never',
    },
    {
      name: 'night_gap',
      formula: '1 where the bar is the first of its session: its return spans a night',
      units: '0 or 1',
      lookBackBars: 1,
      nullWhen: 'never',
    },
  ]),
  ...defineFeatures({ group: 'missing', source: 'macro', origin: 'added' }, [
    {
      name: 'missing_macro',
      formula: '1 where no row is known yet',
      units: '0 or 1',
      lookBackBars: 1,
      nullWhen: 'never',
    },
  ]),
]
