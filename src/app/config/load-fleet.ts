import { createHash } from 'node:crypto'
import { basename, dirname, resolve } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { InputError, nearest } from '../../adapters/mod.ts'
import { type Fleet, fleetSchema } from './fleet-schema.ts'
import {
  isFleet,
  type LoadedConfig,
  lineOf,
  loadConfig,
  parseConfig,
  readText,
  readValues,
  refuseSecrets,
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
  // Before anything may be quoted in a message.
  refuseSecrets(text, path)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const parsed = fleetSchema.safeParse(readValues(path))
  if (!parsed.success) {
    const issues = parsed.error.issues.flatMap(describe)
    throw new InputError({
      code: 'ORN-CONF-003',
      exitCode: 3,
      message: `${path} has ${issues.length === 1 ? 'a mistake' : `${issues.length} mistakes`}`,
      details: issues.map(
        ({ where, text: what }) => `${basename(path)}:${lineOf(document, lines, where)}  ${what}`,
      ),
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

const keys = Object.keys(fleetSchema.shape)

function describe(
  issue: z.core.$ZodIssue,
): readonly { readonly where: readonly PropertyKey[]; readonly text: string }[] {
  const where = issue.path
  const at = where.map(String).join('.')
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const guess = nearest(key, keys)
        const hint = guess === null ? `allowed: ${keys.join(', ')}` : `did you mean "${guess}"?`
        return { where: [...where, key], text: `unknown key "${key}"; ${hint}` }
      })
    case 'invalid_key':
      return [{ where, text: `${at}: expected ${issue.issues[0]?.message ?? 'another name'}` }]
    case 'invalid_union':
      return [{ where, text: `${at}: expected a configuration, or "file" and its path` }]
    case 'invalid_value':
      return [{ where, text: `${at}: allowed: ${issue.values.map(String).join(', ')}` }]
    default:
      return [{ where, text: `${at}: expected ${issue.message}` }]
  }
}
