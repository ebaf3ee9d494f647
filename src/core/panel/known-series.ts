import type { AsOfReader } from './as-of.ts'
import { barCount, firstDecisionAfter, type HourGrid } from './hour-grid.ts'
import type { KnownSeries } from './hour-panel.ts'
import type { KnownTable } from './known-table.ts'

/**
 * What became known of a symbol, by known time: the rows that changed what was latest. A revision
 * of an event that a later one has replaced is not among them; the table keeps it.
 */
export function knownSeries(table: KnownTable, reader: AsOfReader, symbol: number): KnownSeries {
  const rows = reader.changes(symbol)
  const pick = (column: Float64Array): Float64Array =>
    Float64Array.from(rows, (row) => column[row]!)
  return {
    knownTime: pick(table.knownTime),
    eventTime: pick(table.eventTime),
    fields: Object.fromEntries(Object.entries(table.fields).map(([k, v]) => [k, pick(v)])),
  }
}

/** A row of the whole market, or the end of what its table said last. */
interface MarketRow {
  readonly table: KnownTable
  /** Place in the table, -1 where its values end. */
  readonly row: number
  readonly known: number
}

/**
 * The same of the whole market, whose fields come from tables of their own: each row carries the
 * latest value of every field, and its event is the newest of them. Where a table ends, or has a
 * gap longer than its values are valid, its fields are missing from then on.
 */
export function marketSeries(tables: readonly KnownTable[]): KnownSeries {
  const rows = tables.flatMap(marketRows)
  const event = ({ table, row }: MarketRow): number => (row < 0 ? 0 : table.eventTime[row]!)
  rows.sort((a, b) => a.known - b.known || event(a) - event(b))
  const names = [...new Set(tables.flatMap((table) => Object.keys(table.fields)))]
  const columns = names.map(() => new Float64Array(rows.length).fill(Number.NaN))
  const values = names.map(() => Number.NaN)
  const events = names.map(() => Number.NEGATIVE_INFINITY)
  const eventTime = new Float64Array(rows.length)
  let newest = Number.NEGATIVE_INFINITY
  for (const [k, { table, row }] of rows.entries()) {
    const time = row < 0 ? newest : table.eventTime[row]!
    newest = Math.max(newest, time)
    eventTime[k] = newest
    for (const [field, name] of names.entries()) {
      const column = table.fields[name]
      const value = row < 0 ? Number.NaN : (column?.[row] ?? Number.NaN)
      const isNewer = Number.isFinite(value) && time >= events[field]!
      if (isNewer) events[field] = time
      if (isNewer || (row < 0 && column !== undefined)) values[field] = value
      columns[field]![k] = values[field]!
    }
  }
  return {
    knownTime: Float64Array.from(rows, ({ known }) => known),
    eventTime,
    fields: Object.fromEntries(names.map((name, k) => [name, columns[k]!])),
  }
}

function marketRows(table: KnownTable): MarketRow[] {
  const rows = Array.from(table.knownTime, (known, row) => ({ table, row, known }))
  rows.sort((a, b) => a.known - b.known)
  const valid = table.validUs ?? Number.POSITIVE_INFINITY
  return rows.flatMap((row, k) => {
    const next = rows[k + 1]?.known ?? Number.POSITIVE_INFINITY
    const end = row.known + valid
    return end < next ? [row, { table, row: -1, known: end }] : [row]
  })
}

/** Spreads a symbol's latest value over the bars, as each decision knew it; NaN before the first. */
export function spreadKnown(
  grid: HourGrid,
  table: KnownTable,
  reader: AsOfReader,
  symbol: number,
  field: string,
  into: { fill(value: number, from: number, to: number): unknown },
  offset: number,
): void {
  const rows = reader.changes(symbol)
  for (const [k, row] of rows.entries()) {
    const next = rows[k + 1]
    const from = firstDecisionAfter(grid, table.knownTime[row]!)
    const to =
      next === undefined ? barCount(grid) : firstDecisionAfter(grid, table.knownTime[next]!)
    if (from < to) into.fill(table.fields[field]![row]!, offset + from, offset + to)
  }
}
