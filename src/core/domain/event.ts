import type { BarFields } from './market-record.ts'
import type { ClientOrderId, Execution, OrderReport, VenueOrderId } from './order.ts'
import type {
  AssetUnits,
  Currency,
  InstrumentId,
  Money,
  Price,
  Quantity,
  Side,
  SignedQuantity,
  TimeUs,
} from './units.ts'

/** The seven ways to run. Nothing in core behaves differently because of it; it is recorded. */
export type Mode = 'backtest' | 'replay' | 'drill' | 'rehearse' | 'paper' | 'shadow' | 'live'

/** Streams whose age is watched. */
export type StreamName = 'book' | 'trades' | 'account'

/** What an operator may ask for. Each is journaled with who and why. */
export type OperatorCommand =
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'cancelAll' }
  | { readonly kind: 'flatten' }
  /** No new risk until then, entries at work are canceled; the present or earlier ends a halt. */
  | { readonly kind: 'haltUntil'; readonly until: TimeUs }
  /** The halts that are known ahead, in place of those announced before. */
  | { readonly kind: 'setHaltWindows'; readonly windows: readonly HaltWindow[] }
  /** Accepts the listed reconciliation difference of an instrument: the venue's view is adopted. */
  | { readonly kind: 'acceptDifference'; readonly instrument: InstrumentId }
  /** Changes a number that the strategy goes by in one instrument, from its next decision on. */
  | ({ readonly kind: 'setParameter' } & ParameterChange)

/**
 * A time in which no new risk is taken, for example around a release of figures: from `fromTime` up
 * to but not including `untilTime`. Lists of them ascend and do not overlap.
 */
export interface HaltWindow {
  readonly name: string
  readonly fromTime: TimeUs
  readonly untilTime: TimeUs
}

/** A number of the strategy in one instrument; `key` is the strategy's own name for it. */
export interface ParameterChange {
  readonly instrument: InstrumentId
  readonly key: string
  readonly value: number
}

/** A resting order as the venue lists it. */
export interface VenueOpenOrder {
  readonly clientOrderId: ClientOrderId | null
  readonly venueOrderId: VenueOrderId
  readonly instrument: InstrumentId
  readonly side: Side
  readonly price: Price
  /** Remaining quantity. */
  readonly leavesQuantity: Quantity
  readonly reduceOnly: boolean
}

/** A position as the venue lists it. */
export interface VenuePosition {
  readonly instrument: InstrumentId
  readonly quantity: SignedQuantity
  /** What is held beyond the lots; none unless given. */
  readonly dust?: AssetUnits
  /** Average entry price in quanta, possibly a fraction; null when the venue does not say. */
  readonly averageEntryPrice: number | null
}

/** The whole account as the venue sees it at `venueTime`: the complete truth of one query round. */
export interface AccountReport {
  readonly openOrders: readonly VenueOpenOrder[]
  readonly positions: readonly VenuePosition[]
  readonly balances: readonly { readonly currency: Currency; readonly amount: Money }[]
  /** Executions since the requested cursor, oldest first. Repeats are harmless. */
  readonly executions: readonly Execution[]
}

/** What holding shares pays or earns by the day: rent for borrowed ones, dividends of their ex-date. */
export type HoldingCause = 'borrow' | 'dividend'

/** What a venue charges or pays an account as a whole: it is loss or gain, not money of the owner. */
export type ChargeCause = 'fee' | 'interest'

/** A bar out of history, or so far, used to warm windows up before trading. */
export interface SeedBar extends BarFields {
  readonly closeTime: TimeUs
}

interface Received {
  /** When we could know it, us. The core's "now". Never decreases within a session. */
  readonly receivedTime: TimeUs
}

/**
 * Everything the core can be told, except market data, which come as packed records
 * (see market-record.ts). Evidence only: the core draws the conclusions.
 */
export type Event =
  | (Received & {
      readonly kind: 'sessionStarted'
      readonly mode: Mode
      /** 16 lower-case hex digits, unique per session: the prefix of its client order ids. */
      readonly sessionId: string
      readonly seed: number
      /** True when state was restored: in-flight orders become unknown, books unknown. */
      readonly resumed: boolean
      /** Hashes of configuration, data and code, for the record. */
      readonly configurationHash: string
      readonly dataHash: string
      readonly codeHash: string
    })
  | (Received & { readonly kind: 'heartbeat' })
  | (Received & {
      readonly kind: 'streamStatus'
      readonly stream: StreamName
      /** Null means every instrument. */
      readonly instrument: InstrumentId | null
      readonly status: 'connected' | 'disconnected' | 'gap'
    })
  | (Received & {
      readonly kind: 'barsSeeded'
      readonly instrument: InstrumentId
      readonly bars: readonly SeedBar[]
    })
  | (Received & {
      readonly kind: 'orderReported'
      readonly venueTime: TimeUs
      readonly report: OrderReport
    })
  | (Received & {
      readonly kind: 'executed'
      readonly venueTime: TimeUs
      readonly execution: Execution
    })
  | (Received & {
      readonly kind: 'accountReported'
      readonly venueTime: TimeUs
      readonly account: AccountReport
    })
  | (Received & { readonly kind: 'accountQueryFailed'; readonly text: string })
  | (Received & {
      readonly kind: 'fundingPaid'
      readonly venueTime: TimeUs
      /** Unique per (instrument, hour, cause): applied once. */
      readonly fundingId: string
      readonly instrument: InstrumentId
      /** Of borrowed shares the yearly rate, of a dividend currency units a share. */
      readonly rateE9: number
      /** Positive is received, negative is paid. */
      readonly amount: Money
      /** Of shares: what is paid; absent where it is the funding of a perpetual. */
      readonly cause?: HoldingCause
    })
  | (Received & {
      /** Shares were split or joined: what is held, if any, is counted anew at an unchanged cost. */
      readonly kind: 'sharesSplit'
      readonly venueTime: TimeUs
      /** Unique per (instrument, day): applied once. */
      readonly splitId: string
      readonly instrument: InstrumentId
      /** New shares for an old one x 1e9. */
      readonly ratioE9: number
      /** Price after the split, quanta, at which fractions of a lot are settled in cash. */
      readonly price: Price
    })
  | (Received & {
      /** Cash moved without a trade: a deposit or a withdrawal, or with a cause what the venue charges. */
      readonly kind: 'transferred'
      readonly venueTime: TimeUs
      readonly transferId: string
      readonly currency: Currency
      /** Positive came in. */
      readonly amount: Money
      /** Of no instrument: fees of a day's sales and the like, or interest. */
      readonly cause?: ChargeCause
    })
  | (Received & {
      readonly kind: 'operatorCommanded'
      readonly commandId: string
      readonly actor: string
      readonly reason: string
      readonly command: OperatorCommand
    })
  /** The driver processes later than it receives by `lagUs`: blocks new risk until it is 0. */
  | (Received & { readonly kind: 'fellBehind'; readonly lagUs: number })
  | (Received & { readonly kind: 'sessionStopping'; readonly reason: string })

/** The event of one kind. */
export type EventOf<Kind extends Event['kind']> = Extract<Event, { readonly kind: Kind }>

/**
 * Order of simultaneous inputs (equal receivedTime), first to last: operator and session events,
 * heartbeats, reports about our own orders and account, market data; within one source by sequence.
 * A heartbeat at a bar's end therefore closes the bar before data of that instant enter it.
 */
export const sourcePriority = {
  session: 0,
  heartbeat: 1,
  report: 2,
  market: 3,
} as const
