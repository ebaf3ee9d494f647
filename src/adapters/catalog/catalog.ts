import { existsSync } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { InstrumentKind } from '../../core/mod.ts'
import { isUnfinished, removeUnfinished, writeFolder } from './atomic.ts'
import type { CheckResult } from './checks/rule.ts'
import { QUARANTINE } from './checks/run.ts'
import { readRows, sqlName, sqlPath, sqlText, withDatabase } from './duckdb.ts'
import {
  instrumentStatistics,
  orderingTime,
  smallestRecordedDelay,
} from './instrument-statistics.ts'
import type { FoundDecimals } from './instruments.ts'
import {
  formatManifest,
  MANIFEST_FILE,
  MANIFEST_VERSION,
  type Manifest,
  type ManifestTable,
  parseManifest,
} from './manifest.ts'
import { normaliseFile, type SourceOptions } from './normalise.ts'
import { type Provenance, provenanceOf } from './provenance.ts'
import { type ClockSkew, estimateSkew } from './recording.ts'
import type { Column, Shape } from './shapes.ts'
import { dataError, hashFile, identifyFile, type SourceFile } from './source-file.ts'

/** Where data sets lie when nothing else is said. */
export const DEFAULT_CATALOG = '.ornstein/data'

/** Result of importing one file. */
export interface ImportResult {
  readonly manifest: Manifest
  /** False when the same content was in the catalog already and nothing was written. */
  readonly imported: boolean
}

/**
 * Imports a file into the catalog: normalised Parquet, rows put aside, and a manifest, in one
 * step. The same content twice is imported once. Throws InputError (exit code 4).
 */
export async function importFile(
  catalog: string,
  path: string,
  options: SourceOptions = {},
): Promise<ImportResult> {
  const file = await identifyFile(path)
  const id = dataSetId(file, options.symbol)
  const known = await readManifest(catalog, id).catch(() => null)
  if (known !== null && (await isSame(catalog, known, file, provenanceOf(file, options)))) {
    return { manifest: known, imported: false }
  }
  return withDatabase(async (connection) => {
    const normalised = await normaliseFile(connection, path, options)
    const { importer } = normalised
    const manifest = await writeDataSet(connection, catalog, {
      id,
      kind: importer.kind,
      title: importer.title,
      origin: 'recorded',
      venue: importer.venue,
      instrumentKind: importer.instrumentKind,
      continuous: importer.continuous,
      timeZone: importer.timeZone,
      units: importer.units,
      file,
      provenance: normalised.provenance,
      rowsRead: normalised.rowsRead,
      rowsQuarantined: normalised.rowsQuarantined,
      checks: normalised.checks,
      tables: normalised.tables,
    })
    return { manifest, imported: true }
  })
}

/** True when a data set holds this content, described the same way, and is undamaged. */
async function isSame(
  catalog: string,
  known: Manifest,
  file: SourceFile,
  provenance: Provenance,
): Promise<boolean> {
  const { sha256, licenceClass, text } = known.source
  return (
    sha256 === file.sha256 &&
    licenceClass === provenance.licenceClass &&
    text === provenance.source &&
    (await damagedFiles(catalog, known)).length === 0
  )
}

/** A data set about to be written; its tables lie in the database, named after their shape. */
export interface DataSetDraft {
  readonly id: string
  readonly kind: string
  readonly title: string
  readonly origin: 'recorded' | 'generated'
  readonly venue: string
  readonly instrumentKind: InstrumentKind
  readonly continuous: boolean
  readonly timeZone: string
  readonly units: string
  readonly file: Pick<SourceFile, 'name' | 'sha256' | 'bytes'>
  readonly provenance: Provenance
  readonly rowsRead: number
  readonly rowsQuarantined: number
  readonly checks: readonly CheckResult[]
  readonly tables: ReadonlyMap<Shape, readonly Column[]>
  /** Digits per instrument where they are known; otherwise they are looked for. */
  readonly decimals?: ReadonlyMap<string, FoundDecimals>
  /** Rows lie in order of time already and keep their order; otherwise they are sorted. */
  readonly isOrdered?: boolean
}

/** Writes a data set in one step and returns its manifest. Shifts received times on clock skew. */
export async function writeDataSet(
  connection: DuckDBConnection,
  catalog: string,
  draft: DataSetDraft,
): Promise<Manifest> {
  const skew = await removeSkew(connection, draft.tables)
  await removeUnfinished(catalog)
  let manifest: Manifest | null = null
  await writeFolder(join(catalog, draft.id), async (folder) => {
    const tables: ManifestTable[] = []
    for (const [shape, columns] of draft.tables) {
      tables.push(await writeTable(connection, folder, draft, { shape, columns }))
    }
    const quarantine = await writeQuarantine(connection, folder, draft.rowsQuarantined)
    manifest = makeManifest(draft, { skew, tables, quarantine })
    await writeFile(join(folder, MANIFEST_FILE), formatManifest(manifest))
  })
  return manifest!
}

function makeManifest(
  draft: DataSetDraft,
  parts: {
    readonly skew: ClockSkew
    readonly tables: ManifestTable[]
    readonly quarantine: Manifest['quarantine']
  },
): Manifest {
  const spans = parts.tables.flatMap((table) => table.instruments)
  const { file, provenance, tables: _, decimals: __, isOrdered: ___, checks, ...facts } = draft
  const skewed = parts.skew.appliedUs > 0
  return {
    version: MANIFEST_VERSION,
    ...facts,
    source: {
      file: file.name,
      sha256: file.sha256,
      bytes: file.bytes,
      text: provenance.source,
      licenceClass: provenance.licenceClass,
    },
    quarantine: parts.quarantine,
    skew: parts.skew,
    firstTime: spans.length === 0 ? null : Math.min(...spans.map((span) => span.firstTime)),
    lastTime: spans.length === 0 ? null : Math.max(...spans.map((span) => span.lastTime)),
    checks: [
      ...checks.map((check) => ({ ...check, examples: [...check.examples] })),
      ...(skewed
        ? [
            {
              table: 'all',
              check: 'clock skew',
              outcome: 'noted' as const,
              count: 1,
              examples: [parts.skew.method],
            },
          ]
        : []),
    ],
    tables: parts.tables,
  }
}

/** Shifts the received times of every table when one of them is before its venue time. */
async function removeSkew(
  connection: DuckDBConnection,
  tables: ReadonlyMap<Shape, readonly Column[]>,
): Promise<ClockSkew> {
  const skew = estimateSkew(await smallestRecordedDelay(connection, tables))
  if (skew.appliedUs === 0) return skew
  for (const [shape, columns] of tables) {
    if (!columns.some((column) => column.name === 'received_us')) continue
    await connection.run(
      `update ${sqlName(shape)} set received_us = received_us + ${skew.appliedUs}`,
    )
  }
  return skew
}

async function writeTable(
  connection: DuckDBConnection,
  folder: string,
  draft: DataSetDraft,
  { shape, columns }: { readonly shape: Shape; readonly columns: readonly Column[] },
): Promise<ManifestTable> {
  const file = `${shape}.parquet`
  const time = orderingTime(shape)
  const order = time === null ? 'source_row' : `instrument, ${time}, source_row, rowid`
  const sorted = draft.isOrdered === true ? '' : `order by ${order}`
  const path = join(folder, file)
  await connection.run(
    `copy (select ${columns.map((column) => sqlName(column.name)).join(', ')}
       from ${sqlName(shape)} ${sorted})
     to ${sqlText(path)} (format parquet, compression zstd)`,
  )
  const [count] = await readRows(connection, `select count(*)::int as n from ${sqlName(shape)}`)
  return {
    shape,
    file,
    sha256: await hashFile(path),
    bytes: (await stat(path)).size,
    rows: Number(count?.['n']),
    columns: columns.map((column) => ({ ...column })),
    instruments: await instrumentStatistics(connection, shape, columns, draft.decimals),
  }
}

async function writeQuarantine(
  connection: DuckDBConnection,
  folder: string,
  rows: number,
): Promise<Manifest['quarantine']> {
  if (rows === 0) return null
  const file = 'quarantine.csv'
  const path = join(folder, file)
  await connection.run(
    `copy (select source_row as row, rule, reason, shape as "table", content from ${QUARANTINE}
       order by source_row, rule) to ${sqlText(path)} (format csv, header)`,
  )
  return { file, sha256: await hashFile(path), rows }
}

/** Id of a file's data set: its name and the start of its content's hash. */
export function dataSetId(file: Pick<SourceFile, 'name' | 'sha256'>, symbol?: string): string {
  const stem = file.name.replace(/\.(parquet|csv|json|ya?ml|zip|raw|data|gz)(\.gz)?$/g, '')
  const slug = `${stem}${symbol === undefined ? '' : `-${symbol}`}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return `${slug.slice(0, 80)}-${file.sha256.slice(0, 8)}`
}

/** Every data set of a catalog, by id. An absent catalog is empty. */
export async function listManifests(catalog: string): Promise<Manifest[]> {
  if (!existsSync(catalog)) return []
  const manifests: Manifest[] = []
  for (const name of (await readdir(catalog)).sort()) {
    if (isUnfinished(name) || !existsSync(join(catalog, name, MANIFEST_FILE))) continue
    manifests.push(await readManifest(catalog, name))
  }
  return manifests
}

/** One data set's manifest. Throws InputError ORN-DATA-021 when there is none. */
export async function readManifest(catalog: string, id: string): Promise<Manifest> {
  const path = join(catalog, id, MANIFEST_FILE)
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) throw dataError('021', `There is no data set ${id} in ${catalog}`)
  return parseManifest(text, path)
}

/** Files of a data set that are missing or differ from the manifest, each with what is wrong. */
export async function damagedFiles(catalog: string, manifest: Manifest): Promise<string[]> {
  const files = [...manifest.tables, ...(manifest.quarantine === null ? [] : [manifest.quarantine])]
  const problems: string[] = []
  for (const { file, sha256 } of files) {
    const path = join(catalog, manifest.id, file)
    if (!existsSync(path)) problems.push(`${file} is missing`)
    else if ((await hashFile(path)) !== sha256) problems.push(`${file} has another content`)
  }
  return problems
}

/** Loads a data set's tables into the database, named after their shape. */
export async function loadTables(
  connection: DuckDBConnection,
  catalog: string,
  manifest: Manifest,
): Promise<ReadonlyMap<Shape, readonly Column[]>> {
  const tables = new Map<Shape, readonly Column[]>()
  for (const { shape, file, columns } of manifest.tables) {
    const path = join(catalog, manifest.id, file)
    await connection.run(
      `create table ${sqlName(shape)} as select * from read_parquet(${sqlPath(path)})`,
    )
    tables.set(shape, columns)
  }
  return tables
}
