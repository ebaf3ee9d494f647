import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
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
    details: [
      'allowed: a journal file, a session folder, or a name under .ornstein/sessions',
      ...enginesOf(given),
    ],
  })
}

/** Of a session with several engines each has a journal of its own. */
function enginesOf(given: string): readonly string[] {
  if (!/^[\w.-]+$/.test(given)) return []
  const { directory } = sessionPaths(given)
  if (!existsSync(directory)) return []
  const names = readdirSync(dirname(directory)).filter((name) => name.startsWith(`${given}.`))
  return names.length === 0 ? [] : [`its engines: ${names.sort().join(', ')}`]
}
