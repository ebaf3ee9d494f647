import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { type Document, isMap, isNode, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { InputError, refuseLiteralSecrets } from '../../adapters/mod.ts'
import { withLimits } from './limit-presets.ts'
import { withCalendarFiles } from './macro.ts'
import { describeMistakes } from './mistakes.ts'
import { type Config, configSchema } from './schema.ts'
import { withBorrowNames } from './shares.ts'

/** A configuration with where it came from. */
export interface LoadedConfig {
  readonly config: Config
  readonly path: string
  /** SHA-256 over the validated values: the same settings have the same hash, however written. */
  readonly hash: string
  /** Which engine of the file it is, where that has several. */
  readonly engine?: string
  /** Of several engines together: length of the finished bars they need, us, by symbol. */
  readonly barsOf?: ReadonlyMap<string, number>
}

/**
 * Reads and validates a YAML configuration. Throws InputError (exit code 3) naming every mistake.
 */
export function loadConfig(path: string): LoadedConfig {
  return parseConfig(readText(path), path)
}

const EXAMPLE = 'examples/02-backtest/backtest.yaml'

/** The text of a file. Throws InputError (3) with an example when it cannot be read. */
export function readText(path: string, example: string = EXAMPLE): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const code = (cause as { code?: string }).code ?? ''
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`
    throw new InputError({
      code: 'ORN-CONF-001',
      exitCode: 3,
      message: `Configuration file ${path} ${why}`,
      fix: `Name an existing file, for example ${example}`,
      cause,
    })
  }
}

/** Validates a configuration that was parsed (and perhaps changed) already. Throws like a file. */
export const parseObject = (value: unknown, path: string): LoadedConfig =>
  parseConfig(JSON.stringify(value), path)

/** The values of a configuration file as written, without defaults. Throws InputError. */
export const readValues = (path: string): unknown => parseDocument(readText(path)).toJS()

/** The values of a loaded configuration as they are written. Throws InputError. */
export const readWritten = ({ path, engine }: LoadedConfig): unknown =>
  partOf(readValues(path), engine)

/**
 * Validates configuration text; `path` is only named in messages. With `engine`, the configuration
 * is that engine's part of a file with several, and has its name unless it says another.
 */
export function parseConfig(text: string, path: string, engine?: string): LoadedConfig {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const broken = document.errors[0]
  if (broken !== undefined) {
    // Its message is quoted to the end of its line only, and it is no cause: it shows the text.
    throw invalidYaml(path, broken.linePos?.[0]?.line ?? 1, broken.message.split('\n')[0] ?? '')
  }
  if (document.contents === null) {
    throw new InputError({
      code: 'ORN-CONF-003',
      exitCode: 3,
      message: `${path} is empty: it holds no settings`,
      fix: `Name an existing file, for example ${EXAMPLE}`,
    })
  }
  // Before anything may be quoted in a message: a secret in the file is refused unseen.
  refuseSecrets(text, path)
  const within = engine === undefined ? [] : ['engines', engine]
  const written = withFiles(partOf(valuesOf(document, path), engine), dirname(path))
  if (engine === undefined) refuseEngines(written, path)
  const values = withCalendarFiles(withLimits(written), path)
  const parsed = configSchema.safeParse(values ?? {})
  if (!parsed.success) {
    const issues = describeMistakes(configSchema, parsed.error.issues, values)
    throw new InputError({
      code: 'ORN-CONF-003',
      exitCode: 3,
      message: `${path} has ${issues.length === 1 ? 'a mistake' : `${issues.length} mistakes`}`,
      details: issues.map((i) => {
        const of = engine === undefined ? '' : `${engine}: `
        return `${basename(path)}:${lineOf(document, lines, [...within, ...i.path])}  ${of}${i.text}`
      }),
      fix: 'ornstein config schema prints every key with its unit and default',
    })
  }
  const hash = hashOf(parsed.data)
  return { config: parsed.data, path, hash, ...(engine === undefined ? {} : { engine }) }
}

/** The values, or those of one of the engines. */
function partOf(values: unknown, engine: string | undefined): unknown {
  if (engine === undefined) return values
  const { engines } = values as { readonly engines: Readonly<Record<string, object>> }
  return { name: engine, ...engines[engine] }
}

/** A file with several engines is no configuration of one. */
function refuseEngines(values: unknown, path: string): void {
  if (!isFleet(values)) return
  throw new InputError({
    code: 'ORN-FLEET-004',
    exitCode: 3,
    message: `${path} describes several engines; this command takes one`,
    fix: 'rehearse, start, paper, shadow, live and config validate take such a file',
  })
}

/** True for the values of a file with several engines. */
export const isFleet = (values: unknown): boolean =>
  typeof values === 'object' && values !== null && 'engines' in values

const invalidYaml = (path: string, line: number, detail: string): InputError =>
  new InputError({
    code: 'ORN-CONF-002',
    exitCode: 3,
    message: `${path}:${line} is not valid YAML`,
    details: [detail],
  })

/** The document's values; aliases of anchors that do not exist are only noticed here. */
function valuesOf(document: Document, path: string): unknown {
  try {
    return document.toJS()
  } catch (error) {
    throw invalidYaml(path, 1, error instanceof Error ? error.message : String(error))
  }
}

/** Puts the content of files in place of their paths, so that the hash covers it. */
const withFiles = (values: unknown, folder: string): unknown =>
  withBorrowNames(withHaltTimes(withWhitelist(values, folder), folder), folder)

function withHaltTimes(values: unknown, folder: string): unknown {
  const { risk } = (values ?? {}) as { risk?: { haltTimes?: unknown } }
  const path = risk?.haltTimes
  if (typeof path !== 'string') return values
  const file = resolve(folder, path)
  let haltTimes: unknown
  try {
    haltTimes = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new InputError({
      code: 'ORN-CONF-016',
      exitCode: 3,
      message: `The file of halt times ${file} cannot be read as JSON`,
      fix: 'A list such as [{ "name": "CPI", "at": "2026-12-10T13:30:00Z" }]',
      cause,
    })
  }
  refuseLiteralSecrets(haltTimes, file)
  return { ...(values as object), risk: { ...risk, haltTimes } }
}

function withWhitelist(values: unknown, folder: string): unknown {
  const { companions } = (values ?? {}) as { companions?: { pairs?: { whitelist?: unknown } } }
  const path = companions?.pairs?.whitelist
  if (typeof path !== 'string') return values
  const file = resolve(folder, path)
  const whitelist = readWhitelist(file)
  refuseLiteralSecrets(whitelist, file)
  const pairs = { ...companions?.pairs, whitelist }
  return { ...(values as object), companions: { ...companions, pairs } }
}

function readWhitelist(file: string): object {
  const refuse = (code: string, why: string, cause: unknown) =>
    new InputError({
      code,
      exitCode: 3,
      message: `The whitelist of pairs ${file} ${why}`,
      fix: 'Write one: ornstein pairs discover CONFIG --out FILE',
      cause,
    })
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw refuse('ORN-PAIRS-001', 'cannot be read', cause)
  }
  try {
    return Object(JSON.parse(text))
  } catch (cause) {
    throw refuse('ORN-PAIRS-002', 'is not valid JSON', cause)
  }
}

/**
 * Refuses a secret in a file. Looks at every scalar as it is written: an unquoted key in hex would
 * be read as a number. Throws InputError.
 */
export function refuseSecrets(text: string, path: string): void {
  const written = parseDocument(text, { schema: 'failsafe' })
  refuseLiteralSecrets(valuesOf(written, path) ?? {}, path)
  const names: string[] = []
  visit(written, {
    Scalar: (position, { value }) => {
      if (position === 'key') names.push(String(value))
    },
  })
  refuseLiteralSecrets({ 'the name of a setting': names }, path)
}

/** The line of what is written at a path, or of the nearest part of the path that is. */
export function lineOf(
  document: Document,
  lines: LineCounter,
  where: readonly PropertyKey[],
): number {
  const node = nodeOf(document, where)
  return node?.range ? lines.linePos(node.range[0]).line : 1
}

/** The node of the key at a path, or of the nearest part of the path that is written. */
function nodeOf(document: Document, where: readonly PropertyKey[]): Node | null {
  for (let n = where.length; n > 0; n--) {
    const parent = document.getIn(where.slice(0, n - 1), true)
    const name = String(where[n - 1])
    if (isMap(parent)) {
      const key = parent.items.find((pair) => String(pair.key) === name)?.key
      if (isNode(key)) return key
    }
    const node = document.getIn(where.slice(0, n), true)
    if (isNode(node)) return node
  }
  return isNode(document.contents) ? document.contents : null
}

/** SHA-256 over values: equal settings hash equally, however they are ordered. */
export const hashOf = (values: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(values)))
    .digest('hex')

/** The same data with keys in order, so that equal settings hash equally. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([k, v]) => [k, sorted(v)]))
}
