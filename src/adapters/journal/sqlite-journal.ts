import type { DatabaseSync, StatementSync } from 'node:sqlite'
import {
  assert,
  type Effect,
  type Event,
  type InstrumentId,
  type MarketBatch,
  type TimeUs,
} from '../../core/mod.ts'
import { type ChainHead, type EntryKind, entryHash } from './chain.ts'
import { hashText } from './check.ts'
import { encodePayload } from './codec.ts'
import type { CrashHook } from './crash-points.ts'
import { executionsOf } from './executions.ts'
import { isSystemFailure, writeFailure } from './failures.ts'
import type { HeadFile } from './head-file.ts'
import type { JournalLock } from './lock.ts'
import type { Recorder } from './recorder.ts'
import type { Genesis, Journal } from './types.ts'

/** Records between two looks at the size of the segment. */
const ROTATION_STRIDE = 8192
/** Entries of one transaction when durability is off. */
const GROUP_ENTRIES = 1024
const SNAPSHOTS_KEPT = 2

/** What an open journal is made of; it owns all of it. */
export interface JournalParts {
  readonly path: string
  readonly genesis: Genesis
  readonly database: DatabaseSync
  readonly lock: JournalLock
  readonly recorder: Recorder
  readonly headFile: HeadFile
  readonly crash: CrashHook
  readonly durable: boolean
  readonly head: ChainHead
  readonly lastInput: { readonly seq: number; readonly time: TimeUs }
}

interface Statements {
  readonly begin: StatementSync
  readonly commit: StatementSync
  readonly rollback: StatementSync
  readonly insertEntry: StatementSync
  readonly insertExecution: StatementSync
  readonly findExecution: StatementSync
  readonly insertSnapshot: StatementSync
  readonly pruneSnapshots: StatementSync
  readonly latestSnapshot: StatementSync
  readonly insertFrame: StatementSync
  readonly clearFrames: StatementSync
}

/** The journal over SQLite and segment files. */
export class SqliteJournal implements Journal {
  readonly path: string
  readonly #parts: JournalParts
  readonly #statements: Statements
  readonly #account: string
  #head: ChainHead
  #lastInput: { readonly seq: number; readonly time: TimeUs }
  #uncommitted = 0
  /** True when the frames stored beside the entries are in synced files: they can go. */
  #areFramesSynced = true
  #failure: Error | null = null
  #isClosed = false

  constructor(parts: JournalParts) {
    this.path = parts.path
    this.#parts = parts
    this.#statements = prepare(parts.database)
    this.#account = parts.genesis.account ?? ''
    this.#head = parts.head
    this.#lastInput = parts.lastInput
  }

  get head(): ChainHead {
    return this.#head
  }

  appendEvent(event: Event): number {
    const text = encodePayload(event)
    if (event.kind === 'executed') {
      const { executionId, instrument } = event.execution
      assert(!this.hasExecution(executionId, instrument), `execution ${executionId} is stored`)
    }
    return this.#write(() => {
      this.#insertRange()
      const seq = this.#insert('event', event.receivedTime, text)
      for (const { executionId, instrument } of executionsOf(event)) {
        this.#statements.insertExecution.run(
          this.#venueOf(instrument),
          this.#account,
          executionId,
          seq,
        )
      }
      this.#lastInput = { seq, time: event.receivedTime }
      return seq
    })
  }

  appendMarket(batch: MarketBatch, from = 0, to = batch.count): void {
    this.#assertUsable()
    const { recorder } = this.#parts
    for (let at = from; at < to; at += ROTATION_STRIDE) {
      this.#guard(() => recorder.append(batch, at, Math.min(to, at + ROTATION_STRIDE)))
      if (!recorder.isFull) continue
      this.flush()
      this.#guard(() => recorder.rotate())
      this.#areFramesSynced = true
    }
  }

  appendEffects(effects: readonly Effect[], time: TimeUs): void {
    if (effects.length === 0) return
    const texts = effects.map(encodePayload)
    this.#write(() => {
      this.#insertRange()
      for (const text of texts) this.#insert('effect', time, text)
    })
  }

  hasExecution(executionId: string, instrument: InstrumentId = 0): boolean {
    this.#assertUsable()
    const venue = this.#venueOf(instrument)
    return this.#statements.findExecution.get(venue, this.#account, executionId) !== undefined
  }

  saveSnapshot(seq: number, state: string): void {
    assert(
      seq >= this.#lastInput.seq && seq <= this.#head.seq,
      `a snapshot after entry ${seq}, but the last input is ${this.#lastInput.seq}`,
    )
    const payload = encodePayload({ after: seq, stateHash: hashText(state) })
    this.#write(() => {
      this.#insertRange()
      const at = this.#insert('snapshotTaken', this.#lastInput.time, payload)
      this.#statements.insertSnapshot.run(at, state)
      this.#statements.pruneSnapshots.run(SNAPSHOTS_KEPT)
    })
  }

  loadLatestSnapshot(): { readonly seq: number; readonly state: string } | null {
    this.#assertUsable()
    const row = this.#statements.latestSnapshot.get()
    return row === undefined ? null : { seq: Number(row['seq']), state: String(row['state']) }
  }

  flush(): void {
    this.#assertUsable()
    if (this.#parts.recorder.hasOpenRange) this.#write(() => this.#insertRange())
    this.#guard(() => this.#commitGroup())
  }

  close(): void {
    if (this.#isClosed) return
    const { database, recorder, headFile, lock, crash } = this.#parts
    try {
      if (this.#failure === null) {
        this.flush()
        crash('close.before')
        this.#guard(() => {
          recorder.close()
          this.#statements.clearFrames.run()
        })
      }
    } finally {
      this.#isClosed = true
      recorder.abandon()
      headFile.close()
      database.close()
      crash('close.after')
      lock.release()
    }
  }

  /** Runs the inserts of one transaction; a failure ends the journal's life. */
  #write<T>(inserts: () => T): T {
    this.#assertUsable()
    return this.#guard(() => {
      const { crash, durable } = this.#parts
      crash('commit.before')
      if (this.#uncommitted === 0) this.#statements.begin.run()
      const before = this.#head.seq
      const result = inserts()
      this.#uncommitted += this.#head.seq - before
      if (durable || this.#uncommitted >= GROUP_ENTRIES) this.#commitGroup()
      return result
    })
  }

  #commitGroup(): void {
    if (this.#uncommitted === 0) return
    const { crash, headFile } = this.#parts
    crash('commit.inside')
    this.#statements.commit.run()
    this.#uncommitted = 0
    crash('commit.after')
    crash('head.before')
    headFile.write(this.#head)
    crash('head.after')
  }

  #insert(kind: EntryKind, time: TimeUs, text: string): number {
    assert(Number.isSafeInteger(time), `time ${time} of an entry is not in microseconds`)
    const seq = this.#head.seq + 1
    const hash = entryHash(this.#head.hash, seq, kind, time, text)
    this.#statements.insertEntry.run(seq, kind, time, text, hash)
    this.#head = { seq, hash }
    return seq
  }

  /** Market data that came before what is being written. */
  #insertRange(): void {
    const recorded = this.#parts.recorder.takeRange()
    if (recorded === null) return
    const { range, time, unsynced } = recorded
    const seq = this.#insert('market', time, encodePayload(range))
    this.#lastInput = { seq, time }
    if (unsynced === null) this.#areFramesSynced = true
    if (this.#areFramesSynced) this.#statements.clearFrames.run()
    this.#areFramesSynced = false
    for (const { segment, position, bytes } of unsynced ?? []) {
      this.#statements.insertFrame.run(segment, position, bytes)
    }
  }

  #venueOf(instrument: InstrumentId): string {
    const found = this.#parts.genesis.instruments[instrument]
    assert(found !== undefined, `instrument ${instrument} is not in the journal's universe`)
    return found.venue
  }

  #assertUsable(): void {
    assert(!this.#isClosed, `the journal ${this.path} is closed`)
    if (this.#failure !== null) throw this.#failure
  }

  #guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      this.#failure = isSystemFailure(error) ? writeFailure(this.path, error) : asError(error)
      if (this.#parts.database.isTransaction) this.#rollback()
      throw this.#failure
    }
  }

  #rollback(): void {
    try {
      this.#statements.rollback.run()
    } catch {
      // The first failure is the one to report; closing the database rolls back as well.
    }
  }
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error))

const prepare = (database: DatabaseSync): Statements => ({
  begin: database.prepare('BEGIN IMMEDIATE'),
  commit: database.prepare('COMMIT'),
  rollback: database.prepare('ROLLBACK'),
  insertEntry: database.prepare(
    'INSERT INTO entry (seq, kind, time, payload, hash) VALUES (?, ?, ?, ?, ?)',
  ),
  insertExecution: database.prepare(
    `INSERT INTO execution (venue, account, execution_id, seq) VALUES (?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  ),
  findExecution: database.prepare(
    'SELECT 1 FROM execution WHERE venue = ? AND account = ? AND execution_id = ?',
  ),
  insertSnapshot: database.prepare('INSERT INTO snapshot (seq, state) VALUES (?, ?)'),
  pruneSnapshots: database.prepare(
    'DELETE FROM snapshot WHERE seq NOT IN (SELECT seq FROM snapshot ORDER BY seq DESC LIMIT ?)',
  ),
  insertFrame: database.prepare(
    'INSERT INTO unsynced_frame (segment, position, bytes) VALUES (?, ?, ?)',
  ),
  clearFrames: database.prepare('DELETE FROM unsynced_frame'),
  latestSnapshot: database.prepare('SELECT seq, state FROM snapshot ORDER BY seq DESC LIMIT 1'),
})
