/** What a normalised table holds. */
export type Shape =
  | 'books'
  | 'bookChanges'
  | 'quotes'
  | 'trades'
  | 'bars'
  | 'funding'
  | 'bookSummaries'
  | 'executions'
  | 'reference'

/** A column of a normalised table: DuckDB type and unit. */
export interface Column {
  readonly name: string
  readonly type: 'VARCHAR' | 'BIGINT' | 'DOUBLE' | 'BOOLEAN'
  readonly unit: string
}

const row: Column = { name: 'source_row', type: 'BIGINT', unit: '1-based row of the source' }
const instrument: Column = { name: 'instrument', type: 'VARCHAR', unit: 'symbol as published' }
const received: Column = {
  name: 'received_us',
  type: 'BIGINT',
  unit: 'us since 1970 UTC, after any shift; null when not recorded',
}
const venue: Column = {
  name: 'venue_us',
  type: 'BIGINT',
  unit: 'us since 1970 UTC; null when not recorded',
}
const price = (name: string): Column => ({ name, type: 'DOUBLE', unit: 'quote currency' })
const size = (name: string): Column => ({ name, type: 'DOUBLE', unit: 'base units' })
const text = (name: string, unit: string): Column => ({ name, type: 'VARCHAR', unit })
const whole = (name: string, unit: string): Column => ({ name, type: 'BIGINT', unit })
const number = (name: string, unit: string): Column => ({ name, type: 'DOUBLE', unit })

const fixed: Readonly<Record<Exclude<Shape, 'books' | 'reference'>, readonly Column[]>> = {
  bookChanges: [
    row,
    instrument,
    received,
    venue,
    { name: 'is_snapshot', type: 'BOOLEAN', unit: 'part of a whole book' },
    whole('first_id', 'first update id; null when the venue has none'),
    whole('last_id', 'last update id'),
    whole('previous_id', 'last id of the update before, where the venue says it'),
    text('side', 'bid or ask'),
    price('price'),
    { name: 'quantity', type: 'DOUBLE', unit: 'base units, 0 removes the level' },
  ],
  quotes: [
    row,
    instrument,
    received,
    venue,
    price('bid_price'),
    size('bid_quantity'),
    price('ask_price'),
    size('ask_quantity'),
  ],
  trades: [
    row,
    instrument,
    received,
    venue,
    price('price'),
    size('quantity'),
    text('aggressor', 'buy or sell'),
    text('trade_id', "the venue's id; null when it has none"),
  ],
  bars: [
    row,
    instrument,
    whole('open_us', 'us since 1970 UTC'),
    whole('close_us', 'us since 1970 UTC'),
    price('open'),
    price('high'),
    price('low'),
    price('close'),
    size('volume'),
    price('adjusted_close'),
    price('dividend'),
    number('split', 'new shares per old share'),
    whole('trades', 'count'),
  ],
  funding: [row, instrument, venue, number('rate', 'fraction of notional for the interval')],
  bookSummaries: [
    row,
    instrument,
    received,
    venue,
    price('bid_price'),
    price('ask_price'),
    size('bid_volume'),
    size('ask_volume'),
    number('imbalance', '(bid - ask) / (bid + ask), as published'),
  ],
  executions: [
    row,
    instrument,
    venue,
    text('side', 'buy or sell'),
    price('price'),
    size('quantity'),
    price('fee'),
    text('liquidity', 'maker or taker'),
    text('order_id', "the venue's id"),
    text('trade_id', "the venue's id"),
  ],
}

/** Columns of a table of this shape; books take levels, reference tables columns of their own. */
export function columnsOf(
  shape: Shape,
  options: { readonly levels?: number; readonly reference?: readonly string[] } = {},
): readonly Column[] {
  if (shape === 'reference') {
    return [row, ...(options.reference ?? []).map((name) => text(name, 'as published'))]
  }
  if (shape !== 'books') return fixed[shape]
  const levels = Array.from({ length: options.levels ?? 0 }, (_, n) => [
    price(`bid_price_${n}`),
    size(`bid_quantity_${n}`),
    price(`ask_price_${n}`),
    size(`ask_quantity_${n}`),
  ])
  return [
    row,
    instrument,
    received,
    venue,
    whole('sequence', 'order at equal times'),
    ...levels.flat(),
  ]
}

/** The column that orders a table in time, or null for reference tables. */
export function timeColumn(shape: Shape): 'received_us' | 'venue_us' | 'open_us' | null {
  if (shape === 'reference') return null
  if (shape === 'bars') return 'open_us'
  return shape === 'funding' || shape === 'executions' ? 'venue_us' : 'received_us'
}

/** Levels per side of a table of books, from its columns. */
export const levelsOf = (columns: readonly { readonly name: string }[]): number =>
  columns.filter((column) => /^bid_price_\d+$/.test(column.name)).length
