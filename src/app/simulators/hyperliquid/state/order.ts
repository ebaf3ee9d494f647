import type { InstrumentId, Money, Price, Side, TimeUs } from '../../../../core/mod.ts'

/** Times in force of limit orders as the venue spells them. */
export type WireTif = 'Gtc' | 'Ioc' | 'Alo' | 'FrontendMarket'

/** Lifecycle states of an order that this simulator produces, in the venue's spelling. */
export type OrderStatus =
  | 'open'
  | 'filled'
  | 'canceled'
  | 'rejected'
  | 'selfTradeCanceled'
  | 'reduceOnlyCanceled'
  | 'marginCanceled'
  | 'scheduledCancel'
  | 'tickRejected'
  | 'minTradeNtlRejected'
  | 'perpMarginRejected'
  | 'reduceOnlyRejected'
  | 'badAloPxRejected'
  | 'iocCancelRejected'
  | 'oracleRejected'
  | 'tooManyOpenOrdersRejected'

/** One order of one user. Plain data. */
export interface OrderRecord {
  readonly oid: number
  /** Lower case, null when the user gave none. */
  readonly cloid: string | null
  /** The user's address. */
  readonly user: string
  readonly instrument: InstrumentId
  readonly side: Side
  readonly price: Price
  readonly originalLots: number
  readonly tif: WireTif
  readonly reduceOnly: boolean
  readonly placedTime: TimeUs
  leavesLots: number
  filledLots: number
  /** Sum of price x lots of its fills. */
  filledNotional: Money
  status: OrderStatus
  statusTime: TimeUs
  /** Remaining lots when the status last changed: what orderStatus answers. */
  statusLots: number
}

/** The matching engine's id of an order: 32 hex digits out of the venue order id. */
export const engineOrderId = (oid: number): string => oid.toString(16).padStart(32, '0')

/** Changes the lifecycle state and notes when, and how much remained. */
export function setStatus(order: OrderRecord, status: OrderStatus, time: TimeUs): void {
  order.status = status
  order.statusTime = time
  order.statusLots = order.leavesLots
}
