import { formatTrimmed, type Instrument } from '../../../../core/mod.ts'
import { wirePrice, wireQuantity, wireTime } from '../wire/numbers.ts'
import type { OrderRecord } from './order.ts'
import { triggersAbove } from './triggers.ts'

/** An order as openOrders and orderUpdates show it. */
export interface WireOpenOrder {
  readonly coin: string
  readonly side: 'B' | 'A'
  readonly limitPx: string
  readonly sz: string
  readonly oid: number
  readonly timestamp: number
  readonly origSz: string
  readonly cloid?: string
  readonly reduceOnly?: true
}

/** An order as frontendOpenOrders, orderStatus and historicalOrders show it. */
export interface WireFrontendOrder extends Omit<WireOpenOrder, 'cloid' | 'reduceOnly'> {
  readonly triggerCondition: string
  readonly isTrigger: boolean
  readonly triggerPx: string
  /** Orders that wait for this one to fill. */
  readonly children: readonly WireFrontendOrder[]
  readonly isPositionTpsl: boolean
  readonly reduceOnly: boolean
  readonly orderType: string
  /** Null for orders with a trigger at whose price they take. */
  readonly tif: string | null
  readonly cloid: string | null
}

/** A final or current state with its time. */
export interface WireOrderState {
  readonly order: WireFrontendOrder
  readonly status: string
  readonly statusTimestamp: number
}

/** The short form. `lots` is what `sz` shows. */
export function wireOpenOrder(
  instrument: Instrument,
  order: OrderRecord,
  lots: number,
): WireOpenOrder {
  return {
    coin: instrument.symbol,
    side: order.side === 'buy' ? 'B' : 'A',
    limitPx: wirePrice(instrument, order.price),
    sz: wireQuantity(instrument, lots),
    oid: order.oid,
    timestamp: wireTime(order.placedTime),
    origSz: wireQuantity(instrument, order.originalLots),
    ...(order.cloid === null ? {} : { cloid: order.cloid }),
    ...(order.reduceOnly ? { reduceOnly: true } : {}),
  }
}

/** The long form. `lots` is what `sz` shows; children wait for this order to fill. */
export function wireFrontendOrder(
  instrument: Instrument,
  order: OrderRecord,
  shown: { readonly lots: number; readonly children?: readonly OrderRecord[] },
): WireFrontendOrder {
  const { trigger } = order
  const short = wireOpenOrder(instrument, order, shown.lots)
  const { coin, side, limitPx, sz, oid, timestamp, origSz } = short
  return {
    coin,
    side,
    limitPx,
    sz,
    oid,
    timestamp,
    triggerCondition: triggerCondition(instrument, order),
    isTrigger: trigger !== undefined,
    triggerPx: trigger === undefined ? '0.0' : wirePrice(instrument, trigger.price),
    children: (shown.children ?? []).map((child) =>
      wireFrontendOrder(instrument, child, { lots: child.leavesLots }),
    ),
    isPositionTpsl: trigger?.isPosition === true,
    reduceOnly: order.reduceOnly,
    orderType: orderType(order),
    origSz,
    tif: trigger?.isMarket === true ? null : order.tif,
    cloid: order.cloid,
  }
}

function triggerCondition(instrument: Instrument, { trigger, side, status }: OrderRecord): string {
  if (trigger === undefined) return 'N/A'
  if (status === 'triggered' || status === 'filled') return 'Triggered'
  const way = triggersAbove(side, trigger.kind) ? 'above' : 'below'
  return `Price ${way} ${formatTrimmed(trigger.price, instrument.priceDecimals)}`
}

function orderType({ trigger, twapId, tif }: OrderRecord): string {
  if (twapId !== undefined) return 'Twap Slice'
  const isMarket = tif === 'FrontendMarket' || tif === 'LiquidationMarket'
  if (trigger === undefined) return isMarket ? 'Market' : 'Limit'
  const kind = trigger.kind === 'tp' ? 'Take Profit' : 'Stop'
  return `${kind} ${trigger.isMarket ? 'Market' : 'Limit'}`
}

/** The long form with status; `sz` is what remained when the status last changed. */
export const wireOrderState = (
  instrument: Instrument,
  order: OrderRecord,
  children: readonly OrderRecord[] = [],
): WireOrderState => ({
  order: wireFrontendOrder(instrument, order, { lots: order.statusLots, children }),
  status: order.status,
  statusTimestamp: wireTime(order.statusTime),
})
