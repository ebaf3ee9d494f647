import type { DenialCode } from '../domain/effect.ts'
import type { HaltWindow, HoldingCause, Mode } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import type {
  AssetUnits,
  Currency,
  InstrumentId,
  Money,
  Price,
  Quantity,
  Side,
  TimeUs,
} from '../domain/units.ts'

/** A stretch in which a feed said nothing although it should have. */
export interface RunGap {
  /** Null means every instrument. */
  readonly instrument: InstrumentId | null
  readonly from: TimeUs
  readonly to: TimeUs
  readonly reason: string
}

/** What a check of a data file found: rows put aside with their reasons, or (noted) rows kept. */
export interface RunDataCheck {
  readonly file: string
  readonly table: string
  readonly check: string
  readonly outcome: 'quarantined' | 'noted'
  readonly count: number
  /** The first findings in words, rows by number. */
  readonly examples: readonly string[]
}

/** Where the market data of a run came from, and what is wrong with them. */
export interface RunData {
  readonly kind: 'recorded' | 'generated'
  readonly description: string
  /** A permissive, B copyleft, C no licence stated (never for publication); null when our own. */
  readonly licenceClass: 'A' | 'B' | 'C' | null
  readonly firstTime: TimeUs
  readonly lastTime: TimeUs
  /** Offset added to received times so that none lies before its venue time; 0 when none. */
  readonly skewUs: number
  /** Rows of each file as read, before any was put aside; empty when there are no files. */
  readonly files: readonly { readonly file: string; readonly rows: number }[]
  readonly checks: readonly RunDataCheck[]
  readonly gaps: readonly RunGap[]
  /** One for each instrument that has a book or bars, measured in the data. */
  readonly feeds: readonly RunFeed[]
  readonly hash: string
  /** How the universe was chosen and what that hides; empty when the question does not arise. */
  readonly survivorship: string
  /** What was done to rule look-ahead out, in a sentence; empty when nothing was. */
  readonly lookahead: string
}

/** What the strategy was fed with, of one instrument. */
export interface RunFeed {
  readonly instrument: InstrumentId
  /** Whole books, changes of single levels, or finished bars. */
  readonly kind: 'snapshots' | 'changes' | 'bars'
  /** Most levels per side of a snapshot; null where there are none. */
  readonly levels: number | null
  /** Median time between two of them as received, us; null when there are fewer than two. */
  readonly cadenceUs: number | null
  readonly hasTrades: boolean
  /** True when the data hold a funding rate of the instrument. */
  readonly hasFunding: boolean
}

/** How orders were filled. Latencies in us. */
export interface RunFillModel {
  /** Queue position of resting orders; null when no order could rest. */
  readonly queueModel: 'conservative' | 'pro-rata' | 'optimistic' | null
  readonly entryLatencyUs: number
  readonly responseLatencyUs: number
  /** What an arriving order is matched against, in words. */
  readonly arrivalMatch: string
  readonly notes: readonly string[]
}

/** When a day ends, for daily returns. */
export type RunCalendar =
  /** Trades around the clock: days end at 00:00 UTC, 365 a year. */
  | { readonly kind: 'continuous' }
  /** Sessions of an exchange: days end at each close. */
  | {
      readonly kind: 'sessions'
      readonly exchange: string
      /** Session closes covering the run, us, increasing. */
      readonly closes: Float64Array
      readonly perYear: number
    }

/** Conventions that the figures depend on and the report prints. */
export interface RunConventions {
  readonly calendar: RunCalendar
  /** Simple annual rate as a fraction, and where it is from. */
  readonly riskFreeAnnual: number
  readonly riskFreeSource: string
}

/** One of our fills, with what the market looked like. */
export interface RunFill {
  /** By venue time. */
  readonly time: TimeUs
  readonly instrument: InstrumentId
  readonly side: Side
  readonly price: Price
  readonly quantity: Quantity
  readonly liquidity: 'maker' | 'taker'
  /** Positive is a cost, in the quote currency. */
  readonly fee: Money
  /** The part of it that was taken in the asset; see `Execution.assetFee`. */
  readonly assetFee?: AssetUnits
  /** Why the intent behind it was made, for example "entry" or "stop loss". */
  readonly reason: string
  readonly intentId: string
  /** When the order was decided; null when unknown. */
  readonly decisionTime: TimeUs | null
  /** Best opposite price when it was decided; null when unknown. */
  readonly arrivalPrice: Price | null
  /** Mid when it was decided, half quanta; null: looked up in `mids` at `decisionTime`. */
  readonly arrivalMidHalfQuanta: number | null
  /** Mid at the fill by venue time, half quanta; null: looked up in `mids` at `time`. */
  readonly midHalfQuanta: number | null
}

/** Funding paid (negative) or received (positive), or what else holding it cost or earned. */
export interface RunFunding {
  readonly time: TimeUs
  readonly instrument: InstrumentId
  readonly amount: Money
  /** Of shares; absent where it is the funding of a perpetual. */
  readonly cause?: HoldingCause
}

/** Interest on borrowed money, of the account as a whole: negative was paid. */
export interface RunInterest {
  readonly time: TimeUs
  readonly amount: Money
}

/** Shares of the universe that were split or joined, held or not. */
export interface RunSplit {
  readonly time: TimeUs
  readonly instrument: InstrumentId
  /** New shares for an old one x 1e9. */
  readonly ratioE9: number
  /** Price after it, quanta, at which fractions became cash. */
  readonly price: number
}

/** A rule of shares, whether it held and what it did. */
export interface RunShareRule {
  readonly name: string
  readonly isOn: boolean
  /** What it assumes, or what is left out without it, in a sentence. */
  readonly text: string
  /** How often it acted, with what; null where it counts nothing. */
  readonly acted: { readonly count: number; readonly what: string } | null
}

/** Money moved in (positive) or out of the account: removed from returns. */
export interface RunTransfer {
  readonly time: TimeUs
  readonly amount: Money
}

/** Signal bars of an instrument as columns of equal length; NaN where a value was unknown. */
export interface RunBars {
  readonly instrument: InstrumentId
  /** Close times, us, increasing. */
  readonly time: Float64Array
  /** Half quanta. */
  readonly close: Float64Array
  readonly z: Float64Array
  readonly imbalance: Float64Array
}

/** Mid prices of an instrument by venue time, one row a change, increasing. */
export interface RunMids {
  readonly instrument: InstrumentId
  readonly time: Float64Array
  readonly halfMid: Float64Array
}

/** When no new risk was taken for reasons that were known ahead. */
export interface RunHalts {
  /** Those that meet the run, ascending and not overlapping. */
  readonly windows: readonly HaltWindow[]
  /** What the calendar of events does not know of the run, in sentences. */
  readonly missing: readonly string[]
}

/** How often each thing happened. */
export interface RunCounts {
  readonly events: number
  readonly evaluations: number
  readonly signals: number
  readonly orders: number
  readonly fills: number
  readonly rejects: number
  readonly denials: Readonly<Partial<Record<DenialCode, number>>>
  /** First failing gate or action taken, with how many evaluations ended there. */
  readonly evaluationsByOutcome: Readonly<Record<string, number>>
}

/** What the run ledger knows of other trials on the same data; feeds the deflated Sharpe ratio. */
export interface RunTrials {
  /** Distinct configurations tried, this one included. */
  readonly count: number
  /** Variance over trials of the Sharpe ratio per observation; null below two trials. */
  readonly sharpeVariance: number | null
}

/** The same rules on random walks of the same volatility: what no edge looks like. */
export interface NullTwin {
  /** How the walks were made, in whole sentences. */
  readonly description: string
  readonly runs: readonly {
    readonly seed: number
    /** Net return over the run, a fraction of start equity. */
    readonly netReturn: number
    readonly trips: number
    /** Mean gross result of a round trip in bps of its entry notional; null without trips. */
    readonly grossBpsMean: number | null
  }[]
}

/** A reference series, always a local file with a hash. */
export interface RunBenchmark {
  readonly name: string
  readonly hash: string
  readonly time: Float64Array
  readonly value: Float64Array
}

/** Everything a report is made of: plain data, from a backtest or a fold over a journal. */
export interface RunRecord {
  readonly schema: 'ornstein.run/1'
  readonly mode: Mode
  readonly name: string
  readonly strategy: string
  /** Currency of equity and of every total. */
  readonly currency: Currency
  readonly data: RunData
  readonly fillModel: RunFillModel
  readonly conventions: RunConventions
  readonly parameters: Readonly<Record<string, unknown>>
  /** Gates switched off by the configuration. */
  readonly gatesOff: readonly string[]
  /** Absent where nothing halts ahead. */
  readonly halts?: RunHalts
  /** Absent where no shares are traded. */
  readonly shareRules?: readonly RunShareRule[]
  readonly z: {
    readonly window: number
    readonly ddof: number
    readonly current: 'include' | 'exclude'
    readonly maxGap: number
  }
  readonly seed: number
  readonly commit: string
  readonly configurationHash: string
  readonly dataHash: string
  readonly codeHash: string
  readonly command: string
  readonly instruments: readonly Instrument[]
  /** Currency units. */
  readonly startEquity: number
  /** Marked to market at mid, open positions included; times us, increasing. */
  readonly equity: { readonly time: Float64Array; readonly value: Float64Array }
  /** In any order; fills of one instant in the order they happened. */
  readonly fills: readonly RunFill[]
  readonly funding: readonly RunFunding[]
  /** Absent where none was paid. */
  readonly interest?: readonly RunInterest[]
  /** Absent where none happened. */
  readonly splits?: readonly RunSplit[]
  readonly transfers: readonly RunTransfer[]
  readonly bars: readonly RunBars[]
  readonly mids: readonly RunMids[]
  readonly counts: RunCounts
  /** Null: not known, so the deflated Sharpe ratio stays unproven. */
  readonly trials: RunTrials | null
  /** The same run under another queue model. */
  readonly companion?: RunRecord
  readonly nullTwin?: NullTwin
  readonly benchmark?: RunBenchmark
}
