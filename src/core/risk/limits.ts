import type { TimeUs } from '../domain/units.ts'

/** Limits of one account. Money in quote units; null switches a limit off (and reports say so). */
export interface RiskLimits {
  /** Largest notional of one order that adds risk. */
  readonly orderNotionalMax: number | null
  /** Largest worst-case notional of one instrument's position (everything open filled). */
  readonly positionNotionalMax: number | null
  /** Sum of absolute worst-case notionals over all instruments. */
  readonly grossNotionalMax: number | null
  /** Absolute sum of signed worst-case notionals. */
  readonly netNotionalMax: number | null
  /** Instruments with a position or an open entry at the same time. */
  readonly positionsMax: number | null
  /** Gross worst-case notional over equity. */
  readonly leverageMax: number | null
  /** Orders that add risk per minute (token bucket of that capacity). Cancels never count. */
  readonly ordersPerMinuteMax: number | null
  /** Loss since the trading day's start at which new risk stops until the next day. */
  readonly dailyLossMax: number | null
  /** Fall from the trading day's highest equity, as a fraction, with the same consequence. */
  readonly dailyDrawdownMax: number | null
  /** Largest distance of a limit price from the mid, as a fraction. */
  readonly priceBandMax: number | null
  /** Age of the book beyond which new risk is blocked, us. */
  readonly bookAgeMaxUs: TimeUs
  /**
   * Age of the last account report beyond which new risk is blocked, us; null when not reported.
   */
  readonly accountAgeMaxUs: TimeUs | null
}

/** What stops new risk by itself. */
export type Breaker = 'dailyLoss' | 'dailyDrawdown'

/** A breaker that trips, its value and its limit in the same unit. */
export interface Trip {
  readonly breaker: Breaker
  readonly value: number
  readonly limit: number
}

/** State of the gate: plain data, part of the engine's snapshot. */
export interface RiskState {
  paused: boolean
  pausedReason: string
  /** Tripped breaker, or null. New risk only; re-arms at the next trading day or by an operator. */
  halted: { breaker: Breaker; value: number; limit: number; time: TimeUs } | null
  /** Trading day (days since 1970, UTC) the anchors belong to; -1 before the first equity. */
  tradingDay: number
  dayStartEquity: number
  dayHighEquity: number
  /** Token bucket of orders: tokens and when they were counted. */
  tokens: number
  tokensTime: TimeUs
}

export const freshRiskState = (limits: RiskLimits): RiskState => ({
  paused: false,
  pausedReason: '',
  halted: null,
  tradingDay: -1,
  dayStartEquity: 0,
  dayHighEquity: 0,
  tokens: limits.ordersPerMinuteMax ?? 0,
  tokensTime: 0,
})

const DAY_US = 86_400_000_000

/** The breaker that this equity trips, if any; keeps the day's anchors. Mutates `state`. */
export function updateBreakers(
  state: RiskState,
  limits: RiskLimits,
  equity: number,
  now: TimeUs,
): Trip | null {
  const day = Math.floor(now / DAY_US)
  if (day !== state.tradingDay) {
    state.tradingDay = day
    state.dayStartEquity = equity
    state.dayHighEquity = equity
    state.halted = null
  }
  if (equity > state.dayHighEquity) state.dayHighEquity = equity
  if (state.halted !== null) return null
  const loss = state.dayStartEquity - equity
  if (limits.dailyLossMax !== null && loss >= limits.dailyLossMax) {
    return trip(state, { breaker: 'dailyLoss', value: loss, limit: limits.dailyLossMax }, now)
  }
  const drawdown = state.dayHighEquity > 0 ? 1 - equity / state.dayHighEquity : 0
  if (limits.dailyDrawdownMax !== null && drawdown >= limits.dailyDrawdownMax) {
    const limit = limits.dailyDrawdownMax
    return trip(state, { breaker: 'dailyDrawdown', value: drawdown, limit }, now)
  }
  return null
}

function trip(state: RiskState, what: Trip, now: TimeUs): Trip {
  state.halted = { ...what, time: now }
  return what
}
