import type { DuckDBConnection } from '@duckdb/node-api'
import type { InstrumentKind } from '../../core/mod.ts'
import { explainDamage, type ParquetColumn } from './parquet.ts'
import type { Probe } from './probe.ts'
import { dataError, type SourceFile } from './source-file.ts'
import type { Tables } from './tables.ts'

/** One kind of file that can be imported. All importers have this skeleton. */
export interface Importer {
  /** Stable name, for example "hyperliquid-books". */
  readonly kind: string
  /** What the file holds, for people. */
  readonly title: string
  /** Lower-case code of the venue the data come from; "" for reference data. */
  readonly venue: string
  readonly instrumentKind: InstrumentKind
  /** How times are written in the file. */
  readonly timeZone: string
  /** Units as published. */
  readonly units: string
  /** Trades around the clock: every missing bar is a gap. */
  readonly continuous: boolean
  /** True when the file looks like this kind. */
  recognises(probe: Probe): boolean
  /** Fills the normalised tables. Rows it cannot read are rejected, never guessed. */
  read(input: ReadInput): Promise<void>
}

/** What an importer works with. */
export interface ReadInput {
  readonly connection: DuckDBConnection
  readonly probe: Probe
  /** Symbol stated by the user, for files that do not carry one. */
  readonly symbol: string | null
  readonly tables: Tables
  /** Puts a row aside: 1-based row of the source, the rule it breaks, what was seen. */
  reject(row: number, rule: string, text: string): void
}

/** Recogniser of Parquet files that have all of these columns and none of those. */
export const parquetWith =
  (names: readonly string[], without: readonly string[] = []) =>
  (probe: Probe): boolean => {
    if (probe.container !== 'parquet') return false
    const present = new Set(probe.columns.map((column) => column.name))
    return names.every((name) => present.has(name)) && !without.some((name) => present.has(name))
  }

/** Recogniser of comma-separated text whose header begins with these cells. */
export const headerWith =
  (...names: readonly string[]) =>
  (probe: Probe): boolean =>
    probe.container === 'lines' && names.every((name, i) => probe.cells[i] === name)

/** The columns of a Parquet probe. */
export function columnsOfProbe(probe: Probe): readonly ParquetColumn[] {
  return probe.container === 'parquet' ? probe.columns : []
}

/** The text of a line probe. Importers call it after recognising one. */
export function textOf(probe: Probe): AsyncGenerator<string> {
  if (probe.container !== 'lines') throw dataError('006', `${probe.file.name} is not a text file`)
  return probe.text.lines()
}

/** Symbol stated by the user, or found in the file's name by a pattern with one group. */
export function symbolOf(input: ReadInput, pattern: RegExp): string {
  const symbol = input.symbol ?? pattern.exec(input.probe.file.name)?.[1]
  if (symbol !== undefined && symbol !== null) return symbol
  throw dataError(
    '007',
    `Cannot tell the instrument of ${input.probe.file.name} from its name`,
    ['the file carries no symbol and its name does not say one'],
    'give it with --symbol',
  )
}

/** Runs the reading of a Parquet file; damage found on the way becomes ORN-DATA-005. */
export async function readingParquet(file: SourceFile, read: () => Promise<void>): Promise<void> {
  try {
    await read()
  } catch (cause) {
    if ((cause as Error).name === 'InputError' || (cause as Error).name === 'AssertionFailure') {
      throw cause
    }
    throw explainDamage(file, cause)
  }
}
