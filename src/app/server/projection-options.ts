import type { Instrument, Mode, SignalOptions, TradingDays } from '../../core/mod.ts'
import type { AgeBudgets } from './folds/health-fold.ts'
import type { SignalThresholds } from './views.ts'

/** Facts about the session that are not in its event stream. */
export interface ProjectionOptions {
  readonly instruments: readonly Instrument[]
  readonly mode: Mode
  /** Whose money: account and venue, shown in the ribbon and asked for by LIVE confirmations. */
  readonly account: string
  readonly version: string
  /** How the session makes its bars and z. */
  readonly signal: SignalOptions
  readonly imbalanceLevels: number
  /** Levels drawn into the panes, by instrument id; null where there is no such rule. */
  readonly thresholds: readonly (SignalThresholds | null)[]
  readonly ageBudgets: AgeBudgets
  /** True when the core's time is real time (rehearse, paper, shadow, live). */
  readonly isRealTime: boolean
  /** Whose days the account's are; those of UTC unless given. */
  readonly tradingDays?: TradingDays
}

/** What only the server knows; joined to the health view. */
export interface ServerHealth {
  readonly clients: number
  readonly memoryMegabytes: number
  readonly eventLoopLagMs: number
  readonly uptimeSeconds: number
}
