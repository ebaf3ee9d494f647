/** What a point-in-time table tells. */
export type TableKind =
  | 'bars'
  | 'membership'
  | 'sectors'
  | 'actions'
  | 'delistings'
  | 'shares'
  | 'fundamentals'
  | 'sentiment'
  | 'analyst'
  | 'macro'

/**
 * Rows with their four times, microseconds: when it happened, when it was made public, when it was
 * received and when it could be used. Every array has one element a row; NaN where a value is
 * missing. A revised value is a further row of the same event, known later: all are kept.
 */
export interface KnownTable {
  readonly kind: TableKind
  /** Where the rows came from: what errors and reports name. */
  readonly source: string
  /** How the known times were found, as a sentence. */
  readonly lagRule: string
  /** Of macro tables: how long a value may be used once it was known, us; for ever where unset. */
  readonly validUs?: number
  readonly symbols: readonly string[]
  /** Index into `symbols`; -1 where a row is of the whole market. */
  readonly symbol: Int32Array
  readonly eventTime: Float64Array
  readonly publicTime: Float64Array
  readonly ingestTime: Float64Array
  readonly knownTime: Float64Array
  readonly fields: Readonly<Record<string, Float64Array>>
  /** What a row is called where it came from: its line, or its place. */
  readonly row: Int32Array
}

/** Fields that tables of a kind must have; further ones are kept. Times in us, prices in dollars. */
export const TABLE_FIELDS: Readonly<Record<TableKind, readonly string[]>> = {
  /** The event is the bar's end; `start` its beginning. Raw prices, shares. */
  bars: ['start', 'open', 'high', 'low', 'close', 'volume'],
  /** The event is the announcement; membership changes at `effective_time`. 1 or 0. */
  membership: ['is_member', 'effective_time'],
  /** Index into the panel's sector names. */
  sectors: ['sector'],
  /** The event is the announcement; `kind` 0 split, 1 dividend, 2 spin-off, see PanelAction. */
  actions: ['kind', 'ex_time', 'ratio', 'amount'],
  /** The event is the last trade; the name trades no more from `effective_time`. */
  delistings: ['effective_time', 'last_price'],
  shares: ['shares_outstanding'],
  fundamentals: [],
  sentiment: [],
  analyst: [],
  macro: [],
}

/** Number of rows. */
export const rowCount = (table: KnownTable): number => table.knownTime.length

/** The places of each symbol's rows, in the table's order. */
export function placesBySymbol(table: KnownTable): Map<number, number[]> {
  const places = new Map<number, number[]>()
  for (let place = 0; place < rowCount(table); place++) {
    const list = places.get(table.symbol[place]!)
    if (list === undefined) places.set(table.symbol[place]!, [place])
    else list.push(place)
  }
  return places
}

/** The rows of a table at the places given, in their order. */
export function pickRows(table: KnownTable, places: ArrayLike<number>): KnownTable {
  const floats = (column: Float64Array): Float64Array =>
    new Float64Array(places.length).map((_, k) => column[places[k]!]!)
  const integers = (column: Int32Array): Int32Array =>
    new Int32Array(places.length).map((_, k) => column[places[k]!]!)
  return {
    ...table,
    symbol: integers(table.symbol),
    eventTime: floats(table.eventTime),
    publicTime: floats(table.publicTime),
    ingestTime: floats(table.ingestTime),
    knownTime: floats(table.knownTime),
    fields: Object.fromEntries(Object.entries(table.fields).map(([k, v]) => [k, floats(v)])),
    row: integers(table.row),
  }
}
