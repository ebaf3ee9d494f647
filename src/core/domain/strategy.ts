import type { EntryEstimate, GateReading } from './effect.ts'
import type { ParameterChange } from './event.ts'
import type { Instrument } from './instrument.ts'
import type { InstrumentId, Quantity, Side, SignedQuantity, TimeUs } from './units.ts'

/** How fast an intent must be done: rest and wait, or take what is there. */
export type Urgency = 'passive' | 'aggressive'

/** How long a passive order of one intent may rest and how often it may be moved. */
export interface Resting {
  /** An entry gives up after it, an exit is finished aggressively, us. */
  readonly lifetimeUs: TimeUs
  /** The same after this many moves. */
  readonly repricesMax: number
}

/** What a strategy wants. The executor turns it into orders, the risk gate may refuse them. */
export type Intent =
  | {
      readonly kind: 'enter'
      readonly instrument: InstrumentId
      readonly side: Side
      readonly quantity: Quantity
      readonly urgency: Urgency
      /** Limits of a passive order; the session's own unless given. */
      readonly resting?: Resting
      /** True where it may add to what is held on its side; else it is ignored while anything is. */
      readonly adds?: boolean
      readonly reason: string
    }
  /**
   * Lower the position by so many lots, whatever its side, at most to nothing; with one order where
   * it is aggressive. Always reduce-only. Ignored while the position is being left already.
   */
  | {
      readonly kind: 'reduce'
      readonly instrument: InstrumentId
      readonly quantity: Quantity
      readonly urgency: Urgency
      readonly resting?: Resting
      readonly reason: string
    }
  /** Close the whole position, whatever it is when each order is sent. Always reduce-only. */
  | {
      readonly kind: 'exit'
      readonly instrument: InstrumentId
      readonly urgency: Urgency
      readonly resting?: Resting
      readonly reason: string
    }
  /** Stop working on the instrument's entry (cancel what rests, keep what filled). */
  | {
      readonly kind: 'abandonEntry'
      readonly instrument: InstrumentId
      readonly reason: string
    }

/** Why the strategy is called. */
export type Trigger =
  | { readonly kind: 'barClosed'; readonly instrument: InstrumentId }
  | { readonly kind: 'positionChanged'; readonly instrument: InstrumentId }
  | { readonly kind: 'heartbeat' }

/** The last finished bar of an instrument's signal source. Values in half price quanta. */
export interface BarView {
  /** Bars closed so far, history included. */
  readonly count: number
  readonly openTime: TimeUs
  readonly closeTime: TimeUs
  /** When the bar could be known. */
  readonly knownTime: TimeUs
  readonly close: number
  /** Bars without a single update directly before this one. */
  readonly gapBars: number
}

/** Read-only view of the world at the instant of the event. Values may be null: unknown. */
export interface StrategyView {
  readonly now: TimeUs
  /** When a stream of books came up last: before it none is known. Null while none is up. */
  readonly booksSince?: TimeUs | null
  instrument(id: InstrumentId): Instrument
  readonly instruments: readonly Instrument[]
  /** Best prices in quanta; null when the side is empty or the book unknown. */
  bestBid(id: InstrumentId): number | null
  bestAsk(id: InstrumentId): number | null
  /** (B - A) / (B + A) over the session's configured levels; null when unknown or one-sided. */
  imbalance(id: InstrumentId): number | null
  /** Age of the book in us by received time; Infinity when never seen. */
  bookAge(id: InstrumentId): number
  /** True while the book stream is inside its age budget and known. */
  isBookFresh(id: InstrumentId): boolean
  bar(id: InstrumentId): BarView | null
  /** z-score of the last bar, null while warming, at zero variance or after a restart. */
  zScore(id: InstrumentId): number | null
  /** Rolling mean and sample deviation behind z, in half quanta; null with it. */
  rollingMean(id: InstrumentId): number | null
  rollingDeviation(id: InstrumentId): number | null
  /** Average of the trend window in half quanta; null while warming. */
  trendAverage(id: InstrumentId): number | null
  /** Values in the z window so far and needed. */
  warmth(id: InstrumentId): { readonly have: number; readonly need: number }
  position(id: InstrumentId): SignedQuantity
  /** Average entry price in quanta (a fraction); null when flat. */
  averageEntryPrice(id: InstrumentId): number | null
  /** Venue time of the first fill of the present position; null when flat. */
  entryTime(id: InstrumentId): TimeUs | null
  /** True while orders of an intent are working or unknown on the instrument. */
  isWorking(id: InstrumentId): 'entry' | 'exit' | null
  /** Why an instrument cannot be sold short now, in words; null when it can. Absent: all can. */
  shortRefusal?(id: InstrumentId): 'not shortable' | 'no locate' | null
  /** Equity in quote units, marks at mid. For sizing only. */
  readonly equity: number
  /** Cash less what has not settled and what open buys could take, quote units. For sizing only. */
  readonly spendableCash?: number
  /** Funding rate per interval x 1e9, null when unknown. */
  fundingRateE9(id: InstrumentId): number | null
}

/** Where a strategy writes its intents and its reasons. */
export interface StrategyOutput {
  intent(intent: Intent): void
  /**
   * Records an evaluation; kept when the outcome changes or when everything is traced. `estimate`
   * is what the entry in question is expected to earn and to cost, where that is known.
   */
  evaluated(
    instrument: InstrumentId,
    outcome: string,
    gates: readonly GateReading[],
    estimate?: EntryEstimate | null,
  ): void
  /**
   * True when an evaluation with this outcome would be kept now. Where it would not, its gates need
   * not be read: they may be given as an empty list.
   */
  keeps(instrument: InstrumentId, outcome: string): boolean
}

/** A strategy: pure functions over plain state that can be stored, compared and shown. */
export interface Strategy<State> {
  readonly id: string
  /** Fresh state for a universe. */
  init(instruments: readonly Instrument[]): State
  on(trigger: Trigger, view: StrategyView, state: State, output: StrategyOutput): void
  /** Takes an operator's change into its state; a key that it does not have changes nothing. */
  set?(change: ParameterChange, state: State): void
}
