import type { Approved } from './approved.ts'
import type { CancelOrder, ClientOrderId, Execution, NewOrder, ReplacedOrder } from './order.ts'
import type { InstrumentId, Money, SignedQuantity, TimeUs } from './units.ts'

/** One gate of an evaluation: what was compared with what. */
export interface GateReading {
  /** Stable id, for example "imbalance". */
  readonly gate: string
  /** Null when it could not be computed (which fails). */
  readonly value: number | null
  readonly operator: '<' | '>' | '<=' | '>=' | '='
  readonly threshold: number
  readonly passed: boolean
}

/** What an entry is expected to earn and to cost, basis points of the price. */
export interface EntryEstimate {
  /** How the entry and the exit after it are executed. */
  readonly entry: 'maker' | 'taker'
  readonly exit: 'maker' | 'taker'
  /** Expected gain before costs. */
  readonly edgeBp: number
  readonly feeBp: number
  readonly spreadBp: number
  readonly fundingBp: number
}

/** Why no new risk is taken for a time. */
export interface Halt {
  readonly name: string
  /** First instant after it. */
  readonly untilTime: TimeUs
}

/** Why an order was refused by us. */
export interface Denial {
  readonly code: DenialCode
  /** The offending value and its limit, in the unit the code's documentation names. */
  readonly value: number
  readonly limit: number
  /** Only of MACRO_HALT. */
  readonly halt?: Halt
}

/** Every reason of the risk gate. Documented in docs/errors.md. */
export type DenialCode =
  | 'NOT_RECONCILED'
  | 'PAUSED'
  | 'BOOK_UNKNOWN'
  | 'BOOK_STALE'
  | 'ACCOUNT_STALE'
  | 'FELL_BEHIND'
  | 'STREAM_DOWN'
  | 'INSTRUMENT_STOPPED'
  | 'INVALID_PRICE'
  | 'INVALID_QUANTITY'
  | 'MINIMUM_NOTIONAL'
  | 'ORDER_NOTIONAL'
  | 'POSITION_NOTIONAL'
  | 'SYMBOL_NOTIONAL'
  | 'GROSS_NOTIONAL'
  | 'NET_NOTIONAL'
  | 'MAXIMUM_POSITIONS'
  | 'LEVERAGE'
  | 'ORDER_RATE'
  | 'DAILY_LOSS'
  | 'DAILY_DRAWDOWN'
  | 'SESSION_LOSS'
  | 'DRAWDOWN'
  | 'REGIME'
  | 'MACRO_HALT'
  | 'GROSS_REDUCE_ONLY'
  | 'NET_REDUCE_ONLY'
  | 'SHORT_NOT_ALLOWED'
  | 'NOT_SHORTABLE'
  | 'NO_LOCATE'
  | 'PRICE_TEST'
  | 'DAY_TRADES'
  | 'UNSETTLED_CASH'
  | 'BUYING_POWER'
  | 'MARGIN_EQUITY'
  | 'REDUCE_ONLY_EXCEEDS_POSITION'
  | 'PRICE_BAND'

/** The core's only output. Executed in order by the driver after they are durable. */
export type Effect =
  | {
      readonly kind: 'submitOrder'
      readonly order: Approved<NewOrder>
      /** Sent in the place of one that rests, where the venue can do that. */
      readonly replaces?: Approved<ReplacedOrder>
    }
  | { readonly kind: 'cancelOrder'; readonly cancel: Approved<CancelOrder> }
  /** Ask the venue what became of an order whose outcome is unknown. */
  | { readonly kind: 'queryOrder'; readonly clientOrderId: ClientOrderId }
  /** Ask for the whole account, with executions at or after `since`. */
  | { readonly kind: 'queryAccount'; readonly since: TimeUs }
  /** The gate refused. Recorded, nothing is sent. */
  | {
      readonly kind: 'orderDenied'
      readonly order: NewOrder
      readonly denial: Denial
    }
  /** An order of an instrument in shadow: approved, recorded and not sent. */
  | { readonly kind: 'orderShadowed'; readonly order: NewOrder }
  /** What such an order would have got, by the book of a later heartbeat; it moves no account. */
  | { readonly kind: 'shadowExecuted'; readonly execution: Execution; readonly realised: Money }
  /**
   * A strategy evaluated and its outcome differs from the last one (or every one, by trace level).
   */
  | {
      readonly kind: 'evaluated'
      readonly strategy: string
      readonly instrument: InstrumentId
      readonly time: TimeUs
      /** Signal values at the bar's close; null when not available. */
      readonly barCloseTime: TimeUs
      readonly close: number
      readonly z: number | null
      readonly imbalance: number | null
      /** First failing gate, or the action taken. */
      readonly outcome: string
      readonly gates: readonly GateReading[]
      /** Expected gain and costs of the entry in question; null when there is none to estimate. */
      readonly estimate: EntryEstimate | null
    }
  /** The venue's view was adopted over ours, with what differed. */
  | {
      readonly kind: 'differenceFound'
      readonly instrument: InstrumentId
      readonly ours: SignedQuantity
      readonly venues: SignedQuantity
      readonly resolution: 'adopted' | 'stopped'
      readonly reason: string
    }
  /** Reconciliation with the venue is complete: new risk is allowed where nothing differs. */
  | { readonly kind: 'reconciled'; readonly clean: boolean; readonly differences: number }
  | {
      readonly kind: 'breakerTripped'
      readonly breaker: string
      readonly value: number
      readonly limit: number
      /** What it does beyond denying what adds risk. */
      readonly action: 'exitsOnly' | 'cancel' | 'flatten'
      /** Only of `macro`. */
      readonly halt?: Halt
    }
  /** A tripped breaker let go. */
  | {
      readonly kind: 'breakerRearmed'
      readonly breaker: string
      readonly by: 'nextDay' | 'time' | 'over' | 'operator'
    }
  | {
      readonly kind: 'alert'
      readonly level: 'info' | 'warning' | 'critical'
      readonly code: string
      readonly text: string
    }

/** The effect of one kind. */
export type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { readonly kind: Kind }>
