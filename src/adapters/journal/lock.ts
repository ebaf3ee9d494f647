import { holdProcessLock, isHeld, lockHolder, type ProcessLock } from '../store/process-lock.ts'
import type { CrashHook } from './crash-points.ts'
import { describe, journalError } from './failures.ts'

/** The right to write a journal. */
export type JournalLock = ProcessLock

const SQLITE_NOTADB = 26

/** Path of a journal's lock. */
export const lockPath = (path: string): string => `${path}.lock`

/** Takes the only right to write a journal, or throws InputError. */
export function acquireLock(path: string, crash: CrashHook): JournalLock {
  crash('lock.before')
  let lock: JournalLock
  try {
    lock = holdProcessLock(lockPath(path))
  } catch (error) {
    throw lockError(path, error)
  }
  crash('lock.after')
  return lock
}

function lockError(path: string, error: unknown): Error {
  const { errcode, message } = describe(error)
  if (isHeld(error)) {
    return journalError('locked', `another process is writing the journal ${path}`, {
      details: [
        `held by process ${lockHolder(lockPath(path))}`,
        'a journal has one writer at a time',
      ],
      fix: 'stop that process, or choose another session name',
      cause: error,
    })
  }
  if (((errcode ?? 0) & 0xff) === SQLITE_NOTADB) {
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
