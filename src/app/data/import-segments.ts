import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import {
  dataError,
  hashFile,
  type ImportResult,
  type RecordedSet,
  readManifest,
  readSegments,
  writeRecords,
} from '../../adapters/mod.ts'
import { type Instrument, MarketCursor, RecordKind } from '../../core/mod.ts'

const pattern = /^\d{6}\.seg$/

/** True when these are the names in a folder of segments that a session recorded. */
export const isSegmentFolder = (names: readonly string[]): boolean =>
  names.some((name) => pattern.test(name))

/** Imports recorded segments as one data set of books, trades and rates. Throws InputError. */
export async function importSegments(catalog: string, folder: string): Promise<ImportResult> {
  const set = await describeSegments(folder)
  const known = await readManifest(catalog, set.id).catch(() => null)
  if (known !== null) return { manifest: known, imported: false }
  const manifest = await writeRecords(catalog, set, async (records) => {
    for (const frame of readSegments(folder)) records.add(frame.batch)
  })
  return { manifest, imported: true }
}

async function describeSegments(folder: string): Promise<RecordedSet> {
  const names = (await readdir(folder)).filter((name) => pattern.test(name)).sort()
  const hash = createHash('sha256')
  for (const name of names) hash.update(await hashFile(join(folder, name)))
  const sha256 = hash.digest('hex')
  let instruments: readonly Instrument[] = []
  let bytes = 0
  let changes = false
  let levels = 1
  const cursor = new MarketCursor()
  for (const frame of readSegments(folder)) {
    instruments = frame.instruments
    bytes += frame.batch.u8.byteLength + frame.batch.pool.byteLength
    for (let i = 0; i < frame.batch.count; i++) {
      cursor.load(frame.batch, i)
      if (cursor.kind === RecordKind.delta) changes = true
      if (cursor.kind === RecordKind.snapshot) {
        levels = Math.max(levels, cursor.quantity, cursor.price)
      }
    }
  }
  if (instruments.length === 0) throw dataError('009', `${folder} holds no recorded market data`)
  return {
    id: `recorded-${sha256.slice(0, 12)}`,
    kind: 'recorded-segments',
    title: 'Market data recorded by a session',
    origin: 'recorded',
    instruments,
    provenance: {
      source: `segments recorded by a session, ${basename(folder)}`,
      licenceClass: 'own',
    },
    file: { name: basename(folder), sha256, bytes },
    books: changes ? 'changes' : levels,
  }
}
