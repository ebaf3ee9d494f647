import { mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DuckDBTimestampValue } from '@duckdb/node-api'
import { sqlName, sqlPath, withDatabase } from '../catalog/duckdb.ts'

/**
 * A column of a table that is written: texts, numbers, whole numbers, instants in microseconds, or
 * whether something is so; null is empty.
 */
export type TableColumn = { readonly name: string } & (
  | { readonly type: 'text'; readonly values: readonly (string | null)[] }
  | { readonly type: 'flag'; readonly values: readonly boolean[] }
  | { readonly type: 'number' | 'integer' | 'time'; readonly values: ArrayLike<number | null> }
)

const types = {
  ...{ text: 'VARCHAR', number: 'DOUBLE', integer: 'BIGINT' },
  ...{ time: 'TIMESTAMP', flag: 'BOOLEAN' },
} as const

/**
 * Writes a table as `<base>.csv` and `<base>.parquet`, each whole or not at all. Times are UTC;
 * what is NaN or null is empty. Makes the folder; columns have one length.
 */
export async function writeTable(base: string, columns: readonly TableColumn[]): Promise<void> {
  mkdirSync(dirname(base), { recursive: true })
  const rows = columns[0]?.values.length ?? 0
  await withDatabase(async (connection) => {
    const definition = columns.map(({ name, type }) => `${sqlName(name)} ${types[type]}`).join(', ')
    await connection.run(`create table written (${definition})`)
    const appender = await connection.createAppender('written')
    for (let row = 0; row < rows; row++) {
      for (const column of columns) append(appender, column, row)
      appender.endRow()
    }
    appender.closeSync()
    for (const [suffix, format] of [
      ['csv', 'format csv, header'],
      ['parquet', 'format parquet, compression zstd'],
    ] as const) {
      const path = `${base}.${suffix}`
      const draft = `${path}.${process.pid}.part`
      await connection.run(`copy written to ${sqlPath(draft)} (${format})`)
      renameSync(draft, path)
    }
  })
}

type Appender = Awaited<
  ReturnType<Parameters<Parameters<typeof withDatabase>[0]>[0]['createAppender']>
>

function append(appender: Appender, column: TableColumn, row: number): void {
  const value = column.values[row]
  if (value === null || value === undefined || Number.isNaN(value)) appender.appendNull()
  else if (column.type === 'text') appender.appendVarchar(String(value))
  else if (column.type === 'number') appender.appendDouble(Number(value))
  else if (column.type === 'flag') appender.appendBoolean(Boolean(value))
  else if (column.type === 'integer') appender.appendBigInt(BigInt(Math.round(Number(value))))
  else appender.appendTimestamp(new DuckDBTimestampValue(BigInt(Math.round(Number(value)))))
}
