import { InputError } from '../../../adapters/mod.ts'
import type { VenueIdentity, VenueStore } from './venue-store.ts'

/** The stored identity, or the wanted one now stored; refuses a store of another venue (3). */
export function settleIdentity(
  store: Pick<VenueStore<unknown, unknown>, 'readIdentity' | 'writeIdentity'>,
  wanted: VenueIdentity,
): VenueIdentity {
  const stored = store.readIdentity()
  if (stored === null) {
    store.writeIdentity(wanted)
    return wanted
  }
  for (const key of ['version', 'seed', 'market'] as const) {
    if (stored[key] === wanted[key]) continue
    throw new InputError({
      code: 'ORN-SIM-003',
      exitCode: 3,
      message: `The stored simulated venue is another one: its ${key} differs`,
      details: [`stored: ${stored[key]}`, `wanted: ${wanted[key]}`],
      fix: 'start it as it was, or give an empty state folder',
    })
  }
  return stored
}

/** A log entry that comes out differently than it did (10). */
export const divergence = (sequence: number, stored: string, now: string): InputError =>
  new InputError({
    code: 'ORN-SIM-004',
    exitCode: 10,
    message: `The stored simulated venue cannot be continued: log entry ${sequence} comes out differently`,
    details: [`then: ${stored}`, `now: ${now}`, 'it was written by another version of the program'],
    fix: 'give an empty state folder, or use the version that wrote this one',
  })
