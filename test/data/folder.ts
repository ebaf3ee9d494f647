import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for a test's files, removed by `remove`. */
export function makeFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'ornstein-data-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
