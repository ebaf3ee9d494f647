import type {
  Effect,
  Event,
  Instrument,
  InstrumentId,
  MarketBatch,
  Mode,
  TimeUs,
} from '../../core/mod.ts'
import type { ChainHead, EntryKind } from './chain.ts'
import type { CrashHook } from './crash-points.ts'
import type { FileOperations } from './file-operations.ts'

/** What a session is made of; the first entry of its journal. */
export interface Genesis {
  readonly configurationHash: string
  readonly dataHash: string
  readonly codeHash: string
  readonly mode: Mode
  readonly seed: number
  /** 16 lower-case hex digits. */
  readonly sessionId: string
  /** The validated configuration, secrets as references. */
  readonly configuration: unknown
  readonly instruments: readonly Instrument[]
  /** Id of a strategy that a program composed; absent when the configuration describes it. */
  readonly strategy?: string
  /** Account at the venues, part of every execution's key; empty when there is only one. */
  readonly account?: string
}

/** One stored entry. */
export interface JournalEntry {
  readonly seq: number
  readonly kind: EntryKind
  /** Received time of an input, time of the step for effects, us; 0 for genesis. */
  readonly time: TimeUs
  readonly payload: unknown
  /** Chain hash, 64 hex digits. */
  readonly hash: string
}

/** Payload of a market entry: records [from, to) of a segment. */
export interface MarketRange {
  readonly segment: number
  readonly from: number
  readonly to: number
  /** Digest of the records and their pool. */
  readonly digest: string
}

/** Payload of a snapshot entry. */
export interface SnapshotMark {
  /** Last input the state includes, as the caller counted. */
  readonly after: number
  readonly stateHash: string
}

type Item<Kind extends EntryKind, Payload> = JournalEntry & {
  readonly kind: Kind
  readonly payload: Payload
}

/** What {@link readJournal} gives: entries in order, market entries with their records. */
export type JournalItem =
  | Item<'genesis', Genesis>
  | Item<'event', Event>
  | Item<'effect', Effect>
  | Item<'snapshotTaken', SnapshotMark>
  | (Item<'market', MarketRange> & {
      /** Records [from, to) of the segment: a part of the entry's range, at most one frame. */
      readonly batch: MarketBatch
      readonly segment: number
      readonly from: number
      readonly to: number
    })

/**
 * The durable, hash-chained record of a session. Every method that writes throws AdapterError
 * (fatal) when the disk refuses; after that nothing more is accepted and trading must stop.
 */
export interface Journal {
  readonly path: string
  /** Last entry. Market data buffered since are not part of it yet. */
  readonly head: ChainHead
  /**
   * Stores an input before it is stepped, after the market data appended before it: one commit.
   * Returns its sequence number. An execution already stored is a bug of the caller, who asks
   * {@link hasExecution} (or uses withoutKnownExecutions) first.
   */
  appendEvent(event: Event): number
  /**
   * Buffers records [from, to) of a batch, before they are stepped; the whole batch by default.
   * They become durable with the next event, effects, snapshot, rotation or flush.
   */
  appendMarket(batch: MarketBatch, from?: number, to?: number): void
  /**
   * Stores the effects of a step before any is executed, with the market data before: one commit.
   */
  appendEffects(effects: readonly Effect[], time: TimeUs): void
  /**
   * True when the execution was ever stored. Its key is (venue, account, id); the venue is the
   * instrument's, by default that of instrument 0.
   */
  hasExecution(executionId: string, instrument?: InstrumentId): boolean
  /**
   * Stores the state after every input up to `seq` (the last input, or any later entry) and the
   * market data appended so far. The two latest are kept.
   */
  saveSnapshot(seq: number, state: string): void
  /** The latest state; entries after its `seq` come after it. */
  loadLatestSnapshot(): { readonly seq: number; readonly state: string } | null
  /** Makes everything appended durable; buffered market data become an entry. */
  flush(): void
  /** Flushes, seals the segment and releases the lock. Harmless when repeated. */
  close(): void
}

/** How a journal is written. */
export interface JournalOptions {
  /**
   * `full` (default): every commit is on the device before it returns. `none`: for drills and
   * backtests; the same entries, but a crash may lose them.
   */
  readonly durability?: 'full' | 'none'
  /** Size at which a segment is closed, bytes. */
  readonly maximumSegmentBytes?: number
  /**
   * Market data up to this many bytes are stored in the transaction of the entry they precede (one
   * sync a commit), then the segment is synced; 256 KiB by default, 0 syncs the segment each time.
   */
  readonly maximumUnsyncedBytes?: number
  /** Called around every durable step; tests end the process there. */
  readonly crashPoint?: CrashHook
  /** Replaced in tests to inject faults. */
  readonly files?: FileOperations
}

/** An open journal with what it said about itself. */
export interface OpenedJournal {
  readonly journal: Journal
  readonly genesis: Genesis
  /** Market records after the last entry that a crash left behind; they were cut off. */
  readonly droppedRecords: number
}

/** Outcome of checking a journal. `seq` is the first entry that is wrong or missing. */
export type Verification =
  | { readonly ok: true; readonly entries: number; readonly head: ChainHead }
  | { readonly ok: false; readonly seq: number; readonly reason: string }
