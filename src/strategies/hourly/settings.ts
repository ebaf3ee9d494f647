import type {
  GovernorRules,
  PortfolioLimits,
  TradingCosts,
  VolatilityBand,
} from '../../core/mod.ts'

/** How the hourly strategy decides and trades: plain data, printed with every result. */
export interface HourlySettings {
  readonly preset: string
  readonly limits: PortfolioLimits
  /** Annual, ex ante. */
  readonly band: VolatilityBand
  /** Basis points per variance of one bar, before the band changes it. */
  readonly aversion: number
  /** Basis points off the score for each unit of downside probability. */
  readonly downsideChargeBp: number
  /** What the probability is counted from: nothing, or the mean of the names that have one. */
  readonly downsideBase: 'zero' | 'mean'
  /** Least dollar volume that is usual in an hour; names below it are only sold. */
  readonly dollarVolumeMin: number
  /** Trades smaller than this share of equity are not made, but for exits. */
  readonly tradeMin: number
  /** Bars from one decision to the next. */
  readonly everyBars: number
  /** What a decision left undone: traded in the bars until the next one, or not. */
  readonly remainder: 'carry' | 'drop'
  /** From the sales of an hour to its purchases, us. */
  readonly buyDelayUs: number
  readonly costs: TradingCosts
  readonly governor: GovernorRules
  /** The covariance's memory and prior, in bars. */
  readonly risk: { readonly halfLifeBars: number; readonly priorBars: number }
  /** Bars that the covariance must rest on before anything is bought. */
  readonly warmUpBars: number
}

const corrected: HourlySettings = {
  preset: 'corrected',
  limits: { nameMax: 0.1, sectorMax: 0.3, exposureMax: 1, turnoverMax: 0.125 },
  band: { low: 0.15, high: 0.2 },
  aversion: 50_000,
  downsideChargeBp: 10,
  downsideBase: 'mean',
  dollarVolumeMin: 2_000_000,
  tradeMin: 0.0005,
  everyBars: 1,
  remainder: 'drop',
  buyDelayUs: 120_000_000,
  costs: {
    slippageBp: 1,
    halfSpread: [
      { dollarsFrom: 1_000_000_000, bp: 0.5 },
      { dollarsFrom: 100_000_000, bp: 1 },
      { dollarsFrom: 30_000_000, bp: 1.5 },
      { dollarsFrom: 10_000_000, bp: 2.5 },
      { dollarsFrom: 3_000_000, bp: 4 },
      { dollarsFrom: 0, bp: 8 },
    ],
    tickDollars: 0.01,
    impact: { kind: 'squareRoot', y: 1 },
    participationMax: 0.05,
    volumeHalfLifeSessions: 10,
    volatilityHalfLifeBars: 140,
  },
  governor: {
    steps: [
      { regime: 'conservative', enterAt: 0.08, leaveAt: 0.05, exposure: 0.75 },
      { regime: 'conservative', enterAt: 0.12, leaveAt: 0.09, exposure: 0.5 },
      { regime: 'riskOff', enterAt: 0.2, leaveAt: 0.15, exposure: 0 },
    ],
    patience: 140,
  },
  risk: { halfLifeBars: 400, priorBars: 60 },
  warmUpBars: 35,
}

/**
 * The settings that have names. `corrected`: what a careful run uses. `seed`: limits, costs by
 * dollar volume and the drawdown rule of the earlier Python system, in the same sound machinery:
 * its two-way turnover of 0.25 is 0.125 one way, its volume is the trailing one, and its risk-off
 * state keeps waiting for a recovery that nothing held can bring.
 */
export const HOURLY_PRESETS: Readonly<Record<'seed' | 'corrected', HourlySettings>> = {
  corrected,
  seed: {
    ...corrected,
    preset: 'seed',
    downsideChargeBp: 40,
    downsideBase: 'zero',
    costs: {
      ...corrected.costs,
      halfSpread: [{ dollarsFrom: 0, bp: 0.5 }],
      tickDollars: 0,
      impact: {
        kind: 'table',
        rows: [
          { dollarsFrom: 100_000_000, bp: 4 },
          { dollarsFrom: 30_000_000, bp: 5.6 },
          { dollarsFrom: 10_000_000, bp: 8 },
          { dollarsFrom: 3_000_000, bp: 11.2 },
          { dollarsFrom: 0, bp: 15.2 },
        ],
        unknownBp: 25,
      },
    },
    governor: {
      steps: [
        { regime: 'conservative', enterAt: 0.2, leaveAt: 0.09, exposure: 0.5 },
        { regime: 'riskOff', enterAt: 0.2, leaveAt: 0.15, exposure: 0 },
      ],
      patience: null,
    },
  },
}
