/** Fields of a company's filings, as vendors name them. */
export const FUNDAMENTAL_FIELDS = [
  'eps_surprise_std',
  'revenue_surprise_std',
  'guidance_sentiment',
  'est_revision_rate',
  'gross_margin_ttm',
  'roe_ttm',
  'net_debt_ebitda',
] as const

/** Fields of news and social sentiment of a name. */
export const SENTIMENT_FIELDS = [
  'sentiment_score',
  'sentiment_dispersion',
  'mention_abnormal',
] as const

/** Fields of analysts' actions on a name. */
export const ANALYST_FIELDS = ['net_upgrades_downgrades', 'target_price_revision'] as const

/** Fields of the market as a whole: VIX in points, yields in percent, prices, scores. */
export const MACRO_FIELDS = [
  'vix',
  'yield_10y',
  'yield_2y',
  'dxy',
  'wti',
  'gold',
  'cpi_surprise_state',
  'liquidity_stress',
  'regime_prob',
] as const
