import { DatabaseSync } from 'node:sqlite'
import type { CrashHook } from './crash-points.ts'
import { describe, journalError } from './failures.ts'

/** The right to write a journal. */
export interface JournalLock {
  /** Gives it back. Harmless when repeated. */
  release(): void
}

const SQLITE_BUSY = 5
const SQLITE_NOTADB = 26

/** Path of a journal's lock. */
export const lockPath = (path: string): string => `${path}.lock`

/**
 * Takes the only right to write a journal, or throws InputError. The lock is the operating system's
 * lock of a small database beside the journal, held as an open transaction: it ends with the
 * process, however that ends, and no process id is ever guessed about.
 */
export function acquireLock(path: string, crash: CrashHook): JournalLock {
  crash('lock.before')
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(lockPath(path), { timeout: 0 })
    database.exec('BEGIN IMMEDIATE')
    database.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL) STRICT')
    database.exec('DELETE FROM holder')
    database.prepare('INSERT INTO holder VALUES (?)').run(process.pid)
    database.exec('COMMIT; BEGIN IMMEDIATE')
  } catch (error) {
    database?.close()
    throw lockError(path, error)
  }
  crash('lock.after')
  const held = database
  return {
    release() {
      if (held.isOpen) held.close()
    },
  }
}

function lockError(path: string, error: unknown): Error {
  const { errcode, message } = describe(error)
  const primary = (errcode ?? 0) & 0xff
  if (primary === SQLITE_BUSY) {
    return journalError('locked', `another process is writing the journal ${path}`, {
      details: [`held by process ${holderOf(path)}`, 'a journal has one writer at a time'],
      fix: 'stop that process, or choose another session name',
      cause: error,
    })
  }
  if (primary === SQLITE_NOTADB) {
    return journalError('corrupt', `the lock file ${lockPath(path)} is damaged`, {
      details: [message, 'it holds nothing but the lock'],
      fix: `make sure that no other process uses the journal, then remove ${lockPath(path)}`,
      cause: error,
    })
  }
  return journalError('notWritable', `cannot write beside the journal ${path}`, {
    details: [`${lockPath(path)}: ${message}`, 'the directory must be writable'],
    cause: error,
  })
}

function holderOf(path: string): string {
  let reader: DatabaseSync | null = null
  try {
    reader = new DatabaseSync(lockPath(path), { readOnly: true, timeout: 500 })
    const row = reader.prepare('SELECT pid FROM holder').get()
    return row === undefined ? 'unknown' : String(row['pid'])
  } catch {
    // The message is about the lock; failing to name its holder must not replace it.
    return 'unknown'
  } finally {
    reader?.close()
  }
}
