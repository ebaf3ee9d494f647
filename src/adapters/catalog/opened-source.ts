import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { InstrumentKind } from '../../core/mod.ts'
import { damagedFiles, loadTables, readManifest } from './catalog.ts'
import type { CheckResult } from './checks/rule.ts'
import { QUARANTINE } from './checks/run.ts'
import { readRows } from './duckdb.ts'
import { type InstrumentStatistics, instrumentStatistics } from './instrument-statistics.ts'
import { MANIFEST_FILE } from './manifest.ts'
import { normaliseFile, type SourceOptions } from './normalise.ts'
import type { Provenance } from './provenance.ts'
import type { QuarantinedRow, RecordingFile } from './recording.ts'
import type { Column, Shape } from './shapes.ts'
import { dataError } from './source-file.ts'

/** A file or a data set whose checked tables lie in a schema of the database. */
export interface OpenedSource {
  readonly schema: string
  readonly file: RecordingFile
  readonly origin: 'recorded' | 'generated'
  readonly venue: string
  readonly instrumentKind: InstrumentKind
  readonly continuous: boolean
  readonly provenance: Provenance
  readonly tables: ReadonlyMap<Shape, readonly Column[]>
  /** What each table holds per instrument. */
  readonly statistics: ReadonlyMap<Shape, readonly InstrumentStatistics[]>
  /** Every instrument of the source, also those not asked for. */
  readonly available: readonly string[]
  readonly quarantined: readonly QuarantinedRow[]
  readonly checks: readonly CheckResult[]
  /** Already added to received times when the data set was made, us. */
  readonly appliedUs: number
}

/**
 * Opens a data file, or the folder of a data set, into a schema of its own. A data set whose files
 * do not match its manifest is refused. Throws InputError (exit code 4).
 */
export async function openSource(
  connection: DuckDBConnection,
  path: string,
  schema: string,
  options: SourceOptions,
): Promise<OpenedSource> {
  await connection.run(`create schema ${schema}`)
  await connection.run(`set schema = '${schema}'`)
  if (existsSync(join(path, MANIFEST_FILE))) return openDataSet(connection, path, schema)
  const normalised = await normaliseFile(connection, path, options)
  const { file, importer } = normalised
  const rows = await readRows(
    connection,
    `select source_row::int as row, rule, reason from ${QUARANTINE} order by source_row`,
  )
  return {
    schema,
    file: { path: file.name, sha256: file.sha256, rows: normalised.rowsRead },
    origin: 'recorded',
    venue: importer.venue,
    instrumentKind: importer.instrumentKind,
    continuous: importer.continuous,
    provenance: normalised.provenance,
    tables: normalised.tables,
    statistics: await measureTables(connection, normalised.tables),
    available: normalised.available,
    quarantined: rows.map((row) => ({
      file: file.name,
      row: Number(row['row']),
      rule: String(row['rule']),
      text: String(row['reason']),
    })),
    checks: normalised.checks,
    appliedUs: 0,
  }
}

async function measureTables(
  connection: DuckDBConnection,
  tables: ReadonlyMap<Shape, readonly Column[]>,
): Promise<Map<Shape, InstrumentStatistics[]>> {
  const statistics = new Map<Shape, InstrumentStatistics[]>()
  for (const [shape, columns] of tables) {
    statistics.set(shape, await instrumentStatistics(connection, shape, columns))
  }
  return statistics
}

async function openDataSet(
  connection: DuckDBConnection,
  path: string,
  schema: string,
): Promise<OpenedSource> {
  const catalog = dirname(path)
  const manifest = await readManifest(catalog, basename(path))
  const problems = await damagedFiles(catalog, manifest)
  if (problems.length > 0) {
    throw dataError('022', `Data set ${manifest.id} is damaged`, problems, 'import it again')
  }
  return {
    schema,
    file: { path: manifest.id, sha256: manifest.source.sha256, rows: manifest.rowsRead },
    origin: manifest.origin,
    venue: manifest.venue,
    instrumentKind: manifest.instrumentKind,
    continuous: manifest.continuous,
    provenance: {
      source: manifest.source.text,
      licenceClass: manifest.source.licenceClass,
    },
    tables: await loadTables(connection, catalog, manifest),
    statistics: new Map(manifest.tables.map((table) => [table.shape, table.instruments])),
    available: manifest.tables.flatMap((table) => table.instruments.map((i) => i.instrument)),
    quarantined: manifest.checks
      .filter((check) => check.outcome === 'quarantined')
      .flatMap(({ check, count, examples }) =>
        Array.from({ length: count }, (_, n) => ({
          file: manifest.id,
          row: Number(/^row (\d+)/.exec(examples[n] ?? '')?.[1] ?? 0),
          rule: check,
          text: examples[n] ?? 'see the quarantine file of the data set',
        })),
      ),
    checks: manifest.checks,
    appliedUs: manifest.skew.appliedUs,
  }
}
