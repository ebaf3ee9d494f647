import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { EMPTY_HASH, entryHash } from './chain.ts'
import { checkJournal, type JournalDamage, type JournalFacts } from './check.ts'
import { encodePayload } from './codec.ts'
import { type CrashHook, noCrash } from './crash-points.ts'
import { createSchema, openForReading, openForWriting } from './database.ts'
import { isDamage, isSystemFailure, journalError, writeFailure } from './failures.ts'
import { syncDirectory, systemFiles } from './file-operations.ts'
import { headPath, openHeadFile } from './head-file.ts'
import { acquireLock, type JournalLock } from './lock.ts'
import { quarantine } from './quarantine.ts'
import { DEFAULT_SEGMENT_BYTES, listSegments, makeDirectory, Recorder } from './recorder.ts'
import { cutSegments, restoreFrames } from './segment-cut.ts'
import { SqliteJournal } from './sqlite-journal.ts'
import type { Genesis, Journal, JournalOptions, OpenedJournal, Verification } from './types.ts'

const DEFAULT_UNSYNCED_BYTES = 256 * 1024

/** Directory of a journal's segments: `segments` beside it. */
export const segmentsPath = (path: string): string => join(dirname(path), 'segments')

/**
 * Starts a journal at `path` (its directory is created). Throws InputError when something is there
 * already, another process holds it or the directory cannot be written; leaves nothing half-made.
 */
export function createJournal(
  path: string,
  genesis: Genesis,
  options: JournalOptions = {},
): Journal {
  const crash = options.crashPoint ?? noCrash
  makeDirectory(dirname(path))
  requireFree(path)
  const lock = acquireLock(path, crash)
  try {
    requireFree(path)
    writeGenesis(path, genesis, crash)
    return openChecked(path, lock, options).journal
  } catch (error) {
    lock.release()
    throw error
  }
}

/**
 * Opens a journal to go on writing it: takes the lock, checks version, chain and market data since
 * the last snapshot, and cuts off market data that no entry refers to. A damaged journal is copied
 * aside and refused with an InputError; it is never repaired.
 */
export function openJournal(path: string, options: JournalOptions = {}): OpenedJournal {
  requireJournal(path)
  const lock = acquireLock(path, options.crashPoint ?? noCrash)
  try {
    return openChecked(path, lock, options)
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Checks a whole journal without changing anything, also while it is being written. */
export function verifyJournal(path: string): Verification {
  try {
    const found = inspect(path, 'all')
    if (found.ok) return { ok: true, entries: found.entries, head: found.head }
    return { ok: false, seq: found.seq, reason: reasonOf(found) }
  } catch (error) {
    if (!isDamage(error)) throw error
    return { ok: false, seq: 0, reason: [error.message, ...error.details].join(': ') }
  }
}

/**
 * What a journal's own damage becomes when a session finds it while going on: the same failure,
 * saying where the copy is that was put aside. Anything else is returned as it is.
 */
export function withCopyAside(path: string, error: unknown): unknown {
  if (!isDamage(error)) return error
  const segment = error.details.find((line) => line.endsWith('.seg') && existsSync(line)) ?? null
  return journalError(segment === null ? 'corrupt' : 'segment', error.message, {
    details: [...error.details, quarantine(path, segment)],
    fix: 'restore it from a copy, or start a new session and reconcile with the venue',
    cause: error,
  })
}

function openChecked(path: string, lock: JournalLock, options: JournalOptions): OpenedJournal {
  const crash = options.crashPoint ?? noCrash
  const durable = options.durability !== 'none'
  const facts = inspect(path, 'tail')
  if (!facts.ok) throw damaged(path, facts)
  let database: DatabaseSync | null = null
  try {
    const segments = segmentsPath(path)
    makeDirectory(segments)
    restoreFrames(segments, facts.unsynced, crash)
    const droppedRecords = cutSegments(segments, facts.marketEnd, crash)
    const recorder = new Recorder(segments, {
      instruments: facts.genesis.instruments,
      durable,
      files: options.files ?? systemFiles,
      crash,
      maximumUnsyncedBytes: options.maximumUnsyncedBytes ?? DEFAULT_UNSYNCED_BYTES,
      maximumBytes: options.maximumSegmentBytes ?? DEFAULT_SEGMENT_BYTES,
    })
    database = openForWriting(path, durable)
    const headFile = openHeadFile(path)
    headFile.write(facts.head)
    const { genesis, head, lastInput } = facts
    const parts = { path, genesis, database, lock, recorder, headFile, crash, durable }
    const journal = new SqliteJournal({ ...parts, head, lastInput })
    return { journal, genesis, droppedRecords }
  } catch (error) {
    database?.close()
    throw isSystemFailure(error) ? writeFailure(path, error) : error
  }
}

/** What is there must look like a journal; damage to its first page is kept as evidence too. */
function requireJournal(path: string): void {
  try {
    openForReading(path).close()
  } catch (error) {
    if (!isDamage(error) || !existsSync(headPath(path))) throw error
    throw journalError('notAJournal', error.message, {
      details: [...error.details, quarantine(path, null)],
      ...(error.fix === null ? {} : { fix: error.fix }),
      cause: error,
    })
  }
}

function inspect(path: string, scope: 'tail' | 'all'): JournalFacts | JournalDamage {
  const database = openForReading(path)
  try {
    return checkJournal(database, { journal: path, segments: segmentsPath(path) }, scope)
  } finally {
    database.close()
  }
}

function damaged(path: string, found: JournalDamage): Error {
  const details = [
    `first bad entry: ${found.seq}`,
    ...(found.file === null ? [] : [`file: ${found.file}`]),
    quarantine(path, found.file),
  ]
  return journalError('corrupt', `the journal ${path} is damaged: ${found.reason}`, {
    details,
    fix: 'restore it from a copy, or start a new session and reconcile with the venue',
  })
}

const reasonOf = (found: JournalDamage): string =>
  found.file === null ? found.reason : `${found.reason} (${found.file})`

function requireFree(path: string): void {
  if (existsSync(path)) {
    if (!statSync(path).isFile()) {
      throw journalError('notAFile', `${path} is not a file`, {
        details: ['a journal is one SQLite file, usually journal.sqlite'],
      })
    }
    throw journalError('exists', `a journal exists at ${path}`, {
      fix: 'resume that session, or choose another session name',
    })
  }
  const segments = segmentsPath(path)
  if (listSegments(segments).length > 0) {
    throw journalError('exists', `${segments} holds segments of another session`, {
      fix: 'choose another session name',
    })
  }
}

/** Built under another name and renamed, so that a journal is whole or not there. */
function writeGenesis(path: string, genesis: Genesis, crash: CrashHook): void {
  const unfinished = `${path}.new`
  crash('create.before')
  rmSync(unfinished, { force: true })
  rmSync(`${unfinished}-journal`, { force: true })
  try {
    const database = new DatabaseSync(unfinished)
    try {
      createSchema(database)
      const text = encodePayload(genesis)
      crash('create.genesis')
      database
        .prepare('INSERT INTO entry (seq, kind, time, payload, hash) VALUES (0, ?, 0, ?, ?)')
        .run('genesis', text, entryHash(EMPTY_HASH, 0, 'genesis', 0, text))
    } finally {
      database.close()
    }
    mkdirSync(segmentsPath(path), { recursive: true })
    crash('create.rename')
    renameSync(unfinished, path)
    syncDirectory(dirname(path))
  } catch (error) {
    rmSync(unfinished, { force: true })
    rmSync(`${unfinished}-journal`, { force: true })
    throw isSystemFailure(error) ? writeFailure(path, error) : error
  }
  crash('create.after')
}
