import type {
  Approved,
  AssetUnits,
  Currency,
  Instrument,
  Ledger,
  Money,
  NewOrder,
  TimeUs,
} from '../../../core/mod.ts'
import type { AdapterEnvironment, VenueAdapter } from '../port.ts'

/** An engine that has a share of the account. */
export interface ShareOptions {
  /** Unique in the account. */
  readonly engine: string
  /** What it trades, as the venue spells it: its instruments have the ids 0, 1, ... in this order. */
  readonly symbols: readonly string[]
  /** Its part of the account's money when it begins, in the currency of its instruments. */
  readonly balance: Money
}

/** How several engines share the account behind one adapter. */
export interface SharedAccountOptions {
  readonly adapter: VenueAdapter
  readonly environment: AdapterEnvironment
  readonly shares: readonly ShareOptions[]
  readonly memory: AccountMemory
  readonly notice?: (notice: AccountNotice) => void
}

/** Something a person should hear of. */
export interface AccountNotice {
  readonly level: 'info' | 'critical'
  readonly code: string
  readonly text: string
}

/** Keeps a text across restarts, at once or not at all. */
export interface AccountMemory {
  /** Null when nothing was kept. */
  load(): string | null
  save(text: string): void
}

/** The books of an engine, as its own session keeps them. */
export interface EngineBooks {
  /** 16 hexadecimal digits: what its client order ids begin with. */
  readonly sessionId: string
  ledger(): Ledger
  /** True once it compared itself with the account: before, it takes its share over. */
  hasBegun(): boolean
  /** True when the execution is in its ledger. */
  knows(executionId: string): boolean
  /** True once nothing is booked any more. */
  isStopped(): boolean
}

/** What one engine sees of the account: the port of a venue, and where its books are shown. */
export interface EngineView extends VenueAdapter {
  readonly engine: string
  /** Says whose books these are; before {@link VenueAdapter.start}. */
  open(books: EngineBooks): void
}

/** Several engines on one account. */
export interface SharedAccount {
  readonly views: readonly EngineView[]
  /** Venue time up to which everything was counted; 0 for an account that is new. */
  countedUntil(): TimeUs
  /** Sums as they are now, against the venue's last word. */
  state(): AccountState
  /** Compares once more, as far as the venue answers, and closes the connection. */
  close(): Promise<void>
}

/** What is held of an instrument. */
export interface InstrumentSum {
  readonly instrument: Instrument
  /** By engine, in the order of the shares; null where it is not traded. */
  readonly engines: readonly (AssetUnits | null)[]
  /** What the account's own books hold beyond that: fills of orders that are nobody's. */
  readonly unowned: AssetUnits
  /** What the venue held beyond the account's books at its last word. */
  readonly unexplained: AssetUnits
}

/**
 * Money of a currency. What is counted is cash less the cost of open perpetual positions: it moves
 * with every payment and not with the way in which fills are netted.
 */
export interface CurrencySum {
  readonly currency: Currency
  readonly engines: readonly Money[]
  /** In the account and given to no engine. */
  readonly unallocated: Money
  readonly account: Money
  /** What engines and account disagree about, executions and payments only: 0. */
  readonly difference: Money
  /** Cash that the venue had beyond the account's books at its last word. */
  readonly unexplained: Money
}

/** The account and its sub-ledgers at one instant. */
export interface AccountState {
  readonly venue: string
  readonly engines: readonly string[]
  /** Of the venue's last word; null before the first. */
  readonly reportTime: TimeUs | null
  readonly instruments: readonly InstrumentSum[]
  readonly currencies: readonly CurrencySum[]
  /** True when every sum equals the account's, positions and money. */
  readonly isEqual: boolean
}

/** An order that may be sent. */
export type ApprovedOrder = Approved<NewOrder>
