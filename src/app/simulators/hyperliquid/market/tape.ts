import type { Instrument, Side, TimeUs } from '../../../../core/mod.ts'
import { strangerAddress, transactionHash } from '../wire/identity.ts'
import { wirePrice, wireQuantity, wireTime } from '../wire/numbers.ts'

/** A public trade in the venue's own words. */
export interface WireTrade {
  readonly coin: string
  /** "B" when a buyer took, "A" when a seller did. */
  readonly side: 'B' | 'A'
  readonly px: string
  readonly sz: string
  readonly time: number
  readonly hash: string
  readonly tid: number
  /** Buyer, seller. */
  readonly users: readonly [string, string]
}

/** Trades kept per coin. */
export const TRADES_KEPT = 200
/** Trades answered by recentTrades. */
export const RECENT_TRADES = 10
/** Trades in the first frame of a subscription. */
export const HISTORY_TRADES = 30

/** The venue's words for a public trade. Unknown parties are strangers. */
export function wireTrade(input: {
  readonly instrument: Instrument
  readonly aggressor: Side
  readonly price: number
  readonly lots: number
  readonly time: TimeUs
  readonly tid: number
  readonly buyer?: string
  readonly seller?: string
}): WireTrade {
  const { instrument, tid } = input
  return {
    coin: instrument.symbol,
    side: input.aggressor === 'buy' ? 'B' : 'A',
    px: wirePrice(instrument, input.price),
    sz: wireQuantity(instrument, input.lots),
    time: wireTime(input.time),
    hash: transactionHash(tid),
    tid,
    users: [input.buyer ?? strangerAddress(tid), input.seller ?? strangerAddress(tid + 1)],
  }
}
