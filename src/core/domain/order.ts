import type { AssetUnits, InstrumentId, Money, Price, Quantity, Side, TimeUs } from './units.ts'

/**
 * Our own id of one venue order: 32 lower-case hex digits, derived before sending, never reused.
 */
export type ClientOrderId = string
/** The venue's id of an order, as text. */
export type VenueOrderId = string

/** How long an order may rest. */
export type TimeInForce = 'gtc' | 'ioc'

/** A limit order as the strategy side asks for it. Market orders are aggressive IOC limits. */
export interface NewOrder {
  readonly clientOrderId: ClientOrderId
  /** Intent this order serves; every order of one intent shares it. */
  readonly intentId: string
  readonly instrument: InstrumentId
  readonly side: Side
  readonly price: Price
  readonly quantity: Quantity
  readonly timeInForce: TimeInForce
  readonly postOnly: boolean
  readonly reduceOnly: boolean
  /** Best opposite price when it was decided, for implementation shortfall; null when unknown. */
  readonly arrivalPrice: Price | null
  /** It lowers its sender's risk though the venue does not hold it to that: urgent as a cancel is. */
  readonly isExit?: boolean
}

/** True for an order that only lowers its sender's risk. */
export const isReducing = ({ reduceOnly, isExit }: NewOrder): boolean =>
  reduceOnly || isExit === true

/** A request to cancel one order. */
export interface CancelOrder {
  readonly clientOrderId: ClientOrderId
  readonly instrument: InstrumentId
  /** Known once the venue acknowledged the order. */
  readonly venueOrderId: VenueOrderId | null
}

/** An order whose place a new one takes at once: either both happen or neither does. */
export interface ReplacedOrder extends CancelOrder {
  /** Filled of it as far as is known; what fills beyond until then is taken off the new order. */
  readonly filledQuantity: Quantity
}

/** Why the venue refused, in our words; the venue's own text travels beside it. */
export type RejectCode =
  | 'postOnlyWouldCross'
  | 'iocNoMatch'
  | 'tick'
  | 'lot'
  | 'minimumNotional'
  | 'reduceOnlyWouldIncrease'
  | 'insufficientMargin'
  | 'selfTrade'
  | 'rateLimited'
  | 'halted'
  | 'unknownInstrument'
  | 'other'

/** What somebody says about an order. Evidence, not a conclusion. */
export type OrderEvidence =
  /** The venue holds it, resting or about to. */
  | 'accepted'
  | 'rejected'
  | 'canceled'
  | 'expired'
  /** The cancel was refused because the order is already gone; it says nothing about fills. */
  | 'cancelRejected'
  /** The outcome of the command is not known (timeout, dropped socket, unreadable answer). */
  | 'unknown'
  /** A status query answered that the venue never heard of it. */
  | 'notFound'
  /** A status query answered that it is completely filled; executions may still be on their way. */
  | 'filled'

/** One piece of evidence about one order. */
export interface OrderReport {
  readonly clientOrderId: ClientOrderId
  readonly venueOrderId: VenueOrderId | null
  readonly evidence: OrderEvidence
  /** Set with `rejected`, `canceled` (why) and `cancelRejected`. */
  readonly code: RejectCode | null
  /** The venue's own words, empty when there are none. */
  readonly text: string
}

/** One execution of one of our orders (or of the account owner's manual one). */
export interface Execution {
  /** The venue's id, unique per (venue, account). */
  readonly executionId: string
  /** Null for fills of orders that are not ours. */
  readonly clientOrderId: ClientOrderId | null
  readonly venueOrderId: VenueOrderId
  readonly instrument: InstrumentId
  readonly side: Side
  readonly price: Price
  /** Lots the order filled, fees not taken off; 0 corrects the fee of an earlier execution. */
  readonly quantity: Quantity
  readonly liquidity: 'maker' | 'taker'
  /** Positive is a cost. In the quote currency; what was taken in the asset at `price` included. */
  readonly fee: Money
  /**
   * What the venue kept of the asset instead of cash: the position moves by `quantity` less this.
   * None unless given; may lie below a lot.
   */
  readonly assetFee?: AssetUnits
  /** Set where no order did it: the shares trade no more, and `price` is what each is paid out with. */
  readonly cause?: 'delisting'
  readonly venueTime: TimeUs
}

/** States of an order as we conclude them. `partiallyFilled` is derived: open with fills. */
export type OrderState =
  /** Sent, no evidence yet. */
  | 'inFlight'
  /** The outcome of submitting it is not known. Counts as worst case. */
  | 'unknown'
  | 'open'
  /** Open, and a cancel was sent. */
  | 'pendingCancel'
  | 'filled'
  | 'canceled'
  | 'rejected'
  | 'expired'

/** States in which nothing more is expected; late fills are still counted. */
export const isClosed = (state: OrderState): boolean =>
  state === 'filled' || state === 'canceled' || state === 'rejected' || state === 'expired'
