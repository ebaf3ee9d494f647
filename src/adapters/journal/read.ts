import type { DatabaseSync } from 'node:sqlite'
import type { Effect, Event } from '../../core/mod.ts'
import { type ChainHead, EMPTY_HASH, entryHash } from './chain.ts'
import { decodePayload } from './codec.ts'
import { type EntryRow, openForReading, readHorizon, readRows, unreadable } from './database.ts'
import { describe, journalError } from './failures.ts'
import { segmentsPath } from './open.ts'
import { instrumentsHash } from './segment-format.ts'
import { SegmentWalk } from './segment-walk.ts'
import type { Genesis, JournalItem, MarketRange, SnapshotMark } from './types.ts'

/**
 * Reads a journal in its original order, also while it is being written, then as far as it was
 * committed when reading began: entries, and market entries frame by frame with their records. `afterSeq` starts behind that entry (-1, the default,
 * at genesis), as recovery from a snapshot does. The chain is checked on the way: damage throws
 * InputError. Memory is bounded by one frame and one page of entries.
 */
export function* readJournal(
  path: string,
  options: { readonly afterSeq?: number } = {},
): Generator<JournalItem> {
  const afterSeq = options.afterSeq ?? -1
  const database = openForReading(path)
  let walk: SegmentWalk | null = null
  try {
    let head = headAt(database, path, afterSeq)
    const { instruments } = readGenesis(database, path)
    const horizon = readHorizon(database)
    walk = new SegmentWalk(segmentsPath(path), instrumentsHash(instruments), horizon.unsynced)
    for (const row of readRows(database, afterSeq, horizon)) {
      const hash = entryHash(head.hash, row.seq, row.kind, row.time, row.payload)
      if (row.seq !== head.seq + 1 || hash !== row.hash) {
        throw journalError('corrupt', `the journal ${path} is damaged at entry ${head.seq + 1}`, {
          fix: 'restore it from a copy',
        })
      }
      head = { seq: row.seq, hash }
      yield* itemsOf(row, walk)
    }
  } catch (error) {
    throw describe(error).errcode === null ? error : unreadable(path, error)
  } finally {
    walk?.close()
    database.close()
  }
}

function* itemsOf(row: EntryRow, walk: SegmentWalk): Generator<JournalItem> {
  const { seq, time, hash } = row
  const payload = decodePayload(row.payload)
  switch (row.kind) {
    case 'genesis':
      yield { kind: 'genesis', seq, time, hash, payload: payload as Genesis }
      return
    case 'event':
      yield { kind: 'event', seq, time, hash, payload: payload as Event }
      return
    case 'effect':
      yield { kind: 'effect', seq, time, hash, payload: payload as Effect }
      return
    case 'snapshotTaken':
      yield { kind: 'snapshotTaken', seq, time, hash, payload: payload as SnapshotMark }
      return
    case 'market': {
      const range = payload as MarketRange
      for (const frame of walk.frames(range)) {
        yield { kind: 'market', seq, time, hash, payload: range, segment: range.segment, ...frame }
      }
    }
  }
}

function headAt(database: DatabaseSync, path: string, seq: number): ChainHead {
  if (seq < 0) return { seq: -1, hash: EMPTY_HASH }
  const row = database.prepare('SELECT hash FROM entry WHERE seq = ?').get(seq)
  if (row === undefined) {
    throw journalError('corrupt', `the journal ${path} has no entry ${seq}`, {
      details: ['reading was asked to start behind it'],
    })
  }
  return { seq, hash: String(row['hash']) }
}

function readGenesis(database: DatabaseSync, path: string): Genesis {
  const row = database.prepare('SELECT payload FROM entry WHERE seq = 0').get()
  if (row === undefined) {
    throw journalError('corrupt', `the journal ${path} has no first entry`, {})
  }
  return decodePayload(String(row['payload'])) as Genesis
}
