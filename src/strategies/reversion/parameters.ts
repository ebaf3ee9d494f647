import type { Execution } from '../routing.ts'
import type { Sizer } from '../sizing/sizer.ts'

/** Entry and exit thresholds of one instrument (z units, exits nearer to zero than entries). */
export interface Tier {
  readonly longEntry: number
  readonly longExit: number
  readonly shortEntry: number
  readonly shortExit: number
}

/** Parameters of z-score mean reversion gated by order-book imbalance. */
export interface ReversionParameters extends Execution {
  /** Thresholds where an instrument has none of its own. */
  readonly tier: Tier
  /** By symbol. */
  readonly overrides: Readonly<Record<string, Tier>>
  readonly direction: 'long' | 'both'
  /**
   * Imbalance must pass +threshold for longs, -threshold for shorts; null switches the gate off.
   */
  readonly imbalanceThreshold: number | null
  /** Longs only above, shorts only below the trend average. */
  readonly trendGate: boolean
  /** A z exit needs the position to be held this long and to be ahead by this much; null is off. */
  readonly revertGate: { readonly holdUs: number; readonly favourableBp: number } | null
  /** Adverse move from the average entry price, as a fraction; null is off. */
  readonly stopLoss: number | null
  /** Longest holding time from the first fill, us; null is off. */
  readonly timeStopUs: number | null
  /** In its place while US stock exchanges are open, us. */
  readonly timeStopStockHoursUs?: number
  /** Longest holding time in closes of US stock exchanges; null or absent is off. */
  readonly timeStopSessions?: number | null
  /** Without a fresh quote an entry is refused (the default), or passes book and imbalance. */
  readonly noQuote?: 'refuse' | 'pass'
  /**
   * Expected reversion must exceed costs by this many basis points; null is off (reports say so).
   */
  readonly costGate: { readonly marginBp: number; readonly holdUs: number } | null
  /** Money per entry, in quote units, where nothing else sizes. */
  readonly notional: number
  /** Before `notional`, by symbol or `dex:*`. */
  readonly notionals?: Readonly<Record<string, number>>
  /** Another size than `notional`, with the signal's longest gap that restarts no window. */
  readonly sizing?: { readonly sizer: Sizer; readonly maxGap: number }
}

/** The thresholds that hold for a symbol. */
export const tierOf = (parameters: ReversionParameters, symbol: string): Tier =>
  parameters.overrides[symbol] ?? parameters.tier

/** Value of an entry in a symbol, in quote units: its own, else its dex's, else that of all. */
export function notionalOf(
  { notional, notionals = {} }: Pick<ReversionParameters, 'notional' | 'notionals'>,
  symbol: string,
): number {
  return notionals[symbol] ?? notionals[`${symbol.split(':')[0]}:*`] ?? notional
}
