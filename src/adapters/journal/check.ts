import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { AssertionFailure, type Event } from '../../core/mod.ts'
import { InputError } from '../errors.ts'
import { type ChainHead, EMPTY_HASH, entryHash } from './chain.ts'
import { decodePayload, encodePayload } from './codec.ts'
import { type EntryRow, type Horizon, readHorizon, readRows } from './database.ts'
import { executionsOf } from './executions.ts'
import { describe, isDamage } from './failures.ts'
import { readHeadFile } from './head-file.ts'
import { listSegments } from './recorder.ts'
import { instrumentsHash } from './segment-format.ts'
import { SegmentWalk } from './segment-walk.ts'
import type { UnsyncedFrame } from './segment-writer.ts'
import type { Genesis, MarketRange, SnapshotMark } from './types.ts'

/** What a sound journal turned out to hold. */
export interface JournalFacts {
  readonly ok: true
  readonly genesis: Genesis
  readonly head: ChainHead
  readonly entries: number
  /** Last input (event, market data or genesis). */
  readonly lastInput: { readonly seq: number; readonly time: number }
  readonly unsynced: readonly UnsyncedFrame[]
  /** Where the committed market data end; null when there are none. */
  readonly marketEnd: { readonly segment: number; readonly to: number } | null
}

/** What is wrong with a damaged one; `file` is the segment when it is a segment. */
export interface JournalDamage {
  readonly ok: false
  readonly seq: number
  readonly reason: string
  readonly file: string | null
}

class Damage extends Error {
  override readonly name = 'Damage'
}

/**
 * Checks an open journal: genesis, chain, market data, head note. `tail` starts at the last
 * snapshot (before it, only execution keys and the presence of segments are checked); `all` checks
 * everything, SQLite's own structures included.
 */
export function checkJournal(
  database: DatabaseSync,
  paths: { readonly journal: string; readonly segments: string },
  scope: 'tail' | 'all',
): JournalFacts | JournalDamage {
  const state: CheckState = { next: 0, head: { seq: -1, hash: EMPTY_HASH } }
  let walk: SegmentWalk | null = null
  try {
    const note = readHeadFile(paths.journal)
    if (scope === 'all') checkStructure(database)
    const genesis = readGenesis(database)
    const horizon = readHorizon(database)
    const { unsynced } = horizon
    walk = new SegmentWalk(paths.segments, instrumentsHash(genesis.instruments), unsynced)
    if (scope === 'tail') startAtSnapshot(database, state)
    const keys = scope === 'all' ? keyCounter(database, genesis) : null
    checkEntries(database, { state, walk, keys, horizon })
    if (scope === 'all') checkSnapshots(database)
    checkKeys(database)
    checkHeadNote(database, note, state)
    const marketEnd = readMarketEnd(database)
    checkSegmentsPresent(paths.segments, marketEnd?.segment ?? 0)
    return {
      ok: true,
      genesis,
      head: state.head,
      entries: state.head.seq + 1,
      lastInput: readLastInput(database),
      marketEnd,
      unsynced,
    }
  } catch (error) {
    if (error instanceof AssertionFailure) throw error
    if (error instanceof InputError && !isDamage(error)) throw error
    const details = (error as { details?: readonly string[] }).details
    return {
      ok: false,
      seq: state.next,
      reason: describe(error).message,
      file: details?.[0] ?? null,
    }
  } finally {
    walk?.close()
  }
}

interface CheckState {
  /** Entry being checked. */
  next: number
  /** Last sound entry. */
  head: ChainHead
}

function checkStructure(database: DatabaseSync): void {
  const rows = database.prepare('PRAGMA integrity_check(1)').all()
  const answer = String(rows[0]?.['integrity_check'])
  if (answer !== 'ok') throw new Damage(`the database is damaged: ${answer.replaceAll('\n', ' ')}`)
}

function readGenesis(database: DatabaseSync): Genesis {
  const row = database
    .prepare("SELECT payload, hash, time FROM entry WHERE seq = 0 AND kind = 'genesis'")
    .get() as Pick<EntryRow, 'payload' | 'hash' | 'time'> | undefined
  if (row === undefined) throw new Damage('the first entry is missing')
  if (entryHash(EMPTY_HASH, 0, 'genesis', row.time, row.payload) !== row.hash) {
    throw new Damage('the first entry differs from its hash')
  }
  return decodePayload(row.payload) as Genesis
}

function startAtSnapshot(database: DatabaseSync, state: CheckState): void {
  const row = database
    .prepare(
      `SELECT seq, hash FROM entry WHERE seq = (SELECT max(seq) FROM snapshot)
       AND kind = 'snapshotTaken'`,
    )
    .get() as ChainHead | undefined
  if (row === undefined) return
  checkSnapshots(database, row.seq)
  state.head = { seq: row.seq, hash: row.hash }
  state.next = row.seq + 1
}

/** The stored snapshots from that of `from` on, in one statement: a writer at work removes old ones. */
function checkSnapshots(database: DatabaseSync, from = 0): void {
  const rows = database
    .prepare(
      `SELECT snapshot.seq AS seq, state, payload
       FROM snapshot LEFT JOIN entry ON entry.seq = snapshot.seq WHERE snapshot.seq >= ?`,
    )
    .iterate(from) as Iterable<{ seq: number; state: string; payload: string | null }>
  for (const { seq, state, payload } of rows) {
    const mark = payload === null ? null : (decodePayload(payload) as SnapshotMark)
    if (mark?.stateHash !== hashText(state)) {
      throw new Damage(`the snapshot of entry ${seq} differs from its hash`)
    }
  }
}

function checkEntries(
  database: DatabaseSync,
  {
    state,
    walk,
    keys,
    horizon,
  }: {
    readonly state: CheckState
    readonly walk: SegmentWalk
    readonly keys: ReturnType<typeof keyCounter> | null
    readonly horizon: Horizon
  },
): void {
  for (const row of readRows(database, state.head.seq, horizon)) {
    if (row.seq !== state.next) {
      throw new Damage(`entry ${state.next} is missing, the next one is ${row.seq}`)
    }
    const hash = entryHash(state.head.hash, row.seq, row.kind, row.time, row.payload)
    if (hash !== row.hash) throw new Damage(`entry ${row.seq} differs from its hash`)
    if (row.kind === 'market') walk.check(decodePayload(row.payload) as MarketRange)
    if (row.kind === 'event') keys?.count(row)
    state.head = { seq: row.seq, hash }
    state.next = row.seq + 1
  }
  keys?.finish(state.head.seq)
}

/** Every key is the one of an execution in the entry it names: a changed key would count twice. */
function checkKeys(database: DatabaseSync): void {
  const rows = database
    .prepare(
      `SELECT execution_id AS id, execution.seq AS seq, payload
       FROM execution LEFT JOIN entry ON entry.seq = execution.seq`,
    )
    .iterate() as Iterable<{ id: string; seq: number; payload: string | null }>
  for (const { id, seq, payload } of rows) {
    if (payload === null || !payload.includes(encodePayload(id))) {
      throw new Damage(`the execution key ${id} does not belong to entry ${seq}`)
    }
  }
}

/** Every execution of the events has its key, and there are no other keys. */
function keyCounter(
  database: DatabaseSync,
  genesis: Genesis,
): { count(row: EntryRow): void; finish(lastSeq: number): void } {
  const find = database.prepare(
    'SELECT seq FROM execution WHERE venue = ? AND account = ? AND execution_id = ?',
  )
  const countAll = database.prepare('SELECT count(*) AS n FROM execution WHERE seq <= ?')
  let owned = 0
  return {
    count(row) {
      const seen = new Set<string>()
      for (const item of executionsOf(decodePayload(row.payload) as Event)) {
        const venue = genesis.instruments[item.instrument]?.venue ?? ''
        const first = find.get(venue, genesis.account ?? '', item.executionId)?.['seq']
        if (typeof first !== 'number' || first > row.seq) {
          throw new Damage(`the key of execution ${item.executionId} is missing`)
        }
        if (first === row.seq) seen.add(`${venue} ${item.executionId}`)
      }
      owned += seen.size
    },
    finish(lastSeq) {
      const total = Number(countAll.get(lastSeq)?.['n'])
      if (total !== owned) throw new Damage(`${total} execution keys for ${owned} executions`)
    },
  }
}

/** `note` was read before the entries: a writer at work may have gone on since. */
function checkHeadNote(database: DatabaseSync, note: ChainHead | null, state: CheckState): void {
  if (note === null) return
  if (note.seq > state.head.seq) {
    throw new Damage(`it ends at entry ${state.head.seq}, but entry ${note.seq} was committed`)
  }
  const row = database.prepare('SELECT hash FROM entry WHERE seq = ?').get(note.seq)
  if (row?.['hash'] !== note.hash) {
    throw new Damage(`entry ${note.seq} is not the one noted when it was committed`)
  }
}

function readMarketEnd(database: DatabaseSync): JournalFacts['marketEnd'] {
  const row = database
    .prepare("SELECT payload FROM entry WHERE kind = 'market' ORDER BY seq DESC LIMIT 1")
    .get()
  if (row === undefined) return null
  const { segment, to } = decodePayload(String(row['payload'])) as MarketRange
  return { segment, to }
}

function readLastInput(database: DatabaseSync): JournalFacts['lastInput'] {
  const row = database
    .prepare(
      `SELECT seq, time FROM entry WHERE kind IN ('genesis', 'event', 'market')
       ORDER BY seq DESC LIMIT 1`,
    )
    .get()
  return { seq: Number(row?.['seq']), time: Number(row?.['time']) }
}

function checkSegmentsPresent(directory: string, last: number): void {
  const present = new Set(listSegments(directory))
  for (let number = 1; number <= last; number++) {
    if (!present.has(number)) throw new Damage(`segment ${number} of ${last} is missing`)
  }
}

/** SHA-256 of a text, hex. */
export const hashText = (text: string): string => createHash('sha256').update(text).digest('hex')
