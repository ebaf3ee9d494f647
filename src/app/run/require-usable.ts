import { existsSync } from 'node:fs'
import { InputError, openJournal, type SessionPaths } from '../../adapters/mod.ts'
import { requireSameConfiguration } from './recover.ts'

/**
 * Says at once what would make a session impossible: no journal to resume, one in use, damaged, of
 * another version or configuration, or one that would be overwritten. Throws InputError; otherwise
 * everything is as it was.
 */
export function requireUsable(
  paths: SessionPaths,
  how: { readonly resume: boolean; readonly configurationHash: string },
): void {
  const path = paths.journal
  if (!how.resume) {
    if (existsSync(path)) throw exists(path)
    return
  }
  if (!existsSync(path)) throw missing(path)
  const { journal, genesis } = openJournal(path)
  try {
    requireSameConfiguration(genesis, how.configurationHash, path)
  } finally {
    journal.close()
  }
}

const missing = (path: string): InputError =>
  new InputError({
    code: 'ORN-JOURNAL-021',
    exitCode: 4,
    message: `There is no session to resume at ${path}`,
    fix: 'Start without --resume, or name the session with --session NAME',
  })

const exists = (path: string): InputError =>
  new InputError({
    code: 'ORN-JOURNAL-008',
    exitCode: 2,
    message: `A journal exists at ${path}`,
    fix: 'Resume that session with --resume, or choose another name with --session NAME',
  })
