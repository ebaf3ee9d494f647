import { existsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { EntryKind } from './chain.ts'
import { describe, journalError } from './failures.ts'
import type { UnsyncedFrame } from './segment-writer.ts'

/** Marks an SQLite file as ours: "ORNJ". */
const APPLICATION_ID = 0x4f524e4a
/** Version of tables, payload codec and hashing together. */
const JOURNAL_VERSION = 1

const SQLITE_PERM = 3
const SQLITE_BUSY = 5
const SQLITE_READONLY = 8
const SQLITE_CANTOPEN = 14

const schema = `
  CREATE TABLE entry (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    time INTEGER NOT NULL,
    payload TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER entry_never_changes BEFORE UPDATE ON entry
    BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
  CREATE TRIGGER entry_never_leaves BEFORE DELETE ON entry
    BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
  CREATE TABLE execution (
    venue TEXT NOT NULL,
    account TEXT NOT NULL,
    execution_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (venue, account, execution_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE snapshot (
    seq INTEGER PRIMARY KEY,
    state TEXT NOT NULL
  ) STRICT;
  CREATE TABLE unsynced_frame (
    id INTEGER PRIMARY KEY,
    segment INTEGER NOT NULL,
    position INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
`

/** A row of the entry table. */
export interface EntryRow {
  readonly seq: number
  readonly kind: EntryKind
  readonly time: number
  readonly payload: string
  readonly hash: string
}

/** Makes the tables of a new journal in an empty database. */
export function createSchema(database: DatabaseSync): void {
  database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL')
  database.exec(
    `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${JOURNAL_VERSION}`,
  )
  database.exec(schema)
}

/** Opens for writing: write-ahead log, each commit synced unless `durable` is false. */
export function openForWriting(path: string, durable: boolean): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5000 })
  database.exec('PRAGMA journal_mode = WAL')
  database.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'OFF'}`)
  return database
}

/**
 * Opens for reading, which changes nothing and disturbs no writer. Throws InputError when there is
 * no journal of this version at `path`.
 */
export function openForReading(path: string): DatabaseSync {
  requireFile(path)
  try {
    return openVersioned(path, path)
  } catch (error) {
    if (describe(error).errcode === null) throw error
    // A reader makes files beside the journal; where it may not, a closed one is read as it lies.
    if (isRefused(error) && !hasLog(path)) return openAsItLies(path)
    throw unreadable(path, error)
  }
}

/** True when something may have been committed that is not in the file itself yet. */
const hasLog = (path: string): boolean => {
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false })
  return log?.isFile() === true && log.size > 0
}

function openAsItLies(path: string): DatabaseSync {
  const url = pathToFileURL(path)
  url.searchParams.set('immutable', '1')
  try {
    return openVersioned(url, path)
  } catch (error) {
    throw describe(error).errcode === null ? error : unreadable(path, error)
  }
}

function openVersioned(location: string | URL, path: string): DatabaseSync {
  const database = new DatabaseSync(location, { readOnly: true, timeout: 5000 })
  try {
    requireVersion(database, path)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** True when the system refused what SQLite wanted to do, which says nothing of the content. */
function isRefused(error: unknown): boolean {
  const { errcode } = describe(error)
  const primary = errcode === null ? 0 : errcode & 0xff
  return [SQLITE_PERM, SQLITE_READONLY, SQLITE_CANTOPEN].includes(primary)
}

/** Turns an error of SQLite while opening or reading into the InputError that explains it. */
export function unreadable(path: string, error: unknown): Error {
  const { errcode, message } = describe(error)
  if (errcode !== null && (errcode & 0xff) === SQLITE_BUSY) {
    return journalError('locked', `the journal ${path} is locked`, {
      details: [message],
      cause: error,
    })
  }
  if (isRefused(error)) {
    return journalError('notWritable', `the journal ${path} cannot be opened here`, {
      details: [message, 'the journal and its folder must be readable and writable'],
      fix: 'give yourself these permissions, or copy the folder of the session',
      cause: error,
    })
  }
  return journalError('notAJournal', `${path} is not a readable journal`, {
    details: [message, 'expected an SQLite file written by ornstein'],
    fix: 'restore it from a copy, or start a session under another name',
    cause: error,
  })
}

function requireFile(path: string): void {
  if (!existsSync(path)) {
    throw journalError('missing', `no journal at ${path}`, {
      fix: 'check the session name, or start a new session',
    })
  }
  if (!statSync(path).isFile()) {
    throw journalError('notAFile', `${path} is not a file`, {
      details: ['a journal is one SQLite file, usually journal.sqlite'],
    })
  }
}

function requireVersion(database: DatabaseSync, path: string): void {
  const application = numberOf(database, 'application_id')
  const version = numberOf(database, 'user_version')
  if (application !== APPLICATION_ID) {
    throw journalError('notAJournal', `${path} is not a journal`, {
      details: [`application id ${application}, a journal has ${APPLICATION_ID}`],
    })
  }
  if (version !== JOURNAL_VERSION) {
    throw journalError('otherVersion', `${path} is a journal of version ${version}`, {
      details: [`this program reads and writes version ${JOURNAL_VERSION}`],
      fix: 'use the program that wrote it, or start a new session',
    })
  }
}

function numberOf(database: DatabaseSync, pragma: string): number {
  return Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma])
}

/** All that was committed at one moment: what a reader goes by while the writer goes on. */
export interface Horizon {
  /** Last entry; -1 when there is none. */
  readonly seq: number
  /**
   * Frames that were committed together with their entries while their segment was not synced yet:
   * one sync a commit instead of two. After a power cut they are what the files may lack.
   */
  readonly unsynced: readonly UnsyncedFrame[]
}

/**
 * Reads the horizon in one statement, hence of one moment. Whatever its entries refer to was
 * written to the segments before: they are whole for a reader that opens them afterwards.
 */
export function readHorizon(database: DatabaseSync): Horizon {
  const rows = database
    .prepare(
      `SELECT head.seq AS head, segment, position, bytes
       FROM (SELECT max(seq) AS seq FROM entry) AS head LEFT JOIN unsynced_frame ORDER BY id`,
    )
    .all()
  return {
    seq: Number(rows[0]?.['head'] ?? -1),
    unsynced: rows
      .filter((row) => row['bytes'] !== null)
      .map((row) => ({
        segment: Number(row['segment']),
        position: Number(row['position']),
        bytes: row['bytes'] as Uint8Array,
      })),
  }
}

/**
 * Entries after `afterSeq` up to the horizon in order, in pages, so that no read transaction stays
 * open. Entries never change: the pages are of one moment although they are read one by one.
 */
export function* readRows(
  database: DatabaseSync,
  afterSeq: number,
  horizon: Horizon,
): Generator<EntryRow> {
  const page = database.prepare(
    `SELECT seq, kind, time, payload, hash FROM entry WHERE seq > ? AND seq <= ?
     ORDER BY seq LIMIT 256`,
  )
  let last = afterSeq
  for (;;) {
    const rows = page.all(last, horizon.seq) as unknown as readonly EntryRow[]
    for (const row of rows) yield row
    const end = rows.at(-1)
    if (end === undefined) return
    last = end.seq
  }
}
