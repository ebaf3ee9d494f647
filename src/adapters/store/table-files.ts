import { mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DuckDBTimestampTZValue, DuckDBTimestampValue } from '@duckdb/node-api'
import { sqlName, sqlPath, withDatabase } from '../catalog/duckdb.ts'

/**
 * A column of a table that is written: texts, numbers, whole numbers, instants in microseconds, `time`
 * without a zone and `instant` with it, or whether something is so; null is empty.
 */
export type TableColumn = { readonly name: string } & (
  | { readonly type: 'text'; readonly values: readonly (string | null)[] }
  | { readonly type: 'flag'; readonly values: readonly boolean[] }
  | {
      readonly type: 'number' | 'integer' | 'time' | 'instant'
      readonly values: ArrayLike<number | null>
    }
)

const types = {
  ...{ text: 'VARCHAR', number: 'DOUBLE', integer: 'BIGINT' },
  ...{ time: 'TIMESTAMP', instant: 'TIMESTAMP WITH TIME ZONE', flag: 'BOOLEAN' },
} as const

/** What a table is written as. */
export type TableFormat = 'csv' | 'parquet'

/**
 * Writes a table as `<base>.csv` and `<base>.parquet`, or one of them, each whole or not at all.
 * Times are UTC; what is NaN or null is empty. Makes the folder; columns have one length.
 */
export async function writeTable(
  base: string,
  columns: readonly TableColumn[],
  formats: readonly TableFormat[] = ['csv', 'parquet'],
): Promise<void> {
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
    const copied = {
      csv: [`(select ${columns.map(asText).join(', ')} from written)`, 'format csv, header'],
      parquet: ['written', 'format parquet, compression zstd'],
    } as const
    for (const suffix of formats) {
      const [from, format] = copied[suffix]
      const path = `${base}.${suffix}`
      const draft = `${path}.${process.pid}.part`
      await connection.run(`copy ${from} to ${sqlPath(draft)} (${format})`)
      renameSync(draft, path)
    }
  })
}

/** A column of a CSV file: an instant says its zone, without empty fractions of a second. */
function asText({ name, type }: TableColumn): string {
  const column = sqlName(name)
  if (type !== 'instant') return column
  const of = (pattern: string): string =>
    `strftime(make_timestamp(epoch_us(${column})), '${pattern}')`
  const whole = `epoch_us(${column}) % 1000000 = 0`
  return `if(${whole}, ${of('%Y-%m-%dT%H:%M:%SZ')}, ${of('%Y-%m-%dT%H:%M:%S.%fZ')}) as ${column}`
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
  else if (column.type === 'instant') {
    appender.appendTimestampTZ(new DuckDBTimestampTZValue(BigInt(Math.round(Number(value)))))
  } else appender.appendTimestamp(new DuckDBTimestampValue(BigInt(Math.round(Number(value)))))
}
