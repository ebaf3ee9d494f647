import type { Instrument, MarketCursor, TimeUs } from '../../../../core/mod.ts'
import type { Candle } from './candles.ts'

/**
 * Where the market behind the venue comes from. Deterministic: the same calls, the same records.
 */
export interface MarketSource {
  readonly instruments: readonly Instrument[]
  /** True when its funding records are the rates that were settled; otherwise the venue sets them. */
  readonly settlesFunding: boolean
  /** Venue time of the last record there will ever be; Infinity for a market that goes on. */
  readonly endTime: TimeUs
  /** Candles from before the start, oldest first, minutes after hours; empty when there are none. */
  history(instrument: number): readonly Candle[]
  /**
   * Visits every record with venueTime in (last visited, toTime], in order of venueTime. The cursor
   * is reused. How the time is cut into calls does not matter.
   */
  advance(toTime: TimeUs, visit: (cursor: MarketCursor) => void): void
  /** Lets nothing happen up to a time; a recorded market ignores it. */
  skip(toTime: TimeUs): void
  /** Everything needed to go on later, as plain data (typed arrays included). */
  state(): unknown
}
