import type { Instrument } from '../domain/instrument.ts'
import { priceStep, roundPrice } from '../domain/instrument.ts'
import type { Side, TimeUs } from '../domain/units.ts'
import { checkAccount } from './admission.ts'
import { type Clearing, noLongerReduces } from './clearing.ts'
import { nothingToTake } from './order-entry.ts'
import { insertResting, type VenueMarket } from './venue-market.ts'
import { reaches, sideIndex, type VenueOrder } from './venue-order.ts'

/** A finished bar; prices in quanta, times in us. */
export interface VenueBar {
  readonly openTime: TimeUs
  readonly closeTime: TimeUs
  readonly open: number
  readonly high: number
  readonly low: number
}

/** What trading at a bar's open costs beyond the open, parts per 10^9 of price. */
export interface BarCosts {
  readonly halfSpreadE9: number
  readonly impactE9: number
}

/**
 * Price of a taker at a bar's open in quanta: the open worsened by half the spread and the impact,
 * rounded against the taker to an acceptable price.
 */
export function openFillPrice(
  instrument: Instrument,
  side: Side,
  open: number,
  costs: BarCosts,
): number {
  const product = BigInt(open) * BigInt(costs.halfSpreadE9 + costs.impactE9)
  const worsening = Number((product + 999_999_999n) / 1_000_000_000n)
  return side === 'buy'
    ? roundPrice(instrument, open + worsening, 'up')
    : Math.max(1, roundPrice(instrument, open - worsening, 'down'))
}

/** True when the bar traded beyond a resting order's limit by at least one tick. */
export function isTradedThrough(
  instrument: Instrument,
  side: Side,
  limit: number,
  bar: Pick<VenueBar, 'high' | 'low'>,
): boolean {
  const tick = priceStep(instrument, limit)
  return side === 'buy' ? bar.low <= limit - tick : bar.high >= limit + tick
}

/** How a position left within one bar. */
export interface BarExit {
  readonly reason: 'stop' | 'target'
  readonly price: number
}

/**
 * Where a position with a stop and a target leaves within one bar, null when neither is met. A stop
 * is met when touched and fills at the stop, or at the open when the bar opens beyond it; a target
 * only when traded through by a tick. The bar does not tell which came first: both = the stop.
 * Prices in quanta; `side` is the side that opened the position.
 */
export function exitWithinBar(
  instrument: Instrument,
  side: Side,
  levels: { readonly stop: number | null; readonly target: number | null },
  bar: Pick<VenueBar, 'open' | 'high' | 'low'>,
): BarExit | null {
  const { stop, target } = levels
  if (stop !== null && (side === 'buy' ? bar.low <= stop : bar.high >= stop)) {
    const price = side === 'buy' ? Math.min(stop, bar.open) : Math.max(stop, bar.open)
    return { reason: 'stop', price }
  }
  const exitSide: Side = side === 'buy' ? 'sell' : 'buy'
  if (target !== null && isTradedThrough(instrument, exitSide, target, bar)) {
    return { reason: 'target', price: target }
  }
  return null
}

/**
 * Matches a bar: orders that arrived at or before its open trade at the open or come to rest there,
 * then resting orders that the bar traded through fill at their limit, known at its close. Bars say
 * nothing of depth: every fill is complete.
 */
export function matchBar(
  markets: readonly VenueMarket[],
  clearing: Clearing,
  market: VenueMarket,
  bar: VenueBar,
  costs: BarCosts,
): void {
  for (const held of market.waiting) {
    if (held.arrivalTime <= bar.openTime) decideAtOpen(markets, clearing, held, bar, costs)
  }
  for (const orders of market.resting) {
    for (const held of orders) {
      const { side, price } = held.order
      if (held.isClosed) continue
      if (!isTradedThrough(market.instrument, side, price, bar)) continue
      const quantity = clearing.fillable(market.instrument, held)
      if (quantity === 0) continue
      clearing.execute(market, held, { price, quantity, liquidity: 'maker' }, bar.closeTime)
    }
  }
}

function decideAtOpen(
  markets: readonly VenueMarket[],
  clearing: Clearing,
  held: VenueOrder,
  bar: VenueBar,
  costs: BarCosts,
): void {
  const { order } = held
  const market = markets[order.instrument]!
  const at = bar.openTime
  const refusal = checkAccount(clearing.account(held.account), markets, held)
  if (refusal !== null) return clearing.reject(held, refusal, at)
  const side = sideIndex(order.side)
  const price = openFillPrice(market.instrument, order.side, bar.open, costs)
  if (reaches(side, order.price, price)) {
    if (order.postOnly) {
      const text = 'post-only order would have traded at the open'
      return clearing.reject(held, { code: 'postOnlyWouldCross', text }, at)
    }
    const quantity = clearing.fillable(market.instrument, held)
    clearing.execute(market, held, { price, quantity, liquidity: 'taker' }, at)
    if (!held.isClosed) clearing.cancel(held, noLongerReduces(held), at)
    return
  }
  if (order.timeInForce === 'ioc') return clearing.reject(held, nothingToTake, at)
  clearing.accept(held, at)
  insertResting(market, side, held)
}
