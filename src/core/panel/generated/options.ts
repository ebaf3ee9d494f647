import type { DayNumber } from '../../calendar/civil-day.ts'
import { assert } from '../../lib/assert.ts'
import { type BarAnchor, DECISION_DELAY_US } from '../hour-grid.ts'

/** A column that an edge can be planted in: those whose values average 0 over names. */
export type SignalColumn =
  | 'eps_surprise_std'
  | 'revenue_surprise_std'
  | 'guidance_sentiment'
  | 'est_revision_rate'
  | 'sentiment_score'
  | 'mention_abnormal'
  | 'net_upgrades_downgrades'
  | 'target_price_revision'

/** A stated forecast that a generated panel really holds. */
export interface PlantedEdge {
  readonly column: SignalColumn
  /**
   * Expected basis points from the next open to the open five bars later, for each unit of the
   * column's last value known at the decision; over members and others alike. The benchmark has none.
   */
  readonly bpPer5Bars: number
}

/** What a generated panel is like. Only the first three must be given. */
export interface GeneratedPanelOptions {
  readonly seed: number
  /** Names in all, members of the index or not; 1 to 32,767. */
  readonly names: number
  /** Sessions of US stock exchanges from `firstDay` on. */
  readonly sessions: number
  /** 2019-01-02 by default. */
  readonly firstDay?: DayNumber
  readonly anchor?: BarAnchor
  readonly decisionDelayUs?: number
  readonly edge?: PlantedEdge | null
  /** Expected return a year of every name, a fraction of price; of the benchmark too. 0 by default. */
  readonly driftPerYear?: number
  /** Volatility a year of the market, of a sector beside it, and of a typical name beside both. */
  readonly marketVolatility?: number
  readonly sectorVolatility?: number
  readonly nameVolatility?: number
  /** Share of the names that are not members at first. */
  readonly reserveShare?: number
  /** Share of the members exchanged, and of the names that stop trading, a year. */
  readonly changesPerYear?: number
  readonly delistingsPerYear?: number
  /** Chance of news, and of an analyst's action, in a bar of a name. */
  readonly sentimentRate?: number
  readonly analystRate?: number
}

/** Options with every default in its place. */
export type GeneratedPanelSettings = Required<GeneratedPanelOptions>

const JANUARY_2_2019 = 17_898

/** Completes the options of a generated panel. */
export function generatedSettings(options: GeneratedPanelOptions): GeneratedPanelSettings {
  const settings = {
    firstDay: JANUARY_2_2019,
    anchor: 'clockHour' as const,
    decisionDelayUs: DECISION_DELAY_US,
    edge: null,
    driftPerYear: 0,
    marketVolatility: 0.16,
    sectorVolatility: 0.08,
    nameVolatility: 0.24,
    reserveShare: 0.06,
    changesPerYear: 0.04,
    delistingsPerYear: 0.02,
    sentimentRate: 0.35,
    analystRate: 0.05,
    ...options,
  }
  const { names, sessions } = settings
  assert(Number.isInteger(names) && names >= 1 && names <= 32_767, 'names: 1 to 32,767')
  assert(Number.isInteger(sessions) && sessions >= 1, 'sessions: at least 1')
  assert(settings.driftPerYear > -1, 'driftPerYear: above -1')
  assert(settings.nameVolatility > 0, 'nameVolatility: above 0')
  for (const key of SHARES) {
    assert(settings[key] >= 0 && settings[key] <= 1, `${key}: 0 to 1`)
  }
  return settings
}

const SHARES = ['reserveShare', 'sentimentRate', 'analystRate'] as const

/** Sessions of a year, for figures stated by year. */
export const SESSIONS_PER_YEAR = 252
