import { join } from 'node:path'
import { InputError } from '../errors.ts'

/** Where a session keeps what it writes. */
export interface SessionPaths {
  readonly directory: string
  /** The journal (SQLite). Its lock and head files and its segments lie beside it. */
  readonly journal: string
  /** Recorded market data. */
  readonly segments: string
  /** State of a simulated venue of the session. */
  readonly venue: string
  /** Structured log. */
  readonly log: string
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/**
 * Layout of the session `name` under `root` (the working directory by default):
 * `.ornstein/sessions/<name>/`. Throws InputError when the name could leave that folder.
 */
export function sessionPaths(name: string, root = '.'): SessionPaths {
  if (!namePattern.test(name)) {
    throw new InputError({
      code: 'ORN-JOURNAL-010',
      exitCode: 2,
      message: `session name ${JSON.stringify(name)} is not usable`,
      details: ['allowed: 1 to 64 letters, digits, ".", "_" or "-", first a letter or a digit'],
    })
  }
  const directory = join(root, '.ornstein', 'sessions', name)
  return {
    directory,
    journal: join(directory, 'journal.sqlite'),
    segments: join(directory, 'segments'),
    venue: join(directory, 'venue'),
    log: join(directory, 'log.ndjson'),
  }
}
