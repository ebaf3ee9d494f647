import type { DuckDBConnection } from '@duckdb/node-api'
import { readRows, sqlPath } from './duckdb.ts'
import { dataError, type SourceFile } from './source-file.ts'

/** A column of a Parquet file: its name and DuckDB's name of its type. */
export interface ParquetColumn {
  readonly name: string
  readonly type: string
}

/**
 * Columns of a Parquet file. Throws InputError ORN-DATA-005 when it is not Parquet or damaged.
 * Damage beyond the footer shows only when rows are read: see {@link explainDamage}.
 */
export async function readSchema(
  connection: DuckDBConnection,
  file: SourceFile,
): Promise<readonly ParquetColumn[]> {
  try {
    const rows = await readRows(
      connection,
      `describe select * from read_parquet(${sqlPath(file.path)})`,
    )
    return rows.map((row) => ({
      name: String(row['column_name']),
      type: String(row['column_type']),
    }))
  } catch (cause) {
    throw explainDamage(file, cause)
  }
}

/** The error for a Parquet file that cannot be read to the end, or whose columns do not fit. */
export function explainDamage(file: SourceFile, cause: unknown): Error {
  const text = (cause as Error).message.split('\n')[0] ?? ''
  if (/^(Binder|Conversion|Catalog|Type Mismatch) Error/.test(text)) {
    return dataError('006', `${file.name} has columns of another type than its kind needs`, [
      `file: ${file.path}`,
      `reader: ${text.slice(0, 200)}`,
    ])
  }
  return dataError('005', `${file.name} is not a readable Parquet file: damaged or cut short`, [
    `file: ${file.path}`,
    `reader: ${text.replaceAll(file.path, file.name).slice(0, 200)}`,
  ])
}
