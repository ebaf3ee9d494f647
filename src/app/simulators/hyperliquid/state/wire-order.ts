import type { Instrument } from '../../../../core/mod.ts'
import { wirePrice, wireQuantity, wireTime } from '../wire/numbers.ts'
import type { OrderRecord } from './order.ts'

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
  readonly triggerCondition: 'N/A'
  readonly isTrigger: false
  readonly triggerPx: '0.0'
  readonly children: readonly never[]
  readonly isPositionTpsl: false
  readonly reduceOnly: boolean
  readonly orderType: 'Limit' | 'Market'
  readonly tif: string
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

/** The long form. `lots` is what `sz` shows. */
export function wireFrontendOrder(
  instrument: Instrument,
  order: OrderRecord,
  lots: number,
): WireFrontendOrder {
  const { coin, side, limitPx, sz, oid, timestamp, origSz } = wireOpenOrder(instrument, order, lots)
  return {
    coin,
    side,
    limitPx,
    sz,
    oid,
    timestamp,
    triggerCondition: 'N/A',
    isTrigger: false,
    triggerPx: '0.0',
    children: [],
    isPositionTpsl: false,
    reduceOnly: order.reduceOnly,
    orderType: order.tif === 'FrontendMarket' ? 'Market' : 'Limit',
    origSz,
    tif: order.tif,
    cloid: order.cloid,
  }
}

/** The long form with status; `sz` is what remained when the status last changed. */
export const wireOrderState = (instrument: Instrument, order: OrderRecord): WireOrderState => ({
  order: wireFrontendOrder(instrument, order, order.statusLots),
  status: order.status,
  statusTimestamp: wireTime(order.statusTime),
})
