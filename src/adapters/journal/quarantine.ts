import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe } from './failures.ts'
import { headPath } from './head-file.ts'

/**
 * Copies a damaged journal (and the damaged segment, if it is one) beside itself, so that whatever
 * is done next, the evidence stays. The originals are not touched. The folder is named after the
 * content: opening again makes no second copy. Returns a line that says where, or why not.
 */
export function quarantine(path: string, segment: string | null): string {
  try {
    const digest = createHash('sha256').update(readFileSync(segment ?? path))
    const directory = `${path}.quarantine-${digest.digest('hex').slice(0, 12)}`
    mkdirSync(directory, { recursive: true })
    for (const file of [path, `${path}-wal`, headPath(path), segment]) {
      if (file === null || !existsSync(file)) continue
      const copy = join(directory, basename(file))
      if (!existsSync(copy)) copyFileSync(file, copy)
    }
    return `copied aside: ${directory}`
  } catch (error) {
    return `could not be copied aside: ${describe(error).message}`
  }
}
