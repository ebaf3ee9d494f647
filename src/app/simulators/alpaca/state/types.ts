import type { Side, TimeUs } from '../../../../core/mod.ts'
import type { Nano } from '../wire/nano.ts'

export type OrderType = 'market' | 'limit' | 'stop' | 'stop_limit' | 'trailing_stop'
export type TimeInForce = 'day' | 'gtc' | 'opg' | 'cls' | 'ioc' | 'fok'
export type OrderClass = '' | 'simple' | 'bracket' | 'oco' | 'oto'
export type OrderStatus =
  | 'pending_new'
  | 'accepted'
  | 'new'
  | 'held'
  | 'partially_filled'
  | 'filled'
  | 'done_for_day'
  | 'canceled'
  | 'expired'
  | 'replaced'
  | 'rejected'
export type PositionIntent = 'buy_to_open' | 'buy_to_close' | 'sell_to_open' | 'sell_to_close'

/** An order. Mutable; owned by its account. Quantities, prices and money are counts of 10^-9. */
export interface Order {
  readonly id: string
  readonly clientOrderId: string
  /** Number of its creation at the venue: 1, 2, ... */
  readonly number: number
  readonly account: number
  readonly asset: number
  readonly createdAt: TimeUs
  updatedAt: TimeUs
  readonly submittedAt: TimeUs
  filledAt: TimeUs | null
  expiredAt: TimeUs | null
  readonly expiresAt: TimeUs | null
  canceledAt: TimeUs | null
  failedAt: TimeUs | null
  replacedAt: TimeUs | null
  replacedBy: string | null
  readonly replaces: string | null
  /** Dollars to trade instead of a quantity. */
  readonly notional: Nano | null
  /** Null for an order by notional. */
  qty: Nano | null
  filledQty: Nano
  filledValue: Nano
  readonly orderClass: OrderClass
  readonly type: OrderType
  readonly side: Side
  readonly positionIntent: PositionIntent
  readonly timeInForce: TimeInForce
  limitPrice: Nano | null
  stopPrice: Nano | null
  readonly trailPrice: Nano | null
  readonly trailPercent: Nano | null
  /** Best price since a trailing stop was placed. */
  hwm: Nano | null
  readonly extendedHours: boolean
  status: OrderStatus
  /** The order whose legs it belongs to. */
  readonly parent: string | null
  readonly legs: string[]
  /** True once a stop has been hit. */
  isTriggered: boolean
  /** True while it may trade: known to the market, not waiting for a session. */
  isWorking: boolean
  /** True once it has rested: its fills are the maker's. */
  isResting: boolean
  /** What trades before it at its price, in 10^-9. */
  queueAhead: Nano
  /** Most that an order by notional may close, whatever prices do; null for all others. */
  readonly closesAtMost: Nano | null
  /** Dollars a unit set aside for what it may open; 0 for what closes. */
  readonly reservePrice: Nano
}

/** A position: positive is long. */
export interface Position {
  qty: Nano
  /** What was paid for it; positive also for shorts, what was received. */
  cost: Nano
  /** Quantity and value at the start of the trading day, for the intraday figures. */
  dayQty: Nano
  dayCost: Nano
}

/** Something in an account's history. */
export type Activity =
  | {
      readonly kind: 'fill'
      readonly id: string
      readonly time: TimeUs
      readonly type: 'fill' | 'partial_fill'
      readonly price: Nano
      readonly qty: Nano
      readonly side: 'buy' | 'sell' | 'sell_short'
      readonly asset: number
      readonly leavesQty: Nano
      readonly orderId: string
      readonly cumQty: Nano
      readonly orderStatus: OrderStatus
    }
  | {
      readonly kind: 'other'
      readonly id: string
      readonly time: TimeUs
      /** CFEE, FEE, DIV, JNLC, ... */
      readonly activityType: string
      readonly asset: number | null
      /** Dollars, negative when paid. */
      readonly netAmount: Nano
      readonly qty: Nano | null
      readonly price: Nano | null
      readonly perShareAmount: Nano | null
      readonly description: string
    }

/** An account's switches, as its configurations endpoint shows them. */
export interface Configurations {
  dtbp_check: 'both' | 'entry' | 'exit'
  fractional_trading: boolean
  max_margin_multiplier: '1' | '2' | '4'
  max_options_trading_level: number | null
  no_shorting: boolean
  pdt_check: 'both' | 'entry' | 'exit'
  ptp_no_exception_entry: boolean
  suspend_trade: boolean
  trade_confirm_email: 'all' | 'none'
}

/** A list of symbols. */
export interface Watchlist {
  readonly id: string
  readonly createdAt: TimeUs
  updatedAt: TimeUs
  name: string
  readonly assets: number[]
}

/** Shares found for a short sale, for one day. */
export interface Locate {
  readonly id: string
  readonly createdAt: TimeUs
  readonly expiresAt: TimeUs | null
  readonly asset: number | null
  readonly symbol: string
  readonly requestedQty: number
  readonly allOrNone: boolean
  readonly limitPrice: Nano | null
  readonly locatedQty: number | null
  readonly locatedPrice: Nano | null
  readonly rejectionReason: string | null
}

/** Money that comes with a later settlement. */
export interface Unsettled {
  readonly time: TimeUs
  readonly amount: Nano
}

/** Fees that were owed in the course of a day and are booked at its end. */
export interface OwedFees {
  /** Covered sales and shares sold since the last booking. */
  soldValue: Nano
  soldShares: Nano
  sec: Nano
  taf: Nano
}

/** One account. Mutable; plain data. */
export interface Account {
  readonly index: number
  readonly key: string
  readonly id: string
  readonly number: string
  readonly createdAt: TimeUs
  cash: Nano
  /** By asset index. */
  readonly positions: Map<number, Position>
  /** All, by id, oldest first. */
  readonly orders: Map<string, Order>
  /** Ids of orders that may still trade. */
  readonly open: Set<string>
  readonly clientOrderIds: Map<string, string>
  readonly activities: Activity[]
  readonly configurations: Configurations
  readonly watchlists: Watchlist[]
  readonly locates: Locate[]
  /** Answers already given to keyed requests for locates. */
  readonly locateKeys: Map<string, { readonly request: string; readonly id: string }>
  unsettled: Unsettled[]
  readonly owed: OwedFees
  /** Crypto fees since the last booking, by asset: units (bought) and dollars (sold). */
  readonly cryptoFees: Map<number, { units: Nano; dollars: Nano }>
  /** Dollars of crypto traded by UTC day, newest last; 30 days count. */
  readonly cryptoVolume: { day: number; value: Nano }[]
  /** Orders that closed on the day they opened, with that day, while they are counted. */
  dayTrades: { readonly day: number; readonly orderId: string }[]
  isPatternDayTrader: boolean
  lastEquity: Nano
  lastMaintenance: Nano
  /** Equity at the ends of minutes kept for the history, and of days. */
  readonly minuteEquity: { readonly time: TimeUs; readonly equity: Nano }[]
  readonly dayEquity: { readonly time: TimeUs; readonly equity: Nano }[]
  /** Everything that was ever paid in from outside. */
  deposited: Nano
}
