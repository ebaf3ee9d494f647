import type { EntryEstimate, Mode, OrderEvidence, OrderState } from '../../core/mod.ts'

/*
 * The values of the dashboard's topics. Money, prices and quantities are decimal text without
 * rounding; times are ISO-8601 UTC text with microseconds; statistics (z, imbalance, shares, basis
 * points) are plain numbers; what is missing is null, never 0.
 */

/** Exact decimal number as text, for example "-12.5". */
export type Decimal = string
/** ISO-8601 UTC text with six decimals, for example "2026-01-02T03:04:05.000006Z". */
export type Instant = string

/** What the engine is doing; the strongest reason when several hold. */
export type EngineState =
  | 'starting'
  | 'reconciling'
  | 'warming'
  | 'armed'
  | 'paused'
  | 'halted'
  | 'flattening'
  | 'stopping'
  /** The engine has not spoken for several seconds of real time. */
  | 'silent'

/** How current a stream is, judged by the age budget of its cadence. */
export type Freshness = 'live' | 'warming' | 'delayed' | 'stale' | 'down' | 'gap'

/** Levels drawn into the panes; null where a rule does not exist. */
export interface SignalThresholds {
  readonly zLongEntry: number | null
  readonly zLongExit: number | null
  readonly zShortEntry: number | null
  readonly zShortExit: number | null
  /** Imbalance beyond which an entry passes, long side; the short side is its negative. */
  readonly imbalance: number | null
}

/** What an instrument is and how its numbers are written. */
export interface InstrumentView {
  readonly id: number
  readonly venue: string
  readonly symbol: string
  readonly kind: 'perpetual' | 'spot' | 'equity'
  readonly quoteCurrency: string
  readonly baseCurrency: string
  readonly priceDecimals: number
  readonly quantityDecimals: number
  readonly thresholds: SignalThresholds | null
}

/** Money of one currency, exact; equity = cash + unrealised (+ inventory at cost). */
export interface AccountView {
  readonly currency: string
  readonly equity: Decimal
  readonly cash: Decimal
  /** Since the session's first account report. */
  readonly realisedPnl: Decimal
  readonly unrealisedPnl: Decimal
  /** Positive is a cost. */
  readonly fees: Decimal
  /** Positive was received. */
  readonly funding: Decimal
  /** Since 00:00 UTC or the session's start, whichever is later. */
  readonly day: {
    readonly since: Instant
    readonly startEquity: Decimal
    /** Exactly realised + unrealised - fees + funding of the day. */
    readonly pnl: Decimal
    readonly realisedPnl: Decimal
    /** Change of the unrealised PnL over the day. */
    readonly unrealisedPnl: Decimal
    readonly fees: Decimal
    readonly funding: Decimal
  }
  readonly peakEquity: Decimal
  /** Fraction below the session's highest equity, 0 to 1. */
  readonly drawdown: number
  readonly grossExposure: Decimal
  readonly netExposure: Decimal
}

/** Equity over the session in at most some 500 points, for drawing. */
export interface EquityView {
  readonly currency: string
  /** Seconds since 1970. */
  readonly seconds: readonly number[]
  readonly equity: readonly number[]
}

/** One button: whether it makes sense now and, if not, why. */
export interface ControlView {
  readonly enabled: boolean
  /** Why it is not enabled; null when it is. */
  readonly reason: string | null
  /** What it would do now, in plain words. */
  readonly preview: readonly string[]
  /** What the operator has to type; null when a click confirms. */
  readonly confirmWord: string | null
}

/** Operator commands that have a button; `acceptDifference` is for one instrument. */
export type ControlKind = 'pause' | 'resume' | 'cancelAll' | 'flatten' | 'acceptDifference'

/** The session at a glance. */
export interface StateView {
  readonly protocol: number
  readonly version: string
  readonly mode: Mode
  /** Whose money: account and venue in one line. */
  readonly account: string
  readonly sessionId: string | null
  readonly startedTime: Instant | null
  readonly resumed: boolean
  readonly seed: number | null
  readonly configurationHash: string | null
  readonly dataHash: string | null
  readonly codeHash: string | null
  readonly engineState: EngineState
  /** One plain sentence that explains the state. */
  readonly engineReason: string
  readonly reconciled: boolean
  readonly reconciledTime: Instant | null
  /** The core's now: receivedTime of the last input. */
  readonly coreTime: Instant | null
  readonly instruments: readonly InstrumentView[]
  readonly accounts: readonly AccountView[]
  readonly counts: {
    readonly events: number
    readonly marketRecords: number
    readonly evaluations: number
    readonly signals: number
    readonly orders: number
    readonly fills: number
    readonly rejects: number
    readonly denials: Readonly<Record<string, number>>
  }
  readonly controls: Readonly<Record<ControlKind, ControlView>>
  /** Set when the projection itself failed; trading is not affected. */
  readonly fault: string | null
}

/** One step in the life of an order. */
export interface OrderStep {
  readonly time: Instant
  readonly what: OrderEvidence | 'submitted' | 'cancelSent' | 'fill' | 'denied'
  readonly state: OrderState | 'denied'
  readonly text: string
}

/** One of our orders, sent or denied, with its life so far. */
export interface OrderView {
  readonly clientOrderId: string
  readonly venueOrderId: string | null
  readonly intentId: string
  readonly instrument: number
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly price: Decimal
  readonly quantity: Decimal
  readonly filledQuantity: Decimal
  readonly leavesQuantity: Decimal
  readonly averageFillPrice: Decimal | null
  readonly state: OrderState | 'denied'
  readonly isOpen: boolean
  readonly timeInForce: 'gtc' | 'ioc'
  readonly postOnly: boolean
  readonly reduceOnly: boolean
  readonly sentTime: Instant
  readonly changedTime: Instant
  /** Why it closed or was denied, in one sentence; null while open. */
  readonly reason: string | null
  readonly steps: readonly OrderStep[]
}

/** One execution of the account. */
export interface FillView {
  readonly executionId: string
  readonly clientOrderId: string | null
  readonly instrument: number
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly price: Decimal
  readonly quantity: Decimal
  readonly notional: Decimal
  readonly liquidity: 'maker' | 'taker'
  /** In the quote currency; what was taken in the asset counts at the fill's price. */
  readonly fee: Decimal
  /** The part of the fee that was taken in the asset, in units of it; null when none was. */
  readonly assetFee: Decimal | null
  readonly realisedPnl: Decimal
  /** Signed position right before the fill, in units of the asset. */
  readonly positionBefore: Decimal
  /** Against the arrival price, + = cost; null when the arrival price is not known. */
  readonly slippageBps: number | null
  readonly role: 'entry' | 'exit' | 'foreign'
  readonly venueTime: Instant
  readonly receivedTime: Instant
}

/** Position of one instrument, flat ones included; marked at the last mid. */
export interface PositionView {
  readonly instrument: number
  readonly symbol: string
  readonly direction: 'long' | 'short' | 'flat'
  /** Signed. */
  readonly quantity: Decimal
  readonly averageEntryPrice: Decimal | null
  readonly mark: Decimal | null
  readonly notional: Decimal | null
  readonly unrealisedPnl: Decimal | null
  readonly unrealisedBps: number | null
  readonly realisedPnl: Decimal
  readonly fees: Decimal
  readonly funding: Decimal
  readonly entryTime: Instant | null
  /** Why trading in it is stopped; null when it is not. */
  readonly stopped: string | null
}

/** Columns of bars, oldest first; prices in currency units (mids, for drawing). */
export interface BarsView {
  readonly instrument: number
  readonly intervalSeconds: number
  readonly window: number
  readonly warm: { readonly have: number; readonly need: number }
  /** True when the columns continue what was sent before: equal open times are replaced. */
  readonly isPartial: boolean
  /** Seconds since 1970 of the opens. */
  readonly openSeconds: readonly number[]
  readonly open: readonly number[]
  readonly high: readonly number[]
  readonly low: readonly number[]
  readonly close: readonly number[]
  readonly z: readonly (number | null)[]
  readonly imbalance: readonly (number | null)[]
  readonly mean: readonly (number | null)[]
  readonly deviation: readonly (number | null)[]
  /** True in the bar that is still forming (the last one). */
  readonly isForming: boolean
}

/** The order book as we hold it, 20 levels a side, and our orders in it. */
export interface BookView {
  readonly instrument: number
  readonly status: 'unknown' | 'oneSided' | 'valid' | 'locked' | 'crossed' | 'gapped'
  /** Best first: price, quantity. */
  readonly bids: readonly (readonly [Decimal, Decimal])[]
  readonly asks: readonly (readonly [Decimal, Decimal])[]
  readonly mid: Decimal | null
  readonly spreadBps: number | null
  readonly imbalance: number | null
  readonly imbalanceLevels: number
  /** Our resting orders. */
  readonly ours: readonly {
    readonly side: 'buy' | 'sell'
    readonly price: Decimal
    readonly leavesQuantity: Decimal
  }[]
  readonly lastTrade: {
    readonly price: Decimal
    readonly quantity: Decimal
    readonly side: 'buy' | 'sell'
    readonly receivedTime: Instant
  } | null
  readonly venueTime: Instant | null
  readonly receivedTime: Instant | null
}

/** One gate of the last evaluation: what was compared with what, and by how much it passed. */
export interface GateView {
  readonly gate: string
  readonly label: string
  /** Null when it could not be computed, which fails. */
  readonly value: number | null
  readonly valueText: string
  readonly operator: '<' | '>' | '<=' | '>=' | '='
  readonly threshold: number
  readonly thresholdText: string
  readonly passed: boolean
  /** Distance to the threshold in units of it, positive when passed; null when not computable. */
  readonly margin: number | null
  /** The same quantity at this moment where it can be read off the market; null elsewhere. */
  readonly liveText: string | null
  /** Share of the observed part of the last hour in which this was the first failing gate. */
  readonly blockedShare: number
}

/** Expected gain beside expected costs. */
export interface EstimateView extends EntryEstimate {
  /** All costs together. */
  readonly costBp: number
  /** The same in one line of plain words. */
  readonly text: string
}

/** Would-be results of an instrument in shadow; nothing of it is in any account. */
export interface ShadowView {
  readonly orders: number
  readonly fills: number
  /** Signed, that would be held. */
  readonly quantity: Decimal
  /** Before fees. */
  readonly realisedPnl: Decimal
  readonly fees: Decimal
}

/** Why one instrument trades or does not. */
export interface DecisionView {
  readonly instrument: number
  readonly symbol: string
  readonly strategy: string | null
  /** When it was evaluated; null before the first evaluation. */
  readonly time: Instant | null
  readonly barCloseTime: Instant | null
  readonly close: number | null
  readonly z: number | null
  readonly imbalance: number | null
  readonly outcome: string | null
  /** Since when the outcome is this one. */
  readonly since: Instant | null
  /** Why it trades or does not, in one plain sentence. */
  readonly sentence: string
  readonly firstFailing: string | null
  /** What the entry in question is expected to earn and to cost, basis points; null unless known. */
  readonly estimate: EstimateView | null
  /** What its orders would have done, where they are recorded instead of sent; null elsewhere. */
  readonly shadow: ShadowView | null
  /** How much of the last hour the shares of the gates are about. */
  readonly observedSeconds: number
  readonly gates: readonly GateView[]
  /** Last changes, newest first. */
  readonly history: readonly {
    readonly time: Instant
    readonly outcome: string
    readonly sentence: string
    readonly z: number | null
    readonly imbalance: number | null
  }[]
}

/** Where the journal stands. */
export interface JournalView {
  readonly sequence: number
  /** Hex of the chain's head; null when the session keeps no journal. */
  readonly head: string | null
  readonly committedTime: Instant | null
  readonly path: string | null
  /** Last entries, newest first. */
  readonly recent: readonly {
    readonly sequence: number
    readonly time: Instant
    readonly kind: string
    readonly text: string
  }[]
}

/** One stream of the venue and how current it is. */
export interface StreamView {
  readonly stream: 'book' | 'trades' | 'account'
  /** Null means the whole venue. */
  readonly instrument: number | null
  readonly symbol: string | null
  readonly freshness: Freshness
  readonly lastTime: Instant | null
  readonly warnSeconds: number
  readonly staleSeconds: number
  readonly messages: number
  /** Over the last 12 seconds; null in the first of them. */
  readonly messagesPerSecond: number | null
  readonly gaps: number
  readonly disconnects: number
}

/** Connections, delays and the process. */
export interface HealthView {
  readonly streams: readonly StreamView[]
  /** How far the driver runs behind what it receives, seconds; 0 is level. */
  readonly lagSeconds: number
  readonly lastHeartbeatTime: Instant | null
  readonly feedDelayMs: number | null
  readonly reconciledTime: Instant | null
  readonly accountQueryFailures: number
  readonly clients: number
  readonly memoryMegabytes: number
  readonly eventLoopLagMs: number
  readonly uptimeSeconds: number
}

/** Something that wants to be known; ids count from 1 without gaps. */
export interface AlertView {
  readonly id: number
  readonly time: Instant
  readonly level: 'info' | 'warning' | 'critical'
  readonly code: string
  readonly text: string
}
