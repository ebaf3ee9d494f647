import type { CalendarId } from '../calendar/sessions.ts'
import type { HaltWindow } from '../domain/event.ts'
import type { TimeUs } from '../domain/units.ts'
import type { Breaker, BreakerPolicy, RegimeRule } from './policy.ts'

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
  /** Limits of single instruments beside `positionNotionalMax`, by id; null for none. */
  readonly positionNotionalMaxes?: readonly (number | null)[]
  /** What stops new risk by itself, a policy each; one that is not here never trips. */
  readonly breakers: readonly BreakerPolicy[]
  /** When the account's trading day begins where it is of UTC, after midnight, us. */
  readonly tradingDayStartUs?: TimeUs
  /** Whose days are the trading days: of UTC (`always`, the default) or an exchange's sessions. */
  readonly tradingDayCalendar?: CalendarId
  /** What the `regime` breaker watches. */
  readonly regime?: RegimeRule | null
  /** When the `macro` breaker holds, ascending and not overlapping (`mergeHalts`). */
  readonly haltWindows?: readonly HaltWindow[]
  /** Largest distance of a limit price from the mid, as a fraction. */
  readonly priceBandMax: number | null
  /** Age of the book beyond which new risk is blocked, us. */
  readonly bookAgeMaxUs: TimeUs
  /**
   * Age of the last account report beyond which new risk is blocked, us; null when not reported.
   */
  readonly accountAgeMaxUs: TimeUs | null
}

/** State of the gate: plain data, part of the engine's snapshot. */
export interface RiskState {
  paused: boolean
  pausedReason: string
  /** Tripped breakers, in the order of tripping. */
  trips: { breaker: Breaker; value: number; limit: number; time: TimeUs }[]
  /** Trading day (days since 1970, of its calendar) the day's anchors belong to; -1 before the first equity. */
  tradingDay: number
  dayStartEquity: number
  dayHighEquity: number
  /** First equity of the session, restarts included; null before it. */
  sessionStartEquity: number | null
  /** Highest equity since the journal began; null before the first. */
  highEquity: number | null
  /** Until when an operator halts new risk; 0 when not. */
  haltedUntil: TimeUs
  /** Halts that the session was told of beside those of the limits, ascending, not overlapping. */
  announcedHalts: readonly HaltWindow[]
  /** Closes of the regime's instruments, by their place in the rule: [closeTime, close], oldest first. */
  regimeCloses: [TimeUs, number][][]
  /** Token bucket of orders: tokens and when they were counted. */
  tokens: number
  tokensTime: TimeUs
}

export const freshRiskState = (limits: RiskLimits): RiskState => ({
  paused: false,
  pausedReason: '',
  trips: [],
  tradingDay: -1,
  dayStartEquity: 0,
  dayHighEquity: 0,
  sessionStartEquity: null,
  highEquity: null,
  haltedUntil: 0,
  announcedHalts: [],
  regimeCloses: [],
  tokens: limits.ordersPerMinuteMax ?? 0,
  tokensTime: 0,
})
