import { mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  BOOLEAN,
  DuckDBDataChunk,
  DuckDBTimestampValue,
  type DuckDBType,
  FLOAT,
  TIMESTAMP,
  VARCHAR,
} from '@duckdb/node-api'
import type { HourGrid } from '../../core/mod.ts'
import { sqlName, sqlPath, withDatabase } from '../catalog/duckdb.ts'

/** Rows that go into a chunk, the most that one holds. */
const CHUNK_ROWS = 2048

/** Columns of a panel, element `name * bars + bar`, NaN where there is none. */
export interface FeatureTable {
  readonly symbols: readonly string[]
  readonly grid: HourGrid
  readonly isMember: Uint8Array
  readonly names: readonly string[]
  readonly columns: readonly Float32Array[]
}

/** Writes a table of features as Parquet, whole or not at all. Times are UTC. Makes the folder. */
export async function writeFeatureTable(path: string, table: FeatureTable): Promise<void> {
  mkdirSync(dirname(path), { recursive: true })
  const types: DuckDBType[] = [VARCHAR, TIMESTAMP, TIMESTAMP, BOOLEAN]
  for (const _ of table.names) types.push(FLOAT)
  const heads = [
    'symbol varchar',
    'open_time timestamp',
    'decision_time timestamp',
    'is_member boolean',
  ]
  const definition = [...heads, ...table.names.map((name) => `${sqlName(name)} float`)].join(', ')
  await withDatabase(async (connection) => {
    await connection.run(`create table features (${definition})`)
    const appender = await connection.createAppender('features')
    const rows = table.isMember.length
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      appender.appendDataChunk(
        chunkOf(table, types, { from, to: Math.min(rows, from + CHUNK_ROWS) }),
      )
    }
    appender.closeSync()
    const draft = `${path}.${process.pid}.part`
    await connection.run(`copy features to ${sqlPath(draft)} (format parquet, compression zstd)`)
    renameSync(draft, path)
  })
}

function chunkOf(
  { symbols, grid, isMember, columns }: FeatureTable,
  types: readonly DuckDBType[],
  { from, to }: { readonly from: number; readonly to: number },
): DuckDBDataChunk {
  const bars = grid.openTime.length
  const rows = Array.from({ length: to - from }, (_, i) => from + i)
  const time = (column: Float64Array) =>
    rows.map((row) => new DuckDBTimestampValue(BigInt(column[row % bars]!)))
  const chunk = DuckDBDataChunk.create([...types], rows.length)
  chunk.setColumnValues(
    0,
    rows.map((row) => symbols[Math.floor(row / bars)]!),
  )
  chunk.setColumnValues(1, time(grid.openTime))
  chunk.setColumnValues(2, time(grid.decisionTime))
  chunk.setColumnValues(
    3,
    rows.map((row) => isMember[row] === 1),
  )
  for (const [index, column] of columns.entries()) {
    chunk.setColumnValues(
      index + 4,
      rows.map((row) => (Number.isNaN(column[row]!) ? null : column[row]!)),
    )
  }
  return chunk
}
