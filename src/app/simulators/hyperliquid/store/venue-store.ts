import type { TimeUs } from '../../../../core/mod.ts'
import type { VenueSnapshot } from '../state/venue-snapshot.ts'
import type { JsonObject } from '../wire/json.ts'

/** Version of everything in a store; another one is refused. */
export const STORE_VERSION = 2

/** What a venue is, for as long as its store lives. */
export interface VenueIdentity {
  readonly version: number
  readonly seed: number
  /** When its market began, us. */
  readonly startTime: TimeUs
  /** Describes the market: another one under the same store is refused. */
  readonly market: string
}

/** What changed the venue's state from outside, with the venue time at which it did. */
export type LogEntry =
  | {
      readonly kind: 'deposit'
      readonly time: TimeUs
      readonly address: string
      /**
       * By dex name ("" is the native one) or "spot": money as decimal digits of its integer count.
       */
      readonly amounts: Readonly<Record<string, string>>
    }
  | {
      /** The market stood still from `time` to `until`. */
      readonly kind: 'pause'
      readonly time: TimeUs
      readonly until: TimeUs
    }
  | {
      readonly kind: 'action'
      readonly time: TimeUs
      readonly signer: string
      readonly user: string
      readonly nonce: number
      readonly action: JsonObject
      /** Milliseconds after which it is refused; absent: never. */
      readonly expiresAfter?: number
    }

/** A log entry with its number (1, 2, ...) and the reply that was given. */
export interface LoggedEntry {
  readonly sequence: number
  readonly entry: LogEntry
  readonly reply: string
}

/** The state after a number of log entries. */
export interface Checkpoint {
  readonly sequence: number
  readonly snapshot: VenueSnapshot
}

/** A venue's durable memory: its identity, the log of what was done to it, checkpoints. */
export interface VenueStore {
  readIdentity(): VenueIdentity | null
  writeIdentity(identity: VenueIdentity): void
  /** Durable when it returns; returns the entry's number. Throws AdapterError when it cannot be. */
  append(entry: LogEntry, reply: string): number
  /** Entries with numbers above `sequence`, in order. */
  entriesAfter(sequence: number): Iterable<LoggedEntry>
  readCheckpoint(): Checkpoint | null
  writeCheckpoint(checkpoint: Checkpoint): void
  close(): void
}

/** A store that forgets everything with the process: for drills and tests. */
export function createMemoryStore(): VenueStore {
  let identity: VenueIdentity | null = null
  let checkpoint: Checkpoint | null = null
  const entries: LoggedEntry[] = []
  return {
    readIdentity: () => identity,
    writeIdentity: (written) => {
      identity = written
    },
    append(entry, reply) {
      const sequence = entries.length + 1
      entries.push({ sequence, entry: structuredClone(entry), reply })
      return sequence
    },
    entriesAfter: (sequence) => structuredClone(entries.slice(sequence)),
    readCheckpoint: () => (checkpoint === null ? null : structuredClone(checkpoint)),
    writeCheckpoint: (written) => {
      checkpoint = structuredClone(written)
    },
    close: () => {},
  }
}
