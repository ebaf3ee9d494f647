import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import {
  holdProcessLock,
  InputError,
  isHeld,
  lockHolder,
  type ProcessLock,
} from '../../adapters/mod.ts'
import type { TradedPlace } from './venues/port.ts'

const accountsFolder = (): string => join(homedir(), '.ornstein', 'accounts')

/**
 * Takes the only right of this user's processes to trade an account, whatever folder and session
 * they are in: two sessions would count each other's fills as unknown and cancel each other's
 * orders. Throws InputError (6).
 */
export function holdAccount(
  { lock, name }: Pick<TradedPlace, 'lock' | 'name'>,
  folder: string = accountsFolder(),
): ProcessLock {
  const file = join(folder, `${lock}.lock`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return holdProcessLock(file)
  } catch (error) {
    if (!isHeld(error)) throw unusable(file, error)
    throw new InputError({
      code: 'ORN-LIVE-005',
      exitCode: 6,
      message: `Account ${name} is traded by another session; nothing was sent`,
      details: [`held by process ${lockHolder(file)}`, 'an account has one session at a time'],
      fix: 'Stop that session, or trade another account (a sub-account, for example)',
      cause: error,
    })
  }
}

const unusable = (file: string, cause: unknown): InputError =>
  new InputError({
    code: 'ORN-LIVE-006',
    exitCode: 6,
    message: `${file} cannot be locked: another session could trade the same account`,
    details: [cause instanceof Error ? cause.message : String(cause), 'nothing was sent'],
    fix: 'Make the folder writable; it is in the home folder of the user who trades',
    cause,
  })
