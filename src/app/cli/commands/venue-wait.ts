import { InputError } from '../../../adapters/mod.ts'
import { parseDuration } from '../../config/quantities.ts'
import { ExitCode } from '../exit-code.ts'

/** Resolves at Ctrl-C, at a request to end, or after the time given. */
export function stopped(afterUs: number | null): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve)
    if (afterUs !== null) setTimeout(resolve, afterUs / 1000)
  })
}

/** How long a venue is to run, us; null for until it is stopped. Throws InputError (2). */
export function durationOf(given: unknown): number | null {
  if (given === undefined) return null
  const us = parseDuration(String(given))
  if (us === null || us <= 0) {
    throw new InputError({
      code: 'ORN-SIM-006',
      exitCode: ExitCode.usage,
      message: `--for ${given} is not a duration`,
      details: ['allowed: for example 60s'],
    })
  }
  return us
}
