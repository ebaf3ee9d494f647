import { existsSync } from 'node:fs'
import { InputError, openJournal, readJournal, type SessionPaths } from '../../adapters/mod.ts'
import type { TimeUs } from '../../core/mod.ts'
import { requireSameConfiguration } from './recover.ts'

/** Entries from the end in which an input is looked for: a heartbeat is one. */
const TAIL = 200

/**
 * Says at once what would make a session impossible: no journal to resume, one in use, damaged, of
 * another version or configuration, or one that would be overwritten. Throws InputError; otherwise
 * everything is as it was. Returns when the session to resume last heard of anything, null for a
 * new one.
 */
export function requireUsable(
  paths: SessionPaths,
  how: { readonly resume: boolean; readonly configurationHash: string },
): TimeUs | null {
  const path = paths.journal
  if (!how.resume) {
    if (existsSync(path)) throw exists(path)
    return null
  }
  if (!existsSync(path)) throw missing(path)
  const { journal, genesis } = openJournal(path)
  const { seq } = journal.head
  try {
    requireSameConfiguration(genesis, how.configurationHash, path)
  } finally {
    journal.close()
  }
  return lastTime(path, seq)
}

/** Received time of the last input of a journal, us; null without one near its end. */
function lastTime(path: string, seq: number): TimeUs | null {
  let time: TimeUs | null = null
  for (const item of readJournal(path, { afterSeq: Math.max(-1, seq - TAIL) })) {
    if (item.kind === 'event') time = item.payload.receivedTime
    else if (item.kind === 'market') time = item.batch.f64[(item.batch.count - 1) * 5] ?? time
  }
  return time
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
