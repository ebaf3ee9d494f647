import type { Instrument } from '../../../../core/mod.ts'
import { ordersAtLevel } from '../wire/identity.ts'
import { wirePrice, wireQuantity } from '../wire/numbers.ts'

/** One price level: quanta, lots, number of orders. */
export interface Level {
  readonly price: number
  readonly lots: number
  readonly orders: number
}

/** Both sides, best first. */
export interface Depth {
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
}

/** What the depth is read from. Side 0 bid, 1 ask; level 0 is the best. */
export interface DepthSource {
  depth(side: 0 | 1): number
  priceAt(side: 0 | 1, level: number): number
  quantityAt(side: 0 | 1, level: number): number
}

/** An own resting order, as far as the book shows it. */
export interface ShownOrder {
  readonly side: 'buy' | 'sell'
  readonly price: number
  readonly leavesLots: number
}

/**
 * The book everybody sees: the market's levels with the users' resting orders added. An order that
 * would cross the opposite side is not shown, so the orders never make the book locked or crossed.
 */
export function readDepth(book: DepthSource, orders: Iterable<ShownOrder>): Depth {
  const sides: [Level[], Level[]] = [readSide(book, 0), readSide(book, 1)]
  for (const order of orders) {
    const side = order.side === 'buy' ? 0 : 1
    const opposite = sides[1 - side]![0]?.price
    const crosses =
      side === 0 ? order.price >= (opposite ?? Infinity) : order.price <= (opposite ?? 0)
    if (crosses) continue
    addOrder(sides[side], side, order)
  }
  return { bids: sides[0], asks: sides[1] }
}

function readSide(book: DepthSource, side: 0 | 1): Level[] {
  const levels: Level[] = []
  const count = book.depth(side)
  for (let i = 0; i < count; i++) {
    const price = book.priceAt(side, i)
    const lots = book.quantityAt(side, i)
    if (lots > 0) levels.push({ price, lots, orders: ordersAtLevel(price, lots) })
  }
  return levels
}

function addOrder(levels: Level[], side: 0 | 1, order: ShownOrder): void {
  const { price, leavesLots } = order
  let at = 0
  const better = (level: Level): boolean => (side === 0 ? level.price > price : level.price < price)
  while (at < levels.length && better(levels[at]!)) at++
  const level = levels[at]
  if (level?.price === price) {
    levels[at] = { price, lots: level.lots + leavesLots, orders: level.orders + 1 }
  } else levels.splice(at, 0, { price, lots: leavesLots, orders: 1 })
}

/** How a client wants levels merged. Nulls mean: as they are. */
export interface Aggregation {
  /** Significant figures of the merged prices, 2 to 5. */
  readonly nSigFigs: number | null
  /** Only with 5 figures: the last one is a multiple of this (1, 2 or 5). */
  readonly mantissa: number | null
}

/** Merges levels onto coarser prices: bids round down, asks round up. */
export function aggregate(depth: Depth, wanted: Aggregation): Depth {
  if (wanted.nSigFigs === null) return depth
  const step = (price: number): number => {
    const digits = Math.floor(Math.log10(price) + 1e-12) + 1
    const unit = 10 ** Math.max(0, digits - wanted.nSigFigs!)
    return unit * (wanted.mantissa ?? 1)
  }
  const mergeSide = (levels: readonly Level[], round: (value: number) => number): Level[] => {
    const merged: Level[] = []
    for (const level of levels) {
      const size = step(level.price)
      const price = round(level.price / size) * size
      const last = merged[merged.length - 1]
      if (last?.price === price) {
        merged[merged.length - 1] = {
          price,
          lots: last.lots + level.lots,
          orders: last.orders + level.orders,
        }
      } else merged.push({ ...level, price })
    }
    return merged
  }
  return { bids: mergeSide(depth.bids, Math.floor), asks: mergeSide(depth.asks, Math.ceil) }
}

/** A level in the venue's words. */
export interface WireLevel {
  readonly px: string
  readonly sz: string
  readonly n: number
}

/** The best `count` levels of both sides in the venue's words. */
export function wireLevels(
  instrument: Instrument,
  depth: Depth,
  count: number,
): [WireLevel[], WireLevel[]] {
  const side = (levels: readonly Level[]): WireLevel[] =>
    levels.slice(0, count).map((level) => ({
      px: wirePrice(instrument, level.price),
      sz: wireQuantity(instrument, level.lots),
      n: level.orders,
    }))
  return [side(depth.bids), side(depth.asks)]
}
