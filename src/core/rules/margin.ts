import { type DatedRule, datedRule } from './dated-rule.ts'

/** What limits trades opened and closed within one session in a margin account. */
export type DayTradingRule =
  /**
   * A customer with so many day trades within so many sessions, unless they are no more than a
   * share of all trades, needs this equity, and may hold this multiple of the excess intraday.
   */
  | {
      readonly kind: 'patternDayTrader'
      readonly dayTrades: number
      readonly sessions: number
      readonly shareOfTradesMax: number
      /** Currency units. */
      readonly equityMin: number
      readonly intradayMultiple: number
    }
  /** No count and no minimum: positions must meet the margin standard within the session. */
  | { readonly kind: 'intradayMargin' }

/** FINRA Rule 4210(f)(8)(B) and what takes its place. */
export const dayTradingRule: DatedRule<DayTradingRule> = datedRule('day trading', [
  [
    '2001-09-28',
    {
      kind: 'patternDayTrader',
      dayTrades: 4,
      sessions: 5,
      shareOfTradesMax: 0.06,
      equityMin: 25_000,
      intradayMultiple: 4,
    },
    'NASD Notice to Members 01-26, now FINRA Rule 4210(f)(8)(B)',
  ],
  [
    '2026-06-04',
    { kind: 'intradayMargin' },
    'SR-FINRA-2025-017, FINRA Regulatory Notice 26-10; brokers may phase it in to 2027-10-20',
  ],
])

/** A day on which a customer opened and closed positions in one session. */
export interface SessionTrades {
  readonly dayTrades: number
  readonly trades: number
}

/** True when the last sessions, as many as the rule looks at, make a pattern day trader. */
export function isPatternDayTrader(
  rule: DayTradingRule,
  lastSessions: readonly SessionTrades[],
): boolean {
  if (rule.kind !== 'patternDayTrader') return false
  let dayTrades = 0
  let trades = 0
  for (const session of lastSessions.slice(-rule.sessions)) {
    dayTrades += session.dayTrades
    trades += session.trades
  }
  return dayTrades >= rule.dayTrades && dayTrades > rule.shareOfTradesMax * trades
}

/** Shares of a position's value that must be the customer's own. */
export interface MarginRule {
  /** On opening, so that what is held overnight is at most 1 / initial of the equity. */
  readonly initial: number
  readonly maintenanceLong: number
  /** Of shares at $5 or more; a short below it needs more. */
  readonly maintenanceShort: number
  /** Equity, currency units, below which nothing is lent. */
  readonly equityMin: number
}

/** Regulation T (2:1 overnight) with FINRA's maintenance margin. */
export const marginRule: DatedRule<MarginRule> = datedRule('Regulation T margin', [
  [
    '1974-01-03',
    { initial: 0.5, maintenanceLong: 0.25, maintenanceShort: 0.3, equityMin: 2000 },
    'Federal Reserve, Regulation T (12 CFR 220.12); FINRA Rule 4210(c)',
  ],
])
