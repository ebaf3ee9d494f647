import { type Instrument, MONEY_UNIT, type StrategyView } from '../../core/mod.ts'
import type { Pair } from './pair-state.ts'

/** Price quanta at which a leg is valued: its mid; null without a book. */
function midOf({ id }: Instrument, view: StrategyView): number | null {
  const bid = view.bestBid(id)
  const ask = view.bestAsk(id)
  return bid === null || ask === null ? null : (bid + ask) / 2
}

const worthOf = (lots: number, price: number, instrument: Instrument): number =>
  (lots * price) / 10 ** (instrument.priceDecimals + instrument.quantityDecimals)

/**
 * Lots of the second leg that hedge lots of the first at its price (its fills' average, or its mid
 * where null): leg B is worth |beta| times leg A. Nearest whole lot, 0 without a price.
 */
export function hedgeLots(
  { legA, first, second }: Pair,
  entry: {
    readonly beta: number
    readonly firstLots: number
    readonly firstPrice: number | null
  },
  view: StrategyView,
): number {
  const firstPrice = entry.firstPrice ?? midOf(first, view)
  const secondMid = midOf(second, view)
  if (firstPrice === null || secondMid === null) return 0
  const size = Math.abs(entry.beta)
  const ratio = first.id === legA.id ? size : 1 / size
  const value = ratio * worthOf(entry.firstLots, firstPrice, first)
  return Math.round(value / worthOf(1, secondMid, second))
}

/** True when the venue would not take an order of so many lots. */
export function isTooSmall(instrument: Instrument, lots: number, view: StrategyView): boolean {
  const mid = midOf(instrument, view)
  if (mid === null || lots < instrument.minimumQuantity) return true
  return worthOf(lots, mid, instrument) < Number(instrument.minimumNotional) / Number(MONEY_UNIT)
}

/** Loss of both legs at the mids against their entries, quote units; negative is a gain. */
export function openLoss({ first, second }: Pair, view: StrategyView): number {
  let loss = 0
  for (const leg of [first, second]) {
    const entry = view.averageEntryPrice(leg.id)
    const mid = midOf(leg, view)
    if (entry !== null && mid !== null) loss += worthOf(view.position(leg.id), entry - mid, leg)
  }
  return loss
}

/** Fees of both ways and the spread of one leg, as a fraction of its value; null without a book. */
export function legCost({ id, fees }: Instrument, view: StrategyView): number | null {
  const bid = view.bestBid(id)
  const ask = view.bestAsk(id)
  if (bid === null || ask === null) return null
  return (2 * fees.takerE9) / 1e9 + (2 * (ask - bid)) / (ask + bid)
}
