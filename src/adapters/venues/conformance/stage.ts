import type { Approved, CancelOrder, NewOrder, Price, Side } from '../../../core/mod.ts'
import type { VenueAdapter } from '../port.ts'
import type { RecordingSink } from '../recording-sink.ts'

/** Faults that a stage can put between an adapter and its venue. */
interface ConformanceFaults {
  /** Commands are carried out, their replies never come. */
  loseReplies(isOn: boolean): void
  /** Commands never arrive. */
  loseRequests(isOn: boolean): void
  /** Queries of the account and of orders are answered with a failure. */
  failQueries(isOn: boolean): void
  /** Every frame of the streams is delivered twice. */
  repeatFrames(isOn: boolean): void
  /** The network is down: the streams end at once and do not come back while it is on. */
  cutStreams(isOn: boolean): void
}

/**
 * One adapter before one venue with a quiet market: a book that only moves when somebody trades.
 * Nobody else trades but the counterparty of the stage.
 */
export interface ConformanceStage {
  readonly adapter: VenueAdapter
  readonly sink: RecordingSink
  /** The instrument the cards trade. */
  readonly symbol: string
  /**
   * The quiet book: (quanta, lots), best first, at least two levels a side and a spread of 4 steps.
   */
  readonly bids: readonly (readonly [number, number])[]
  readonly asks: readonly (readonly [number, number])[]
  readonly faults: ConformanceFaults
  /** Texts that may appear in nothing the adapter says: keys, tokens. */
  readonly secrets: readonly string[]
  /** Waits for what the adapter promised, letting time pass. */
  settle<Value>(promise: Promise<Value>): Promise<Value>
  /** Lets time pass. */
  run(ms: number): Promise<void>
  /** Lets time pass until the condition holds; false when it does not within `limitMs`. */
  until(condition: () => boolean, limitMs: number): Promise<boolean>
  /** Somebody else sends an IOC order of this side. */
  counterparty(side: Side, price: Price, lots: number): Promise<void>
  /** Stops the process without a word and starts another one on what it had stored. */
  restart(): Promise<void>
  /** Positive when the next funding is near: ms until it is paid for sure. */
  readonly fundingInMs: number
  close(): Promise<void>
}

/** How a venue joins the suite. */
export interface ConformanceSetup {
  /**
   * A fresh venue with a funded account; `beforeFunding` puts the next funding a few seconds off.
   */
  open(options: { readonly beforeFunding: boolean }): Promise<ConformanceStage>
  /** Test double of the risk gate. */
  approve<Command extends NewOrder | CancelOrder>(command: Command): Approved<Command>
  /** Cards this venue cannot play, each with its reason. */
  readonly skips?: Readonly<Record<string, string>>
  /** Only these cards (all). */
  readonly cards?: readonly string[]
}
