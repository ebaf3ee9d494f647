import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of shared facts and data beside the repository. */
const shared = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'shared')

/**
 * Path of a file of the shared folder, or null when it is not there. Under CI a missing file is an
 * error: there a skipped test would go unnoticed.
 */
export function sharedFile(...parts: readonly string[]): string | null {
  const path = join(shared, ...parts)
  if (existsSync(path)) return path
  if (process.env['CI'] !== undefined) throw new Error(`shared data are missing: ${path}`)
  return null
}

/** Why tests on shared data are skipped, for their names. */
export const sharedNote = (isThere: boolean): string =>
  isThere ? '' : ' (skipped: the shared folder is not beside the repository)'
