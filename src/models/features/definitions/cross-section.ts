import { defineFeatures, type Feature } from '../feature.ts'

const rank = 'rank / count, in (0, 1]'
const membersOnly = 'over members only; the earlier system ranked the benchmark and others too'

/** Against the benchmark, and among the members of a bar: 7 of the earlier system, then ours. */
export const crossSection: readonly Feature[] = [
  ...defineFeatures({ group: 'cross-section', source: 'bars, benchmark', origin: 'seed' }, [
    {
      name: 'beta_spy_60h',
      formula: 'b = cov60(r, q) / var60(q), q = r of the benchmark',
      units: 'times',
      lookBackBars: 61,
      nullWhen: 'fewer than 20 pairs, or the benchmark does not vary',
    },
    {
      name: 'idio_vol_60h',
      formula: 'SD60(r - b q) sqrt(bars per year)',
      units: 'log return over a year',
      lookBackBars: 120,
      nullWhen: 'fewer than 20 residuals',
      volatilityBars: 'year',
      departure: 'bars per year are an option; 1,638, the constant of the earlier system, if none',
    },
    {
      name: 'residual_mom_10h',
      formula: 'mom_10h - b sum10(q)',
      units: 'log return',
      lookBackBars: 61,
      nullWhen: 'a term is null, or fewer than 3 returns of the benchmark',
    },
    {
      name: 'sector_rel_rank_5h',
      formula: 'rank of ret_5h among members of the sector, ties averaged',
      units: rank,
      lookBackBars: 6,
      nullWhen: 'not a member, or ret_5h is null',
      source: 'bars, membership, sectors',
      departure: `${membersOnly}; unknown sectors are one sector`,
    },
    {
      name: 'reversal_rank_1h',
      formula: 'rank of -ret_1h among members, ties averaged',
      units: rank,
      lookBackBars: 2,
      nullWhen: 'not a member, or ret_1h is null',
      source: 'bars, membership',
      departure: membersOnly,
    },
    {
      name: 'corr_spy_60h',
      formula: 'corr60(r, q)',
      units: '-1 to 1',
      lookBackBars: 61,
      nullWhen: 'fewer than 20 pairs, or one of the two does not vary',
    },
    {
      name: 'breadth_percentile',
      formula: 'rank of ret_1h among members, ties averaged',
      units: rank,
      lookBackBars: 2,
      nullWhen: 'not a member, or ret_1h is null',
      source: 'bars, membership',
      collinearWith: 'reversal_rank_1h',
      departure: membersOnly,
    },
  ]),
  ...defineFeatures({ group: 'cross-section', source: 'bars, membership', origin: 'added' }, [
    ranked('mom_10h', 11),
    { ...ranked('residual_mom_10h', 61), source: 'bars, benchmark, membership' },
    ranked('rv_20h', 21),
    ranked('dollar_volume', 1),
    standardised('ret_1h', 2),
    standardised('ret_5h', 6),
    standardised('mom_10h', 11),
    { ...standardised('residual_mom_10h', 61), source: 'bars, benchmark, membership' },
  ]),
]

function ranked(source: string, lookBackBars: number) {
  return {
    name: `${source}_rank`,
    formula: `rank of ${source} among members, ties averaged`,
    units: rank,
    lookBackBars,
    nullWhen: `not a member, or ${source} is null`,
  }
}

function standardised(source: string, lookBackBars: number) {
  return {
    name: `${source}_z`,
    formula: `(x - mean) / SD of x = ${source} over members`,
    units: 'standard deviations',
    lookBackBars,
    nullWhen: `not a member, ${source} is null, or it does not vary`,
    // A scale and a shift of every bar's own: not the same column over time.
    collinearWith: null,
  }
}
