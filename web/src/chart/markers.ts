import { numberText } from '../lib/format.ts'
import type { BarsView, FillView, OrderView } from '../lib/protocol.ts'
import { milliseconds } from '../lib/time.ts'

/** One mark on the price: what happened, where, and what it says when pointed at. */
export interface Marker {
  readonly kind: 'fill' | 'partial' | 'placed' | 'canceled'
  readonly side: 'buy' | 'sell'
  /** Open of the bar it falls into, seconds since 1970. */
  readonly barSeconds: number
  readonly price: number
  /** Relative size, 0 to 1, by the square root of the quantity. */
  readonly size: number
  readonly orderId: string | null
  readonly text: string
}

/** A span in which a position was held. `untilSeconds` null means it still is. */
export interface Holding {
  readonly direction: 'long' | 'short'
  readonly fromSeconds: number
  readonly untilSeconds: number | null
}

/** Marks of fills, live orders and canceled ones; those before the first bar are left out. */
export function makeMarkers(
  bars: BarsView,
  orders: readonly OrderView[],
  fills: readonly FillView[],
): readonly Marker[] {
  const first = bars.openSeconds[0]
  if (first === undefined) return []
  const barOf = (iso: string) =>
    Math.floor(milliseconds(iso) / 1000 / bars.intervalSeconds) * bars.intervalSeconds
  const byId = new Map(orders.map((order) => [order.clientOrderId, order]))
  const markers = [...fillMarkers(bars, fills, byId, barOf)]
  for (const order of orders) {
    if (order.instrument !== bars.instrument || order.state === 'denied') continue
    const isCanceled = order.state === 'canceled' && Number(order.filledQuantity) === 0
    if (!order.isOpen && !isCanceled) continue
    markers.push({
      kind: isCanceled ? 'canceled' : 'placed',
      side: order.side,
      barSeconds: barOf(isCanceled ? order.changedTime : order.sentTime),
      price: Number(order.price),
      size: 0.5,
      orderId: order.clientOrderId,
      text: `${order.side} ${order.quantity} at ${order.price}, ${order.state}`,
    })
  }
  return markers.filter((marker) => marker.barSeconds >= first)
}

interface FillGroup {
  readonly first: FillView
  readonly barSeconds: number
  quantity: number
  value: number
  cost: number | null
}

/** One marker for the fills of one order in one bar, at their average price. */
function fillMarkers(
  bars: BarsView,
  fills: readonly FillView[],
  orders: ReadonlyMap<string, OrderView>,
  barOf: (iso: string) => number,
): readonly Marker[] {
  const groups = new Map<string, FillGroup>()
  for (const fill of fills) {
    // One of nothing corrects a fee.
    if (fill.instrument !== bars.instrument || Number(fill.quantity) === 0) continue
    const barSeconds = barOf(fill.venueTime)
    const key = `${fill.clientOrderId ?? fill.executionId}|${barSeconds}`
    const group = groups.get(key) ?? { first: fill, barSeconds, quantity: 0, value: 0, cost: 0 }
    const quantity = Number(fill.quantity)
    group.quantity += quantity
    group.value += quantity * Number(fill.price)
    const isKnown = group.cost !== null && fill.slippageBps !== null
    group.cost = isKnown ? group.cost! + quantity * fill.slippageBps! : null
    groups.set(key, group)
  }
  const largest = Math.max(...[...groups.values()].map((group) => group.quantity), Number.MIN_VALUE)
  return [...groups.values()].map((group) => {
    const { first, quantity, barSeconds } = group
    const order = first.clientOrderId === null ? undefined : orders.get(first.clientOrderId)
    const isPart = order !== undefined && Number(order.leavesQuantity) > 0
    return {
      kind: isPart ? 'partial' : 'fill',
      side: first.side,
      barSeconds,
      price: group.value / quantity,
      size: Math.sqrt(quantity / largest),
      orderId: first.clientOrderId,
      text: fillText(group),
    }
  })
}

function fillText({ first, quantity, value, cost }: FillGroup): string {
  const decimals = (text: string) => text.split('.')[1]?.length ?? 0
  const size = numberText(quantity, decimals(first.quantity))
  const price = numberText(value / quantity, decimals(first.price))
  const slip = cost === null ? '' : `, slippage ${numberText(cost / quantity, 1, true)} bp`
  const side = first.side === 'buy' ? 'bought' : 'sold'
  return `${first.role}: ${side} ${size} at ${price}, ${first.liquidity}${slip}`
}

/** When a position was held, walked back from the present one through the fills. */
export function makeHoldings(
  fills: readonly FillView[],
  instrument: number,
  present: number,
): readonly Holding[] {
  const holdings: Holding[] = []
  let position = present
  let until: number | null = null
  const own = fills.filter((fill) => fill.instrument === instrument)
  for (const fill of own.toReversed()) {
    const seconds = milliseconds(fill.venueTime) / 1000
    const before = Number(fill.positionBefore)
    if (Math.sign(before) !== Math.sign(position)) {
      if (position !== 0) holdings.unshift(holding(position, seconds, until))
      until = seconds
    }
    position = before
  }
  if (position !== 0) holdings.unshift(holding(position, 0, until))
  return holdings
}

const holding = (position: number, from: number, until: number | null): Holding => ({
  direction: position > 0 ? 'long' : 'short',
  fromSeconds: from,
  untilSeconds: until,
})
