import type { DuckDBConnection } from '@duckdb/node-api'
import { dateParts, dayNumber, fromNewYork } from '../../core/mod.ts'
import { parseNumber, splitCsv } from '../catalog/csv.ts'
import { readNumbers, readTexts, sqlName, sqlPath, withDatabase } from '../catalog/duckdb.ts'
import { nearest } from '../catalog/nearest.ts'
import { explainDamage, readSchema } from '../catalog/parquet.ts'
import { identifyFile, readHead, type SourceFile } from '../catalog/source-file.ts'
import { openText } from '../catalog/text-source.ts'
import { panelError } from './refuse.ts'

/** What clock a column of times without a zone is of; `inText` refuses times that do not say. */
export type TimeZone = 'inText' | 'utc' | 'newYork'

/** Rows read by column, of a file or of a vendor's answer. All errors name the source and the row. */
export interface Sheet {
  /** What errors and reports call it. */
  readonly name: string
  readonly columns: readonly string[]
  /** What each row is called: its line of a CSV file, elsewhere its place, from 1. */
  readonly row: Int32Array
  /** The texts of a column; empty where it has none. */
  texts(column: string): Promise<string[]>
  /** Numbers of a column, NaN for an empty cell. Throws ORN-PANEL-003 for anything else. */
  numbers(column: string): Promise<Float64Array>
  /** Instants of a column, us. Throws ORN-PANEL-003 for what is no time, or of no stated zone. */
  times(column: string, zone: TimeZone): Promise<Float64Array>
  /** Days since 1970 of a column of dates, NaN for an empty cell. Throws ORN-PANEL-003. */
  days(column: string): Promise<Float64Array>
}

/**
 * Reads a file of rows by its content: Parquet, or CSV with a heading line (also packed by gzip or
 * zip). Throws InputError ORN-DATA-001 to 005 and 010 to 012 for the file, ORN-PANEL-002 for a
 * column that it does not have.
 */
export async function withSheet<Result>(
  path: string,
  use: (sheet: Sheet) => Promise<Result>,
): Promise<Result> {
  const file = await identifyFile(path)
  const head = await readHead(path, 4)
  if (String.fromCharCode(...head) === 'PAR1') {
    return withDatabase(async (connection) => use(await parquetSheet(connection, file)))
  }
  return use(await csvSheet(file, head))
}

async function csvSheet(file: SourceFile, head: Uint8Array): Promise<Sheet> {
  const source = await openText(file, head)
  let columns: string[] = []
  const cells: string[][] = []
  const rows: number[] = []
  let line = 0
  for await (const text of source.lines()) {
    line++
    if (text.trim() === '') continue
    const parts = splitCsv(line === 1 ? text.replace(/^\uFEFF/, '') : text)
    if (parts === null || (columns.length > 0 && parts.length !== columns.length)) {
      throw panelError('ORN-PANEL-003', `${file.name}:${line} is not a row of the table`, [
        `found ${parts === null ? 'a quote that is not closed' : `${parts.length} cells`}`,
        `the heading has ${columns.length} columns: ${columns.join(', ')}`,
      ])
    }
    if (columns.length === 0) columns = headingOf(file.name, parts)
    else {
      cells.push(parts)
      rows.push(line)
    }
  }
  return textSheet(file.name, columns, cells, Int32Array.from(rows))
}

/** Names of columns. Throws ORN-PANEL-002 where one comes twice: which is meant cannot be known. */
function headingOf(name: string, parts: readonly string[]): string[] {
  const columns = parts.map((cell) => cell.trim())
  const twice = columns.find((column, k) => columns.indexOf(column) !== k)
  if (twice === undefined) return columns
  throw panelError('ORN-PANEL-002', `${name} has two columns ${twice}`, [
    `it has ${columns.join(', ')}`,
  ])
}

/** Rows of texts that are in memory: those of a CSV file, or of a vendor's answer. */
export function textSheet(
  name: string,
  columns: readonly string[],
  cells: readonly (readonly string[])[],
  row: Int32Array,
): Sheet {
  const texts = (column: string): string[] => {
    const place = columnPlace(name, columns, column)
    return cells.map((cell) => cell[place]!.trim())
  }
  const parse = (column: string, what: string, of: (text: string) => number): Float64Array =>
    parseCells({ name, row, column, what }, texts(column), of)
  return {
    name,
    columns,
    row,
    texts: async (column) => texts(column),
    numbers: async (column) => parse(column, 'a number', parseNumber),
    times: async (column, zone) =>
      parse(column, expectedTime(zone), (text) => parseTime(text, zone)),
    days: async (column) => parse(column, 'a date like 2018-02-16', parseDay),
  }
}

interface CellPlace {
  readonly name: string
  readonly row: Int32Array
  readonly column: string
  readonly what: string
}

function parseCells(
  place: CellPlace,
  texts: readonly string[],
  of: (text: string) => number,
): Float64Array {
  return Float64Array.from(texts, (text, k) => {
    const value = text === '' ? Number.NaN : of(text)
    if (text === '' || Number.isFinite(value)) return value
    const { name, row, column, what } = place
    throw panelError('ORN-PANEL-003', `${name}: a cell of ${column} is not ${what}`, [
      `row ${row[k]}: found "${text.slice(0, 60)}"`,
    ])
  })
}

const expectedTime = (zone: TimeZone): string =>
  zone === 'inText'
    ? 'a time with its zone, like 2018-02-16T14:30:00Z: a naive time may be of any clock'
    : 'a time like 2018-02-16 09:30:00'

/** Days since 1970; NaN where it is no date. */
function parseDay(text: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (match === null) return Number.NaN
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const number = dayNumber(year, month, day)
  const date = dateParts(number)
  return date.year === year && date.month === month && date.day === day ? number : Number.NaN
}

function parseTime(text: string, zone: TimeZone): number {
  const match =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?$/.exec(
      text,
    )
  if (match === null) return Number.NaN
  const [, date, hours, minutes, seconds = '0', fraction = '0', offset] = match
  const day = parseDay(date!)
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return Number.NaN
  const clock = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
  const local = day * 86_400_000_000 + clock * 1e6 + Math.round(Number(fraction) * 1e6)
  if (offset === undefined) {
    if (zone === 'inText') return Number.NaN
    return zone === 'utc' ? local : fromNewYork(local)
  }
  if (offset === 'Z') return local
  if (Number(offset.slice(1, 3)) > 14 || Number(offset.slice(4, 6)) > 59) return Number.NaN
  const sign = offset.startsWith('-') ? -1 : 1
  const shift = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6))
  return local - sign * shift * 60_000_000
}

/** Place of a column. Throws ORN-PANEL-002 with the nearest name. */
function columnPlace(name: string, columns: readonly string[], column: string): number {
  const place = columns.indexOf(column)
  if (place >= 0) return place
  const near = nearest(column, columns)
  throw panelError('ORN-PANEL-002', `${name} has no column ${column}`, [
    `it has ${columns.join(', ')}`,
    ...(near === null ? [] : [`did you mean ${near}?`]),
  ])
}

async function parquetSheet(connection: DuckDBConnection, file: SourceFile): Promise<Sheet> {
  const schema = await readSchema(connection, file)
  const columns = schema.map(({ name }) => name)
  const from = `from read_parquet(${sqlPath(file.path)})`
  const read = async (expression: string): Promise<Float64Array> => {
    try {
      const [column] = await readNumbers(connection, [expression], from)
      return column!
    } catch (cause) {
      throw explainDamage(file, cause)
    }
  }
  const typeOf = (column: string): string => schema[columnPlace(file.name, columns, column)]!.type
  const count = await read('count(*)')
  const row = Int32Array.from({ length: count[0]! }, (_, k) => k + 1)
  const texts = async (column: string): Promise<string[]> => {
    typeOf(column)
    try {
      return await readTexts(connection, sqlName(column), from)
    } catch (cause) {
      throw explainDamage(file, cause)
    }
  }
  const parse = async (
    column: string,
    what: string,
    of: (text: string) => number,
  ): Promise<Float64Array> =>
    parseCells({ name: file.name, row, column, what }, await texts(column), of)
  return {
    name: file.name,
    columns,
    row,
    texts,
    async numbers(column) {
      if (typeOf(column) === 'VARCHAR') return parse(column, 'a number', parseNumber)
      return read(sqlName(column))
    },
    async times(column, zone) {
      const type = typeOf(column)
      if (type === 'VARCHAR') {
        return parse(column, expectedTime(zone), (text) => parseTime(text, zone))
      }
      if (type === 'TIMESTAMP WITH TIME ZONE') return read(`epoch_us(${sqlName(column)})`)
      if (!type.startsWith('TIMESTAMP') || zone === 'inText') {
        throw panelError('ORN-PANEL-003', `${file.name}: ${column} is not ${expectedTime(zone)}`, [
          `its type is ${type}; TIMESTAMP WITH TIME ZONE is needed`,
        ])
      }
      const local = await read(`epoch_us(cast(${sqlName(column)} as timestamp))`)
      return zone === 'utc' ? local : local.map((time) => fromNewYork(time))
    },
    async days(column) {
      if (typeOf(column) !== 'DATE') return parse(column, 'a date like 2018-02-16', parseDay)
      return read(`epoch(${sqlName(column)}) / 86400`)
    },
  }
}
