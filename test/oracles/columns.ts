import { DuckDBInstance } from '@duckdb/node-api'

/** Result of a query as columns of plain values; numbers and booleans stay what they are. */
export async function readColumns(sql: string): Promise<Record<string, unknown[]>> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const reader = await connection.runAndReadAll(sql)
    return reader.getColumnsObjectJS() as Record<string, unknown[]>
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** A column of numbers (64-bit integers included) as a typed array. */
export function numbers(column: readonly unknown[] | undefined): Float64Array {
  if (column === undefined) throw new Error('no such column')
  return Float64Array.from(column, (value) => Number(value))
}

/** Walks into parsed JSON by keys. */
export function at(value: unknown, ...keys: (string | number)[]): unknown {
  return keys.reduce((node, key) => (node as Record<string, unknown>)[key], value)
}

/** Relative difference, 0 for equal values. */
export function relative(actual: number, expected: number): number {
  if (actual === expected) return 0
  return Math.abs(actual - expected) / Math.max(Math.abs(expected), Number.MIN_VALUE)
}
