import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBAppender, type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

/**
 * Runs `use` with a private in-memory DuckDB that never loads extensions from outside, and closes
 * it afterwards. Nothing it does is seen by anybody else.
 */
export async function withDatabase<Result>(
  use: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    threads: '2',
    // Beyond this, tables move to a temporary folder that DuckDB removes when it closes.
    memory_limit: '2GB',
    temp_directory: join(tmpdir(), `ornstein-${process.pid}`),
  })
  const connection = await instance.connect()
  try {
    await connection.run("set TimeZone = 'UTC'")
    await connection.run('set enable_progress_bar = false')
    return await use(connection)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** A text as an SQL literal. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A path as an SQL literal for table functions, with the characters of patterns made literal. */
export const sqlPath = (path: string): string => sqlText(path.replace(/[[*?]/g, '[$&]'))

/** A column name as an SQL identifier. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/**
 * Result columns as plain numbers; NULL is NaN. `expressions` are cast to DOUBLE, so integers are
 * exact up to 2^53. `rest` is the statement from FROM on.
 */
export async function readNumbers(
  connection: DuckDBConnection,
  expressions: readonly string[],
  rest: string,
): Promise<Float64Array[]> {
  const list = expressions.map((e) => `coalesce(cast(${e} as double), 'nan'::double)`).join(', ')
  const result = await connection.stream(`select ${list} ${rest}`)
  let rows = 0
  const parts: Float64Array[][] = expressions.map(() => [])
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) break
    rows += chunk.rowCount
    for (let column = 0; column < expressions.length; column++) {
      const vector = chunk.getColumnVector(column) as unknown as { items: Float64Array }
      parts[column]!.push(vector.items.slice(0, chunk.rowCount))
    }
  }
  return parts.map((pieces) => {
    const whole = new Float64Array(rows)
    let at = 0
    for (const piece of pieces) {
      whole.set(piece, at)
      at += piece.length
    }
    return whole
  })
}

/** A result column of texts; NULL is the empty text. */
export async function readTexts(
  connection: DuckDBConnection,
  expression: string,
  rest: string,
): Promise<string[]> {
  const result = await connection.stream(
    `select coalesce(cast(${expression} as varchar), '') ${rest}`,
  )
  const texts: string[] = []
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) break
    const vector = chunk.getColumnVector(0)
    for (let row = 0; row < chunk.rowCount; row++) texts.push(vector.getItem(row) as string)
  }
  return texts
}

/** Result rows as plain objects of JSON values; for small results. */
export async function readRows(
  connection: DuckDBConnection,
  sql: string,
): Promise<Record<string, unknown>[]> {
  const reader = await connection.runAndReadAll(sql)
  return reader.getRowObjectsJson() as Record<string, unknown>[]
}

/** An appender to a table of the current schema. */
export async function openAppender(
  connection: DuckDBConnection,
  table: string,
): Promise<DuckDBAppender> {
  const [row] = await readRows(connection, 'select current_schema() as name')
  return connection.createAppender(table, String(row?.['name']))
}
