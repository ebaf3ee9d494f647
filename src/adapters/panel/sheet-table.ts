import {
  ACTION_KINDS,
  type KnownTable,
  pickRows,
  rowCount,
  TABLE_FIELDS,
  type TableKind,
} from '../../core/mod.ts'
import type { LoadedTable, PanelRequest } from './port.ts'
import { panelError } from './refuse.ts'
import { indexSymbols } from './rows.ts'
import type { Sheet } from './sheet.ts'

/** Columns that every table has, and whose they are. */
export const TIME_COLUMNS = {
  event_time: 'eventTime',
  public_release_time: 'publicTime',
  ingest_time: 'ingestTime',
  known_time: 'knownTime',
} as const

/**
 * Makes a table of rows that carry their four times: columns `symbol` (not of macro data),
 * `event_time`, `public_release_time`, `ingest_time`, `known_time`, and fields. Times, also of fields
 * that end in `_time` or are called `start`, name their zone. `is_member` is true or false, an
 * action's `kind` split, dividend or spinOff, a `sector` a name; all others are numbers.
 * Throws InputError ORN-PANEL-002 and ORN-PANEL-003.
 */
export async function tableOfRows(
  sheet: Sheet,
  kind: TableKind,
  request: PanelRequest,
): Promise<LoadedTable> {
  // A column that the kind needs and the sheet lacks is named with the nearest that it has.
  for (const column of TABLE_FIELDS[kind]) {
    if (!sheet.columns.includes(column)) await sheet.texts(column)
  }
  const ofMarket = kind === 'macro'
  const texts = ofMarket ? [] : await sheet.texts('symbol')
  const { symbols, symbol } = indexSymbols(texts)
  const times: Record<string, Float64Array> = {}
  for (const [column, name] of Object.entries(TIME_COLUMNS)) {
    times[name] = await sheet.times(column, 'inText')
  }
  const fields: Record<string, Float64Array> = {}
  let sectorNames: readonly string[] = []
  for (const column of sheet.columns) {
    if (column === 'symbol' || column in TIME_COLUMNS) continue
    if (column === 'sector' && kind === 'sectors') {
      const sectors = indexSymbols(await sheet.texts(column))
      sectorNames = sectors.symbols
      fields[column] = Float64Array.from(sectors.symbol)
    } else fields[column] = await fieldOf(sheet, kind, column)
  }
  const table: KnownTable = {
    kind,
    source: sheet.name,
    lagRule: 'the known times are its own',
    symbols,
    symbol: ofMarket ? new Int32Array(sheet.row.length).fill(-1) : symbol,
    eventTime: times['eventTime']!,
    publicTime: times['publicTime']!,
    ingestTime: times['ingestTime']!,
    knownTime: times['knownTime']!,
    fields,
    row: sheet.row,
  }
  return { table: wanted(table, request), sectorNames }
}

async function fieldOf(sheet: Sheet, kind: TableKind, column: string): Promise<Float64Array> {
  if (column.endsWith('_time') || column === 'start') return sheet.times(column, 'inText')
  if (column === 'is_member') return choices(sheet, column, ['false', 'true'])
  if (kind === 'actions' && column === 'kind') return choices(sheet, column, ACTION_KINDS)
  return sheet.numbers(column)
}

/** The places of words among those allowed. Throws ORN-PANEL-003 for another. */
async function choices(
  sheet: Sheet,
  column: string,
  allowed: readonly string[],
): Promise<Float64Array> {
  const texts = await sheet.texts(column)
  return Float64Array.from(texts, (text, k) => {
    const place = allowed.indexOf(text)
    if (place >= 0) return place
    throw panelError(
      'ORN-PANEL-003',
      `${sheet.name}: a cell of ${column} is not one of ${allowed.join(', ')}`,
      [`row ${sheet.row[k]}: found "${text.slice(0, 60)}"`],
    )
  })
}

/** The rows that are asked for. Rows whose known time is missing stay: they are to be refused. */
function wanted(table: KnownTable, request: PanelRequest): KnownTable {
  const isWanted = table.symbols.map(
    (symbol) => request.symbols === null || request.symbols.has(symbol),
  )
  const places: number[] = []
  for (let place = 0; place < rowCount(table); place++) {
    const isOfSymbol = table.symbol[place] === -1 || isWanted[table.symbol[place]!]
    if (isOfSymbol && !(table.knownTime[place]! >= request.until)) places.push(place)
  }
  if (places.length === rowCount(table)) return table
  const kept = pickRows(table, places)
  const own = indexSymbols(places.map((place) => table.symbols[table.symbol[place]!] ?? ''))
  return table.kind === 'macro' ? kept : { ...kept, ...own }
}
