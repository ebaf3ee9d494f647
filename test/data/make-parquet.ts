import { DuckDBInstance } from '@duckdb/node-api'

/** Writes the rows of a SELECT as a Parquet file and returns its path. */
export async function makeParquet(path: string, select: string): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`copy (${select}) to '${path.replaceAll("'", "''")}' (format parquet)`)
  connection.closeSync()
  instance.closeSync()
  return path
}
