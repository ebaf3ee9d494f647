import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomically } from '../../../adapters/mod.ts'
import type { CalibratedForecast } from '../../../models/mod.ts'

const SCHEMA = 'ornstein.fold/3'

const stored = z.strictObject({
  schema: z.literal(SCHEMA),
  key: z.string(),
  name: z.string(),
  implementation: z.string(),
  computes: z.string(),
  rows: z.string(),
  excessReturn: z.string().nullable(),
  excessReturnBps: z.string().nullable(),
  downsideProbability: z.string().nullable(),
  /** SHA-256 of the file of the model, and of all that stands before it here. */
  model: z.string(),
  sha256: z.string(),
})

/** What a fold forecast: scores as the model made them, and the same in common units. */
export interface FoldForecast extends CalibratedForecast {
  readonly implementation: string
  /** What computed it. */
  readonly computes: string
  readonly rows: Int32Array
  /** In the model's own unit. */
  readonly excessReturn: Float64Array | null
}

/** Where one fold's work lies: its forecasts, and its model as data. */
export interface FoldFiles {
  readonly forecast: string
  readonly model: string
}

/** Files of a route's fold, by its place among the folds from 0. */
export function foldFiles(folder: string, route: string, index: number): FoldFiles {
  const number = String(index + 1).padStart(3, '0')
  return {
    forecast: join(folder, 'folds', route, `${number}.forecast.json`),
    model: join(folder, 'folds', route, `${number}.model.json`),
  }
}

/** Forgets a route's folds of another key or plan. */
export function clearFolds(folder: string, route: string): void {
  rmSync(join(folder, 'folds', route), { recursive: true, force: true })
}

/** Which fold of which run a file is of. */
export interface FoldIdentity {
  readonly key: string
  readonly name: string
}

/** Keeps a fold's forecasts and its model, each whole or not at all; the forecasts last. */
export function keepFold(
  files: FoldFiles,
  fold: FoldIdentity & { readonly model: unknown },
  forecast: FoldForecast,
): void {
  const { key, name } = fold
  mkdirSync(dirname(files.model), { recursive: true })
  const model = `${JSON.stringify(fold.model)}\n`
  writeFileAtomically(files.model, model, { mode: 0o644 })
  const column = (values: Float64Array | null): string | null =>
    values === null ? null : encode(values)
  const held: Omit<z.infer<typeof stored>, 'sha256'> = {
    ...{ schema: SCHEMA, key, name },
    ...{ implementation: forecast.implementation, computes: forecast.computes },
    rows: encode(forecast.rows),
    excessReturn: column(forecast.excessReturn),
    excessReturnBps: column(forecast.excessReturnBps),
    downsideProbability: column(forecast.downsideProbability),
    model: sha256(model),
  }
  const document = { ...held, sha256: sha256(JSON.stringify(held)) }
  writeFileAtomically(files.forecast, `${JSON.stringify(document)}\n`, { mode: 0o644 })
}

/**
 * A fold's forecasts as kept under the same key and name, and with their model; null where there are
 * none, others, or where a byte of either file is another one.
 */
export function keptFold(files: FoldFiles, { key, name }: FoldIdentity): FoldForecast | null {
  let text: string
  let model: Buffer
  try {
    text = readFileSync(files.forecast, 'utf8')
    model = readFileSync(files.model)
  } catch {
    return null
  }
  const read = stored.safeParse(parsed(text))
  if (!read.success || read.data.key !== key || read.data.name !== name) return null
  const { sha256: digest, ...held } = read.data
  if (digest !== sha256(JSON.stringify(held)) || held.model !== sha256(model)) return null
  const { implementation, computes, rows, ...columns } = held
  const column = (values: string | null): Float64Array | null =>
    values === null ? null : new Float64Array(decode(values))
  return {
    ...{ implementation, computes },
    rows: new Int32Array(decode(rows)),
    excessReturn: column(columns.excessReturn),
    excessReturnBps: column(columns.excessReturnBps),
    downsideProbability: column(columns.downsideProbability),
  }
}

const sha256 = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex')

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Little-endian bytes as base64: numbers come back to the bit, NaN too. */
const encode = ({ buffer, byteOffset, byteLength }: Int32Array | Float64Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64')

function decode(text: string): ArrayBuffer {
  const bytes = Buffer.from(text, 'base64')
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
}
