import { z } from 'zod'
import { dataError } from './source-file.ts'

/** Layout of data sets; raised when a reader of the old one would be wrong. */
export const MANIFEST_VERSION = 1
/** Name of the file that describes a data set. */
export const MANIFEST_FILE = 'manifest.json'

const statistics = z.strictObject({
  instrument: z.string(),
  rows: z.number().int(),
  firstTime: z.number(),
  lastTime: z.number(),
  cadenceUs: z.number().nullable(),
  priceDecimals: z.number().int(),
  quantityDecimals: z.number().int(),
  maximumPrice: z.number(),
})

const table = z.strictObject({
  shape: z.enum([
    'books',
    'bookChanges',
    'quotes',
    'trades',
    'bars',
    'funding',
    'bookSummaries',
    'executions',
    'reference',
  ]),
  file: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int(),
  rows: z.number().int(),
  columns: z.array(
    z.strictObject({
      name: z.string(),
      type: z.enum(['VARCHAR', 'BIGINT', 'DOUBLE', 'BOOLEAN']),
      unit: z.string(),
    }),
  ),
  instruments: z.array(statistics),
})

const check = z.strictObject({
  table: z.string(),
  check: z.string(),
  outcome: z.enum(['quarantined', 'noted']),
  count: z.number().int(),
  examples: z.array(z.string()),
})

const manifest = z.strictObject({
  version: z.literal(MANIFEST_VERSION),
  id: z.string(),
  /** Kind of importer (or generator) that made it. */
  kind: z.string(),
  title: z.string(),
  origin: z.enum(['recorded', 'generated']),
  venue: z.string(),
  instrumentKind: z.enum(['perpetual', 'spot', 'equity']),
  continuous: z.boolean(),
  timeZone: z.string(),
  units: z.string(),
  source: z.strictObject({
    file: z.string(),
    sha256: z.string(),
    bytes: z.number().int(),
    text: z.string(),
    licenceClass: z.enum(['A', 'B', 'C', 'own']),
  }),
  rowsRead: z.number().int(),
  rowsQuarantined: z.number().int(),
  /** The file of rows put aside, null when there are none. */
  quarantine: z
    .strictObject({ file: z.string(), sha256: z.string(), rows: z.number().int() })
    .nullable(),
  skew: z.strictObject({
    estimatedUs: z.number(),
    appliedUs: z.number(),
    minimumDelayUs: z.number(),
    method: z.string(),
  }),
  firstTime: z.number().nullable(),
  lastTime: z.number().nullable(),
  checks: z.array(check),
  tables: z.array(table),
})

/** What is known about a data set: see the fields' own units. Times in us. */
export type Manifest = z.infer<typeof manifest>
/** One table of a data set. */
export type ManifestTable = z.infer<typeof table>

/** Reads a manifest's text. Throws InputError ORN-DATA-019 naming the first thing wrong. */
export function parseManifest(text: string, path: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw dataError('019', `${path} is not valid JSON`, [(cause as Error).message])
  }
  const result = manifest.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw dataError('019', `${path} is not a manifest that this version reads`, [
    `key: ${issue?.path.join('.') ?? ''}`,
    issue?.message ?? '',
  ])
}

/** The text of a manifest: stable for equal content. */
export const formatManifest = (value: Manifest): string => `${JSON.stringify(value, null, 2)}\n`
