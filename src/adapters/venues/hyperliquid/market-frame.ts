import { MAXIMUM_PRICE } from '../../../core/mod.ts'

/** What a market frame holds. */
export type FrameKind = 'none' | 'book' | 'trades'

/** Most levels, and trades, of a frame that the scanner takes; longer frames are parsed. */
export const LEVEL_CAPACITY = 128
export const TRADE_CAPACITY = 512

/**
 * One market frame as integers, filled in place by either reader and reused for every frame.
 * Prices in quanta, quantities in lots, times in milliseconds as the venue writes them.
 */
export class MarketFrame {
  kind: FrameKind = 'none'
  /** Set by a reader that found it plausible while it read. */
  isPlausible = false
  /** Instrument of a book frame. */
  instrument = 0
  /** Venue time of a book frame, ms. */
  time = 0
  bidCount = 0
  askCount = 0
  /** (price, quantity) pairs, the bids and then the asks, each best first. */
  levels = new Float64Array(2 * LEVEL_CAPACITY)
  tradeCount = 0
  tradeInstruments = new Float64Array(TRADE_CAPACITY)
  tradeTimes = new Float64Array(TRADE_CAPACITY)
  tradePrices = new Float64Array(TRADE_CAPACITY)
  tradeQuantities = new Float64Array(TRADE_CAPACITY)
  tradeIds = new Float64Array(TRADE_CAPACITY)
  /** 0 buy aggressor, 1 sell aggressor. */
  tradeSides = new Float64Array(TRADE_CAPACITY)

  reset(): void {
    this.kind = 'none'
    this.isPlausible = false
    this.bidCount = 0
    this.askCount = 0
    this.tradeCount = 0
  }
}

/**
 * True when every number is one the core can be told: prices in 1..2^31-1, quantities positive,
 * book sides strictly ordered from the best. A crossed book passes: the core tells those apart.
 */
export function isPlausible(frame: MarketFrame): boolean {
  if (frame.isPlausible) return true
  if (frame.kind === 'book') {
    const { levels, bidCount, askCount } = frame
    return isOrdered(levels, 0, bidCount, -1) && isOrdered(levels, bidCount, askCount, 1)
  }
  for (let i = 0; i < frame.tradeCount; i++) {
    if (!(isPrice(frame.tradePrices[i]!) && frame.tradeQuantities[i]! >= 1)) return false
  }
  return frame.kind === 'trades'
}

function isOrdered(levels: Float64Array, from: number, count: number, direction: 1 | -1): boolean {
  const first = (2 * from) | 0
  const end = (first + 2 * count) | 0
  let last = direction > 0 ? 0 : Number.POSITIVE_INFINITY
  for (let i = first; i < end; i = (i + 2) | 0) {
    const price = levels[i]!
    if (!((price - last) * direction > 0 && levels[(i + 1) | 0]! >= 1)) return false
    last = price
  }
  // In order: no price lies beyond those at the ends.
  return count === 0 || (isPrice(levels[first]!) && isPrice(last))
}

const isPrice = (price: number): boolean => price >= 1 && price <= MAXIMUM_PRICE
