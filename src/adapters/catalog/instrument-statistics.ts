import type { DuckDBConnection } from '@duckdb/node-api'
import { readRows, sqlName } from './duckdb.ts'
import type { FoundDecimals } from './instruments.ts'
import { type Column, levelsOf, type Shape, timeColumn } from './shapes.ts'

/** What a table holds of one instrument. */
export interface InstrumentStatistics {
  readonly instrument: string
  readonly rows: number
  /** First and last time of the ordering column (venue time where nothing was received), us. */
  readonly firstTime: number
  readonly lastTime: number
  /** Median time between rows, us; null below two rows. */
  readonly cadenceUs: number | null
  /** Digits that prices need, 0 to 8; 9 means more (prices stored as 32-bit floats). */
  readonly priceDecimals: number
  readonly quantityDecimals: number
  readonly maximumPrice: number
}

/** SQL macro: digits a number needs, by the tolerance of core's scaleFloat; 9 when more than 8. */
const macro = `create or replace temp macro digits(x) as case when x is null then 0
  ${[0, 1, 2, 3, 4, 5, 6, 7, 8].map((d) => `when ${fits(`x * 1e${d}`)} then ${d}`).join(' ')}
  else 9 end`

function fits(scaled: string): string {
  return `abs(${scaled} - round(${scaled})) <= 1e-6 * greatest(1, abs(${scaled}) * 1e-6)`
}

/** SQL: the time that orders a table; venue time where the receiver's is not recorded. */
export function orderingTime(shape: Shape): string | null {
  const column = timeColumn(shape)
  return column === 'received_us' ? 'coalesce(received_us, venue_us)' : column
}

/**
 * Statistics per instrument of a table, in order of the symbol; empty for reference tables. The
 * digits are looked for in every number unless they are known.
 */
export async function instrumentStatistics(
  connection: DuckDBConnection,
  shape: Shape,
  columns: readonly Column[],
  known: ReadonlyMap<string, FoundDecimals> | null = null,
): Promise<InstrumentStatistics[]> {
  const time = orderingTime(shape)
  if (time === null) return []
  await connection.run(macro)
  const [prices, sizes] = numericColumns(shape, columns)
  const most = (names: readonly string[]): string =>
    names.length === 0 || known !== null
      ? '0'
      : `max(greatest(${names.map((n) => `digits(${n})`).join(', ')}))`
  const rows = await readRows(
    connection,
    `select instrument, count(*)::int as rows, min(t)::double as first, max(t)::double as last,
       median(step)::double as cadence, ${most(prices)} as prices, ${most(sizes)} as sizes,
       ${prices.length === 0 ? '0' : `max(greatest(${prices.join(', ')}))`} as highest
     from (select *, t - lag(t) over (partition by instrument order by t) as step
       from (select *, ${time} as t from ${sqlName(shape)}))
     group by instrument order by instrument`,
  )
  return rows.map((row) => ({
    instrument: String(row['instrument']),
    rows: Number(row['rows']),
    firstTime: Number(row['first']),
    lastTime: Number(row['last']),
    cadenceUs: row['cadence'] === null ? null : Number(row['cadence']),
    priceDecimals: known?.get(String(row['instrument']))?.price ?? Number(row['prices']),
    quantityDecimals: known?.get(String(row['instrument']))?.quantity ?? Number(row['sizes']),
    maximumPrice: Number(row['highest']),
  }))
}

function numericColumns(
  shape: Shape,
  columns: readonly Column[],
): readonly [prices: readonly string[], sizes: readonly string[]] {
  switch (shape) {
    case 'books': {
      const levels = Array.from({ length: levelsOf(columns) }, (_, n) => n)
      return [
        levels.flatMap((n) => [`bid_price_${n}`, `ask_price_${n}`]),
        levels.flatMap((n) => [`bid_quantity_${n}`, `ask_quantity_${n}`]),
      ]
    }
    case 'bars':
      return [['open', 'high', 'low', 'close'], ['volume']]
    case 'quotes':
      return [
        ['bid_price', 'ask_price'],
        ['bid_quantity', 'ask_quantity'],
      ]
    case 'bookSummaries':
      return [
        ['bid_price', 'ask_price'],
        ['bid_volume', 'ask_volume'],
      ]
    case 'trades':
    case 'executions':
    case 'bookChanges':
      return [['price'], ['quantity']]
    case 'funding':
    case 'reference':
      return [[], []]
  }
}

/** Smallest received - venue time over tables that have both, us; NaN when none has. */
export async function smallestRecordedDelay(
  connection: DuckDBConnection,
  tables: ReadonlyMap<Shape, readonly Column[]>,
): Promise<number> {
  let smallest = Number.NaN
  for (const [shape, columns] of tables) {
    const names = columns.map((column) => column.name)
    if (!names.includes('received_us') || !names.includes('venue_us')) continue
    const [row] = await readRows(
      connection,
      `select min(received_us - venue_us)::double as least from ${sqlName(shape)}`,
    )
    const least = row?.['least']
    if (typeof least === 'number' && !(least > smallest)) smallest = least
  }
  return smallest
}
