import { AdapterError, InputError } from '../errors.ts'

/**
 * What is wrong with a journal or a segment on disk. Numbers are the stable codes ORN-JOURNAL-nnn.
 */
const catalogue = {
  locked: ['001', 2],
  missing: ['002', 4],
  notAFile: ['003', 2],
  notAJournal: ['004', 4],
  otherVersion: ['005', 4],
  corrupt: ['006', 4],
  segment: ['007', 4],
  exists: ['008', 2],
  notWritable: ['009', 2],
} as const

/** Kind of failure, see the table in docs/errors.md. */
export type JournalFailure = keyof typeof catalogue

/** Makes the InputError of a journal failure: stable code, exit code, evidence and a way out. */
export function journalError(
  failure: JournalFailure,
  message: string,
  more: { readonly details?: readonly string[]; readonly fix?: string; readonly cause?: unknown },
): InputError {
  const [number, exitCode] = catalogue[failure]
  return new InputError({ code: `ORN-JOURNAL-${number}`, exitCode, message, ...more })
}

/**
 * True for an InputError that says the stored data are damaged (not that the user named them
 * wrong).
 */
export function isDamage(error: unknown): error is InputError {
  if (!(error instanceof InputError)) return false
  return ['notAJournal', 'corrupt', 'segment'].some(
    (name) => error.code === `ORN-JOURNAL-${catalogue[name as JournalFailure][0]}`,
  )
}

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const SQLITE_FULL = 13

/** A write that failed while running: nothing more may be written, trading stops. */
export function writeFailure(path: string, cause: unknown): AdapterError {
  const { code, errcode, message } = describe(cause)
  const full = fullCodes.has(code) || (errcode !== null && (errcode & 0xff) === SQLITE_FULL)
  return full
    ? new AdapterError('JOURNAL_DISK_FULL', `disk full while writing ${path}`, 'fatal', cause)
    : new AdapterError('JOURNAL_WRITE_FAILED', `cannot write ${path}: ${message}`, 'fatal', cause)
}

/** True for errors of the operating system or of SQLite, as opposed to ours. */
export function isSystemFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { syscall, errcode } = error as { syscall?: unknown; errcode?: unknown }
  return typeof syscall === 'string' || typeof errcode === 'number'
}

/** System or SQLite error codes of anything thrown; `errcode` null when it is not SQLite's. */
export function describe(error: unknown): {
  readonly code: string
  readonly errcode: number | null
  readonly message: string
} {
  if (!(error instanceof Error)) return { code: '', errcode: null, message: String(error) }
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  return {
    code: typeof code === 'string' ? code : '',
    errcode: typeof errcode === 'number' ? errcode : null,
    message: error.message,
  }
}
