import type { Clearing } from './clearing.ts'
import type { VenueMarket } from './venue-market.ts'
import { otherSide, reaches, sideIndex, type VenueOrder } from './venue-order.ts'

/**
 * Matches an order against what stands on the other side at its limit or better, level by level:
 * free external liquidity and other accounts' resting orders, in price priority and by their place
 * in the queue. The account's own resting orders in its way are canceled (self-trade prevention).
 * What it takes is gone until the level updates.
 */
export function takeLiquidity(market: VenueMarket, clearing: Clearing, taker: VenueOrder): void {
  const side = sideIndex(taker.order.side)
  const other = otherSide(side)
  const { book } = market
  const resting = market.resting[other]
  let level = 0
  let first = 0
  while (clearing.fillable(market.instrument, taker) > 0) {
    const external = level < book.depth(other) ? book.priceAt(other, level) : null
    const simulated = first < resting.length ? resting[first]!.order.price : null
    if (external === null && simulated === null) return
    const simulatedFirst =
      simulated !== null && (external === null || !reaches(other, external, simulated))
    const price = simulatedFirst || external === null ? simulated! : external
    if (!reaches(side, taker.order.price, price)) return
    let end = first
    while (end < resting.length && resting[end]!.order.price === price) end++
    const displayed = external === price ? book.quantityAt(other, level) : 0
    takeLevel(market, clearing, taker, { price, displayed, makers: resting.slice(first, end) })
    first = end
    if (external === price) level++
  }
}

/** One price level as a taker meets it; makers in time priority. */
interface MetLevel {
  readonly price: number
  readonly displayed: number
  readonly makers: readonly VenueOrder[]
}

function takeLevel(
  market: VenueMarket,
  clearing: Clearing,
  taker: VenueOrder,
  { price, displayed, makers }: MetLevel,
): void {
  const { instrument, consumed } = market
  const side = otherSide(sideIndex(taker.order.side))
  const free = consumed.free(side, price, displayed)
  let taken = 0
  const takeExternal = (upTo: number) => {
    const quantity = Math.min(upTo - taken, clearing.fillable(instrument, taker))
    if (quantity <= 0) return
    clearing.execute(market, taker, { price, quantity, liquidity: 'taker' })
    taken += quantity
  }
  for (const maker of makers) {
    if (maker.isClosed) continue
    const { ahead } = maker.place
    takeExternal(ahead < 0 ? free : Math.min(free, ahead))
    const wanted = clearing.fillable(instrument, taker)
    if (wanted === 0) break
    if (maker.account === taker.account) {
      clearing.cancel(maker, { code: 'selfTrade', text: 'would trade with own order' })
      continue
    }
    const quantity = Math.min(wanted, clearing.fillable(instrument, maker))
    if (quantity === 0) continue
    clearing.execute(market, taker, { price, quantity, liquidity: 'taker' })
    clearing.execute(market, maker, { price, quantity, liquidity: 'maker' })
  }
  takeExternal(free)
  if (taken === 0) return
  consumed.take(side, price, displayed, taken)
  for (const maker of makers) {
    if (maker.place.ahead > 0) maker.place.ahead = Math.max(0, maker.place.ahead - taken)
  }
}
