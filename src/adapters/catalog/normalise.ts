import type { DuckDBConnection } from '@duckdb/node-api'
import type { CheckResult } from './checks/rule.ts'
import {
  applyRules,
  createQuarantine,
  noteResults,
  QUARANTINE,
  quarantineResults,
} from './checks/run.ts'
import { openAppender, readRows, sqlName, sqlText } from './duckdb.ts'
import type { Importer } from './importer.ts'
import { importers } from './importers/registry.ts'
import { type Probe, probeFile } from './probe.ts'
import { type Provenance, provenanceOf } from './provenance.ts'
import type { LicenceClass } from './recording.ts'
import type { Column, Shape } from './shapes.ts'
import { dataError, identifyFile, type SourceFile } from './source-file.ts'
import { createTables } from './tables.ts'

/** A source file turned into checked tables, which lie in the given database. */
export interface Normalised {
  readonly file: SourceFile
  readonly importer: Importer
  readonly provenance: Provenance
  /** Tables with at least one usable row, named after their shape. */
  readonly tables: ReadonlyMap<Shape, readonly Column[]>
  /** Every instrument of the source, also those not asked for. */
  readonly available: readonly string[]
  /** Rows as read, before any was put aside. */
  readonly rowsRead: number
  readonly rowsQuarantined: number
  readonly checks: readonly CheckResult[]
}

/** What the user may say about a source. */
export interface SourceOptions {
  readonly symbol?: string
  readonly source?: string
  readonly licenceClass?: LicenceClass
  /** Only these instruments are checked and kept; all when absent. */
  readonly symbols?: readonly string[]
  /** Refuses the file when more than this share of its rows is unusable. Default 0.5. */
  readonly maximumQuarantinedShare?: number
}

/**
 * Recognises a file, reads it into normalised tables and puts bad rows aside. Throws InputError
 * (exit code 4) when it is missing, damaged, of no known kind, or mostly unusable.
 */
export async function normaliseFile(
  connection: DuckDBConnection,
  path: string,
  options: SourceOptions = {},
): Promise<Normalised> {
  const file = await identifyFile(path)
  const probe = await probeFile(connection, file)
  const importer = recognise(probe)
  await createQuarantine(connection)
  const tables = createTables(connection)
  const rejected: { row: number; rule: string; text: string }[] = []
  await importer.read({
    connection,
    probe,
    symbol: options.symbol ?? null,
    tables,
    reject: (row, rule, text) => rejected.push({ row, rule, text }),
  })
  tables.close()
  const available = await keepSymbols(connection, tables.filled, options.symbols)
  await recordRejected(connection, rejected)
  const counts = await countRows(connection, [...tables.filled.keys()])
  for (const [shape, columns] of tables.filled) {
    await applyRules(connection, shape, columns, importer)
  }
  const left = await countRows(connection, [...tables.filled.keys()])
  const usable = new Map([...tables.filled].filter(([shape]) => (left.get(shape) ?? 0) > 0))
  const rowsRead = total(counts) + rejected.length
  const checks = await quarantineResults(connection)
  for (const [shape, columns] of usable) {
    checks.push(...(await noteResults(connection, shape, columns, importer)))
  }
  const normalised: Normalised = {
    file,
    available,
    importer,
    provenance: provenanceOf(file, options),
    tables: usable,
    rowsRead,
    rowsQuarantined: rowsRead - total(left),
    checks,
  }
  refuseUnusable(normalised, options.maximumQuarantinedShare ?? 0.5)
  return normalised
}

function recognise(probe: Probe): Importer {
  const importer = importers.find((each) => each.recognises(probe))
  if (importer !== undefined) return importer
  const keys = (value: unknown): string =>
    Array.isArray(value) ? 'a list' : Object.keys(Object(value)).join(', ')
  const seen =
    probe.container === 'parquet'
      ? `columns: ${probe.columns.map((column) => column.name).join(', ')}`
      : probe.container === 'lines'
        ? `first line: ${probe.first.slice(0, 100)}`
        : `top level: ${keys(probe.value)}`
  throw dataError('016', `${probe.file.name} is of no kind that can be imported`, [
    seen.slice(0, 200),
    `known kinds: ${importers.map((each) => each.kind).join(', ')}`,
  ])
}

/** Removes the rows of other instruments; returns all that were there, in order. */
async function keepSymbols(
  connection: DuckDBConnection,
  tables: ReadonlyMap<Shape, readonly Column[]>,
  symbols: readonly string[] | undefined,
): Promise<string[]> {
  const available = new Set<string>()
  for (const [shape, columns] of tables) {
    if (!columns.some((column) => column.name === 'instrument')) continue
    const table = sqlName(shape)
    const found = `select distinct instrument from ${table} where instrument is not null`
    for (const row of await readRows(connection, found)) available.add(String(row['instrument']))
    if (symbols === undefined) continue
    const list = symbols.map(sqlText).join(', ')
    await connection.run(`delete from ${table} where instrument not in (${list || "''"})`)
  }
  return [...available].sort()
}

async function recordRejected(
  connection: DuckDBConnection,
  rejected: readonly { row: number; rule: string; text: string }[],
): Promise<void> {
  if (rejected.length === 0) return
  const appender = await openAppender(connection, QUARANTINE)
  for (const { row, rule, text } of rejected) {
    appender.appendVarchar('source')
    appender.appendBigInt(BigInt(row))
    appender.appendVarchar(rule)
    appender.appendVarchar(text)
    appender.appendNull()
    appender.endRow()
  }
  appender.closeSync()
}

async function countRows(
  connection: DuckDBConnection,
  shapes: readonly Shape[],
): Promise<Map<Shape, number>> {
  const counts = new Map<Shape, number>()
  for (const shape of shapes) {
    const [row] = await readRows(connection, `select count(*)::int as n from ${sqlName(shape)}`)
    counts.set(shape, Number(row?.['n']))
  }
  return counts
}

const total = (counts: ReadonlyMap<Shape, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0)

function refuseUnusable(normalised: Normalised, limit: number): void {
  const { file, rowsRead, rowsQuarantined, checks } = normalised
  // Nothing of the instruments asked for: whoever asked knows what else there is.
  if (rowsRead === 0 && normalised.available.length > 0) return
  if (rowsRead === 0) throw dataError('003', `${file.name} holds no rows`)
  if (normalised.tables.size > 0 && rowsQuarantined <= limit * rowsRead) return
  throw dataError(
    '015',
    `${file.name} is refused: ${rowsQuarantined} of its ${rowsRead} rows are unusable`,
    checks
      .filter((check) => check.outcome === 'quarantined')
      .slice(0, 6)
      .map((check) => `${check.check} (${check.count}): ${check.examples[0] ?? ''}`),
  )
}
