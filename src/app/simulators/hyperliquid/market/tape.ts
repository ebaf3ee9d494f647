import type { Instrument, Side, TimeUs } from '../../../../core/mod.ts'
import { strangerAddress, tradeId, transactionHash } from '../wire/identity.ts'
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

/** A public trade as it is kept. Plain data. */
export interface PublicTrade {
  readonly aggressor: Side
  readonly price: number
  readonly lots: number
  readonly time: TimeUs
  /** Number of the venue's print; its trade id is made of it. */
  readonly counter: number
  /** Known parties; the others are strangers. */
  readonly buyer?: string
  readonly seller?: string
}

/** The venue's words for a public trade. */
export function wireTrade(instrument: Instrument, trade: PublicTrade): WireTrade {
  const tid = tradeId(trade.counter)
  return {
    coin: instrument.symbol,
    side: trade.aggressor === 'buy' ? 'B' : 'A',
    px: wirePrice(instrument, trade.price),
    sz: wireQuantity(instrument, trade.lots),
    time: wireTime(trade.time),
    hash: transactionHash(tid),
    tid,
    users: [trade.buyer ?? strangerAddress(tid), trade.seller ?? strangerAddress(tid + 1)],
  }
}
