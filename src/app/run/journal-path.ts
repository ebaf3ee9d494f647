import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { InputError, sessionPaths } from '../../adapters/mod.ts'

/** A journal by its file, its session folder or its session's name. Throws InputError (exit 4). */
export function journalPath(given: string): string {
  if (existsSync(given)) {
    return statSync(given).isDirectory() ? join(given, 'journal.sqlite') : given
  }
  if (/^[\w.-]+$/.test(given)) {
    const { journal } = sessionPaths(given)
    if (existsSync(journal)) return journal
  }
  throw new InputError({
    code: 'ORN-JOURNAL-023',
    exitCode: 4,
    message: `There is no journal "${given}"`,
    details: ['allowed: a journal file, a session folder, or a name under .ornstein/sessions'],
  })
}
