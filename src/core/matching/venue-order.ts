import type { VenueOpenOrder } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { NewOrder } from '../domain/order.ts'
import type { Quantity, Side, TimeUs } from '../domain/units.ts'
import { nowhereInQueue, type QueuePlace } from './queue-position.ts'

/** Index of a book side and of the orders resting on it: 0 bids (buys), 1 asks (sells). */
export type SideIndex = 0 | 1

export const sideIndex = (side: Side): SideIndex => (side === 'buy' ? 0 : 1)
export const otherSide = (side: SideIndex): SideIndex => (side === 0 ? 1 : 0)

/** True when an order of this side with this limit may trade at `price` (quanta). */
export const reaches = (side: SideIndex, limit: number, price: number): boolean =>
  side === 0 ? price <= limit : price >= limit

/** An order as the venue holds it, from its arrival to its end. Mutable; owned by the exchange. */
export interface VenueOrder {
  readonly account: number
  /** The venue order id as a number; also the time priority. */
  readonly sequence: number
  readonly order: NewOrder
  readonly arrivalTime: TimeUs
  /** Lots not executed. */
  leaves: number
  isAccepted: boolean
  isClosed: boolean
  /** False while it waits for the first state or trade that it may be matched against. */
  isResting: boolean
  /** Trades and bars before this venue time do not concern it. */
  eligibleFrom: TimeUs
  place: QueuePlace
}

/** An order that has just arrived. */
export const createVenueOrder = (
  account: number,
  sequence: number,
  order: NewOrder,
  arrivalTime: TimeUs,
): VenueOrder => ({
  account,
  sequence,
  order,
  arrivalTime,
  leaves: order.quantity,
  isAccepted: false,
  isClosed: false,
  isResting: false,
  eligibleFrom: arrivalTime,
  place: nowhereInQueue(),
})

/** The venue's id of an order as text. */
export const venueOrderId = (order: VenueOrder): string => order.sequence.toString()

/** The order as a listing of open orders shows it. */
export const listOrder = (held: VenueOrder): VenueOpenOrder => ({
  clientOrderId: held.order.clientOrderId,
  venueOrderId: venueOrderId(held),
  instrument: held.order.instrument,
  side: held.order.side,
  price: held.order.price,
  leavesQuantity: held.leaves as Quantity,
  reduceOnly: held.order.reduceOnly,
})

/**
 * True when fills may only bring the position towards zero: reduce-only orders, and sells of an
 * instrument that cannot be sold short.
 */
export const onlyReduces = (instrument: Instrument, order: NewOrder): boolean =>
  order.reduceOnly || (instrument.longOnly && order.side === 'sell')
