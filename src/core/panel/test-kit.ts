import type { KnownTable, TableKind } from './known-table.ts'

/** A row of a test's table: its symbol, times and values by name. */
export interface TestRow {
  readonly symbol: string | null
  readonly event: number
  readonly known: number
  readonly values: Readonly<Record<string, number>>
}

/** A table of rows, made public and received when it was known. */
export function tableOf(kind: TableKind, rows: readonly TestRow[]): KnownTable {
  const symbols = [...new Set(rows.map((row) => row.symbol))].filter((s) => s !== null).sort()
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.values)))]
  const known = Float64Array.from(rows, (row) => row.known)
  return {
    kind,
    source: `${kind}.csv`,
    lagRule: 'as written',
    symbols,
    symbol: Int32Array.from(rows, (row) =>
      row.symbol === null ? -1 : symbols.indexOf(row.symbol),
    ),
    eventTime: Float64Array.from(rows, (row) => row.event),
    publicTime: known.slice(),
    ingestTime: known.slice(),
    knownTime: known,
    fields: Object.fromEntries(
      names.map((name) => [name, Float64Array.from(rows, (row) => row.values[name] ?? Number.NaN)]),
    ),
    row: Int32Array.from(rows, (_, k) => k + 2),
  }
}
