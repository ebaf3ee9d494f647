import { barCount, type HourGrid } from '../hour-grid.ts'
import type { KnownSeries } from '../hour-panel.ts'

/** Rows of a series while they are drawn: at most one a bar and one before the first. */
export interface KnownRows {
  readonly knownTime: Float64Array
  readonly eventTime: Float64Array
  readonly fields: Readonly<Record<string, Float64Array>>
  /** First bar whose decision may use the row. */
  readonly bar: Int32Array
  rows: number
}

/** Room for a series of the stated fields; it may be used again after {@link finishRows}. */
export function newRows(grid: HourGrid, names: readonly string[]): KnownRows {
  const room = barCount(grid) + 1
  const fields = Object.fromEntries(names.map((name) => [name, new Float64Array(room)]))
  return {
    knownTime: new Float64Array(room),
    eventTime: new Float64Array(room),
    fields,
    bar: new Int32Array(room),
    rows: 0,
  }
}

/** The drawn rows as a series of their own, and room for the next. */
export function finishRows(rows: KnownRows): KnownSeries {
  const cut = (column: Float64Array): Float64Array => column.slice(0, rows.rows)
  const series = {
    knownTime: cut(rows.knownTime),
    eventTime: cut(rows.eventTime),
    fields: Object.fromEntries(Object.entries(rows.fields).map(([k, v]) => [k, cut(v)])),
  }
  rows.rows = 0
  return series
}

/**
 * Spreads a column over the bars: at each bar the last value whose row its decision may use, 0
 * before the first.
 */
export function spread(rows: KnownRows, column: Float64Array, into: Float64Array): void {
  into.fill(0)
  for (let row = 0; row < rows.rows; row++) {
    const end = row + 1 < rows.rows ? rows.bar[row + 1]! : into.length
    into.fill(column[row]!, rows.bar[row]!, end)
  }
}
