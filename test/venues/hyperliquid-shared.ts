import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(
  new URL('../../../shared/spec/venues/vectors/hyperliquid/', import.meta.url),
)

/** True when the venue's recorded payloads lie beside the project. In CI they must. */
export const hasVectors: boolean = existsSync(root) || process.env['CI'] !== undefined

/** Why tests on recorded payloads are skipped, for their names. */
export const vectorsNote = hasVectors ? '' : ' (skipped: no ../shared/spec)'

/** One recorded payload, parsed. */
export const readVector = (path: string): unknown =>
  JSON.parse(readFileSync(root + path, 'utf8')) as unknown

interface Cassette {
  readonly request: { readonly body: { readonly type: string } }
  readonly response: { readonly body: unknown }
}

/** The recorded answer to the info request of one type out of a cassette file. */
export function readRecordedReply(file: string, type: string): unknown {
  const cassettes = readVector(`python_sdk_cassettes/${file}.json`) as readonly Cassette[]
  const found = cassettes.find((cassette) => cassette.request.body.type === type)
  if (found === undefined) throw new Error(`${file} holds no ${type}`)
  return found.response.body
}

/** What kind of value it is; texts by their format. */
function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'string') return typeof value
  if (/^-?\d+\.\d+$/.test(value)) return 'decimal with a point'
  if (/^-?\d+$/.test(value)) return 'digits without a point'
  if (/^0x[0-9a-f]+$/.test(value)) return `hex of ${value.length - 2}`
  return 'text'
}

/** Paths of a payload with the kinds of their values; elements of an array share one path. */
export function shapeOf(value: unknown, path = ''): Record<string, string> {
  const shape: Record<string, string> = {}
  const add = (part: Record<string, string>) => {
    for (const [key, kind] of Object.entries(part)) {
      const known = shape[key]?.split(' | ') ?? []
      if (!known.includes(kind)) shape[key] = [...known, kind].sort().join(' | ')
    }
  }
  if (Array.isArray(value)) {
    for (const item of value) add(shapeOf(item, `${path}[]`))
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) add(shapeOf(item, `${path}.${key}`))
  } else add({ [path]: kindOf(value) })
  return shape
}
