import type { TimeUs } from '../../../core/mod.ts'

/** What a venue is, for as long as its store lives. */
export interface VenueIdentity {
  /** Of everything in the store; another one is refused. */
  readonly version: number
  readonly seed: number
  /** When its market began, us. */
  readonly startTime: TimeUs
  /** Describes the market: another one under the same store is refused. */
  readonly market: string
}

/** A log entry with its number (1, 2, ...) and the reply that was given. */
export interface LoggedEntry<Entry> {
  readonly sequence: number
  readonly entry: Entry
  readonly reply: string
}

/** The state after a number of log entries. */
export interface Checkpoint<Snapshot> {
  readonly sequence: number
  readonly snapshot: Snapshot
}

/**
 * A venue's durable memory: its identity, the log of what was done to it, checkpoints. Entries are
 * JSON values; snapshots survive structured serialisation.
 */
export interface VenueStore<Entry, Snapshot> {
  readIdentity(): VenueIdentity | null
  writeIdentity(identity: VenueIdentity): void
  /** Durable when it returns; returns the entry's number. Throws AdapterError when it cannot be. */
  append(entry: Entry, reply: string): number
  /** Entries with numbers above `sequence`, in order. */
  entriesAfter(sequence: number): Iterable<LoggedEntry<Entry>>
  readCheckpoint(): Checkpoint<Snapshot> | null
  writeCheckpoint(checkpoint: Checkpoint<Snapshot>): void
  close(): void
}

/** A store that forgets everything with the process: for drills and tests. */
export function createMemoryStore<Entry, Snapshot>(): VenueStore<Entry, Snapshot> {
  let identity: VenueIdentity | null = null
  let checkpoint: Checkpoint<Snapshot> | null = null
  const entries: LoggedEntry<Entry>[] = []
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
