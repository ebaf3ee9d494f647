import type {
  Instrument,
  InstrumentId,
  Money,
  NewOrder,
  Price,
  Quantity,
  Side,
  TimeUs,
} from '../../../../core/mod.ts'

/** What a fill says of the liquidation it was part of. */
export interface WireLiquidation {
  readonly liquidatedUser: string
  readonly markPx: string
  readonly method: 'market' | 'backstop'
}

/** Times in force of limit orders as the venue spells them. */
export type WireTif = 'Gtc' | 'Ioc' | 'Alo' | 'FrontendMarket' | 'LiquidationMarket'

/** Lifecycle states of an order that this simulator produces, in the venue's spelling. */
export type OrderStatus =
  | 'open'
  | 'filled'
  | 'canceled'
  | 'triggered'
  | 'rejected'
  | 'siblingFilledCanceled'
  | 'badTriggerPxRejected'
  | 'marketOrderNoLiquidityRejected'
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
  | 'liquidatedCanceled'
  | 'openInterestCapCanceled'
  | 'perpMaxPositionRejected'
  | 'positionIncreaseAtOpenInterestCapRejected'
  | 'positionFlipAtOpenInterestCapRejected'
  | 'tooAggressiveAtOpenInterestCapRejected'
  | 'tooManyOpenOrdersRejected'

/** When an order that waits for a price becomes an ordinary one. Plain data. */
export interface TriggerTerms {
  /** Mark price at which it does, quanta. */
  readonly price: Price
  /** Take profit or stop loss: together with the side, from which side the mark must come. */
  readonly kind: 'tp' | 'sl'
  /** Immediate-or-cancel at the limit price; otherwise it rests there. */
  readonly isMarket: boolean
  /** Concerns the whole position, whatever it is by then. */
  readonly isPosition: boolean
}

/** Where an order comes from, beyond what every order has. Plain data. */
export interface OrderOrigin {
  readonly trigger?: TriggerTerms
  /** TWAP of which it is a slice. */
  readonly twapId?: number
  /** Who brought the order, and the fee for it in tenths of a basis point. */
  readonly builder?: { readonly address: string; readonly feeTenthsBp: number }
  /** Sent by the venue to liquidate its user. */
  readonly liquidation?: WireLiquidation
}

/** An order as a user asks for it, in quanta and lots, already readable and on the tick. */
export interface OrderDraft extends OrderOrigin {
  readonly instrument: Instrument
  readonly side: Side
  readonly price: Price
  readonly lots: Quantity
  readonly tif: WireTif
  readonly reduceOnly: boolean
  readonly cloid: string | null
}

/** One order of one user. Plain data. */
export interface OrderRecord extends OrderOrigin {
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

/** The record of an order that has just been asked for. */
export function createOrder(
  draft: OrderDraft,
  at: { readonly oid: number; readonly user: string; readonly time: TimeUs },
): OrderRecord {
  const { instrument, lots, side, price, tif, reduceOnly, cloid } = draft
  const { trigger, twapId, builder, liquidation } = draft
  return {
    oid: at.oid,
    cloid,
    user: at.user,
    instrument: instrument.id,
    side,
    price,
    originalLots: lots,
    tif,
    reduceOnly,
    placedTime: at.time,
    leavesLots: lots,
    filledLots: 0,
    filledNotional: 0n,
    status: 'open',
    statusTime: at.time,
    statusLots: lots,
    ...(trigger === undefined ? {} : { trigger }),
    ...(twapId === undefined ? {} : { twapId }),
    ...(builder === undefined ? {} : { builder }),
    ...(liquidation === undefined ? {} : { liquidation }),
  }
}

/** The matching engine's id of an order: 32 hex digits out of the venue order id. */
export const engineOrderId = (oid: number): string => oid.toString(16).padStart(32, '0')

const takesOnly: ReadonlySet<WireTif> = new Set(['Ioc', 'FrontendMarket', 'LiquidationMarket'])

/** What the matching engine is told of an order. */
export function engineOrder(order: OrderRecord): NewOrder {
  const id = engineOrderId(order.oid)
  const isMarket = order.trigger?.isMarket === true
  return {
    clientOrderId: id,
    intentId: id,
    instrument: order.instrument,
    side: order.side,
    price: order.price,
    quantity: order.leavesLots as Quantity,
    timeInForce: isMarket || takesOnly.has(order.tif) ? 'ioc' : 'gtc',
    postOnly: order.tif === 'Alo',
    reduceOnly: order.reduceOnly,
    arrivalPrice: null,
  }
}

/** Changes the lifecycle state and notes when, and how much remained. */
export function setStatus(order: OrderRecord, status: OrderStatus, time: TimeUs): void {
  order.status = status
  order.statusTime = time
  order.statusLots = order.leavesLots
}

/** True for what the venue calls a market order: its limit price only bounds the slippage. */
export const isMarketOrder = (order: OrderRecord): boolean =>
  order.tif === 'FrontendMarket' ||
  order.tif === 'LiquidationMarket' ||
  order.trigger?.isMarket === true
