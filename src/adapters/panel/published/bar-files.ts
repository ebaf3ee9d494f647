import {
  type BarAnchor,
  type BarRows,
  type BarTable,
  barsOfMinutes,
  barTable,
  type DayNumber,
  fromNewYork,
  type HourGrid,
  toNewYork,
} from '../../../core/mod.ts'
import type { MinutePrices } from '../../../models/mod.ts'
import { gather, indexSymbols } from '../rows.ts'
import { type Sheet, withSheet } from '../sheet.ts'
import { sessionsByDay } from './lag.ts'

const HOUR_US = 3_600_000_000
const DAY_IN_US = 86_400_000_000

/** Bars of sessions by `date`: each from its session's open. `keep` chooses symbols. */
export function sessionBars(
  path: string,
  grid: HourGrid,
  keep: (symbol: string) => boolean = () => true,
): Promise<BarTable> {
  return withSheet(path, async (sheet) => {
    const days = await sheet.days('date')
    const sessionOf = sessionsByDay()
    const start = days.map((day) => sessionOf(day)?.openTime ?? dayStart(day))
    const lagRule =
      'a session is known a minute after its close; the file is a later vintage of raw prices'
    return tableOfSheet(sheet, grid, 'session', start, keep, lagRule)
  })
}

/** Bars of hours that are named by their beginning in New York and begin each hour from the open. */
export function openAnchoredBars(path: string, grid: HourGrid): Promise<BarTable> {
  return withSheet(path, async (sheet) => {
    const start = await sheet.times('ts_et', 'newYork')
    return tableOfSheet(sheet, grid, 'sessionOpen', start, () => true, KNOWN_AT_END)
  })
}

/**
 * Bars of hours that are named by the clock hour in New York: 09:00 is the half hour from 09:30.
 * Hours that begin after an early close hold reports of no session: they are left out and counted.
 */
export function clockHourBars(
  path: string,
  grid: HourGrid,
  keep: (symbol: string) => boolean = () => true,
): Promise<BarTable> {
  return withSheet(path, async (sheet) => {
    const labels = await sheet.times('ts_et', 'newYork')
    const sessionOf = sessionsByDay()
    let after = 0
    const start = labels.map((label) => {
      const session = sessionOf(Math.floor(toNewYork(label) / DAY_IN_US))
      if (session === null) return label
      if (label >= session.closeTime) {
        after++
        return OUTSIDE
      }
      const isFirst = session.openTime > label && session.openTime < label + HOUR_US
      return isFirst ? session.openTime : label
    })
    const left = after === 0 ? '' : `; ${after} rows after early closes are left out`
    return tableOfSheet(sheet, grid, 'clockHour', start, keep, KNOWN_AT_END + left)
  })
}

/** Where rows are put that no panel asks for. */
const OUTSIDE = Number.NEGATIVE_INFINITY

/** Bars of a grid made of bars of minutes, and the opens of those minutes by symbol. */
export interface RebuiltBars {
  readonly bars: BarTable
  /** In the order of the bars' symbols. */
  readonly minutes: readonly MinutePrices[]
}

/** Bars of a grid made of bars of minutes, which are named by their beginning in New York. */
export function barsFromMinutes(path: string, grid: HourGrid): Promise<RebuiltBars> {
  return withSheet(path, async (sheet) => {
    const start = await sheet.times('ts_et', 'newYork')
    const minutes = await rowsOf(sheet, start)
    const columns = barsOfMinutes(grid, minutes.rows)
    const bars = barTable(grid, {
      source: `minutes of ${sheet.name}`,
      lagRule:
        'hours by the clock made of the minutes from 09:30 to 16:00, without the closing auction; ' +
        'known a minute after their end',
      anchor: grid.anchor,
      symbols: minutes.symbols,
      columns,
      row: Int32Array.from(columns.start, (_, k) => k + 1),
    })
    return { bars, minutes: opensOf(minutes.rows, minutes.symbols.length) }
  })
}

/** Opens of minutes by symbol, in the order of the rows. */
function opensOf({ symbol, start, open }: BarRows, symbols: number): MinutePrices[] {
  const places: number[][] = Array.from({ length: symbols }, () => [])
  for (let place = 0; place < symbol.length; place++) places[symbol[place]!]!.push(place)
  return places.map((own) => ({ openTime: gather(start, own), open: gather(open, own) }))
}

const KNOWN_AT_END = 'a bar is known a minute after its end'

/** A day that is no session has no open: its midnight, where no bar begins. */
const dayStart = (day: DayNumber): number => fromNewYork(day * DAY_IN_US)

async function rowsOf(
  sheet: Sheet,
  start: Float64Array,
): Promise<{ readonly symbols: readonly string[]; readonly rows: BarRows }> {
  const { symbols, symbol } = indexSymbols(await sheet.texts('symbol'))
  const rows = {
    symbol,
    start,
    open: await sheet.numbers('open'),
    high: await sheet.numbers('high'),
    low: await sheet.numbers('low'),
    close: await sheet.numbers('close'),
    volume: await sheet.numbers('volume'),
  }
  return { symbols, rows }
}

async function tableOfSheet(
  sheet: Sheet,
  grid: HourGrid,
  anchor: BarAnchor,
  start: Float64Array,
  keep: (symbol: string) => boolean,
  lagRule: string,
): Promise<BarTable> {
  const all = await rowsOf(sheet, start)
  const first = grid.openTime[0] ?? 0
  const end = grid.closeTime[grid.closeTime.length - 1] ?? 0
  // Bars outside the panel's time are not its business; within it none may be left out unsaid.
  const keeps = all.symbols.map(keep)
  const places: number[] = []
  for (let place = 0; place < start.length; place++) {
    const isKept = keeps[all.rows.symbol[place]!]!
    const isOutside = start[place]! < first || start[place]! >= end
    if (isKept && !isOutside) places.push(place)
  }
  const pick = (column: Float64Array): Float64Array => gather(column, places)
  const { symbols, symbol } = indexSymbols(
    places.map((place) => all.symbols[all.rows.symbol[place]!]!),
  )
  const { open, high, low, close, volume } = all.rows
  return barTable(grid, {
    source: sheet.name,
    lagRule,
    anchor,
    symbols,
    columns: {
      symbol,
      start: pick(start),
      open: pick(open),
      high: pick(high),
      low: pick(low),
      close: pick(close),
      volume: pick(volume),
    },
    row: Int32Array.from(places, (place) => sheet.row[place]!),
  })
}
