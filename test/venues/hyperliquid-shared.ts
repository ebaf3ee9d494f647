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
