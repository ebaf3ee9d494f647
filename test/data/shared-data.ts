import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../shared/data/', import.meta.url))

/** True when the real market data lie beside the project. In CI they must: there, a test fails. */
export const hasSharedData: boolean = existsSync(root) || process.env['CI'] !== undefined

/** Why tests on real data are skipped, for their names. */
export const sharedDataNote = hasSharedData ? '' : ' (skipped: no ../shared/data)'

/** Path of a file of real market data. */
export const sharedData = (path: string): string => root + path

/** Independent figures computed from those files, by their key. */
export function readOracle<Figures>(key: string): Figures {
  const all = JSON.parse(readFileSync(`${root}oracles.json`, 'utf8')) as Record<string, unknown>
  return all[key] as Figures
}
