import { createHash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import { InputError } from '../../adapters/mod.ts'
import { type Fleet, fleetSchema } from './fleet-schema.ts'
import {
  isFleet,
  type LoadedConfig,
  loadConfig,
  parseConfig,
  readText,
  readValues,
} from './load.ts'

/** One engine of a file with several. */
export interface LoadedEngine {
  readonly name: string
  readonly loaded: LoadedConfig
}

/** A file with several engines and where it came from. */
export interface LoadedFleet {
  readonly name: string
  readonly path: string
  readonly onFailure: Fleet['onFailure']
  readonly engines: readonly LoadedEngine[]
  /** SHA-256 over the names and hashes of its engines. */
  readonly hash: string
}

/** True for a file with several engines. Throws InputError when it cannot be read. */
export const describesFleet = (path: string): boolean => isFleet(readValues(path))

/** Reads and validates a file with several engines. Throws InputError (3) naming every mistake. */
export function loadFleet(path: string): LoadedFleet {
  const text = readText(path)
  const parsed = fleetSchema.safeParse(readValues(path))
  if (!parsed.success) {
    throw new InputError({
      code: 'ORN-CONF-003',
      exitCode: 3,
      message: `${path} has ${parsed.error.issues.length === 1 ? 'a mistake' : 'mistakes'}`,
      details: parsed.error.issues.map((issue) => {
        const where = issue.path.map(String).join('.') || '(top level)'
        return `${where}: ${issue.message}`
      }),
      fix: 'A file with several engines has name, engines and onFailure; see docs/engines.md',
    })
  }
  const { name, engines: written, onFailure } = parsed.data
  const engines = Object.entries(written).map(([engine, part]) => ({
    name: engine,
    loaded: isFile(part)
      ? loadConfig(resolve(dirname(path), part.file))
      : parseConfig(text, path, engine),
  }))
  const hash = createHash('sha256')
    .update(JSON.stringify(engines.map((each) => [each.name, each.loaded.hash])))
    .digest('hex')
  return { name, path, onFailure, engines, hash }
}

const isFile = (part: object): part is { readonly file: string } =>
  'file' in part && typeof part.file === 'string' && Object.keys(part).length === 1
