import type { KnownTable } from '../../../core/mod.ts'
import { stampedTable } from '../rows.ts'
import { type Sheet, withSheet } from '../sheet.ts'
import { atNewYork, monthAfter, nextSessionDay } from './lag.ts'

const DAY_IN_US = 86_400_000_000

/** A series of the whole market: which rows, what they are of, and when they could be used. */
interface MacroSeries {
  readonly field: string
  readonly dateColumn: string
  readonly valueColumn: string
  /** Only rows whose `series` column says this; null for all. */
  readonly series: string | null
  /** The day at whose time each value could be used, from the day it is of. */
  readonly usable: (day: number) => number
  /** How many days a value may be used for; then the series counts as missing. */
  readonly validDays: number
  readonly lagRule: string
}

/** The VIX index at its close. */
export const vixDaily = (path: string): Promise<KnownTable> =>
  macroTable(path, {
    field: 'vix',
    dateColumn: 'DATE',
    valueColumn: 'CLOSE',
    series: null,
    usable: (day) => atNewYork(day, 17),
    validDays: 7,
    lagRule: 'the close of a day is known at 17:00 in New York of that day',
  })

/** The US consumer price index by month of reference. */
export const consumerPrices = (path: string): Promise<KnownTable> =>
  macroTable(path, {
    field: 'cpi_index',
    dateColumn: 'Date',
    valueColumn: 'Index',
    series: null,
    usable: (day) => atNewYork(monthAfter(day, 2), 9),
    validDays: 65,
    lagRule:
      'the file has no release dates: a month is known at 09:00 on the first day of the second ' +
      'month after it, two weeks or more after the usual release; the latest vintage',
  })

/** The yield of US government bonds of ten years, averages of months, percent. */
export const tenYearYieldMonthly = (path: string): Promise<KnownTable> =>
  macroTable(path, {
    field: 'yield_10y',
    dateColumn: 'Date',
    valueColumn: 'Rate',
    series: null,
    usable: (day) => atNewYork(monthAfter(day, 1) + 6, 9),
    validDays: 40,
    lagRule: 'averages of months; a month is known at 09:00 on the 7th of the next',
  })

/** Series of a file of daily values by `series`, `date`, `value`, and the panel's names for them. */
export const FRED_FIELDS: Readonly<Record<string, string>> = {
  DTWEXB: 'dxy',
  DFF: 'fed_funds',
  T10YIE: 'breakeven_10y',
  T5YIE: 'breakeven_5y',
}

/** One daily series of that file. Weekly publication of the dollar index is allowed for. */
export const fredDaily = (path: string, series: string): Promise<KnownTable> => {
  const isWeekly = series === 'DTWEXB'
  return macroTable(path, {
    field: FRED_FIELDS[series] ?? series.toLowerCase(),
    dateColumn: 'date',
    valueColumn: 'value',
    series,
    usable: (day) => (isWeekly ? atNewYork(day + 8, 17) : atNewYork(nextSessionDay(day), 17)),
    validDays: isWeekly ? 14 : 7,
    lagRule: isWeekly
      ? `${series} is published by the week: a day is known at 17:00 eight days later`
      : `${series} of a day is known at 17:00 of the next session; latest vintage`,
  })
}

function macroTable(path: string, series: MacroSeries): Promise<KnownTable> {
  return withSheet(path, async (sheet) => {
    const days = await sheet.days(series.dateColumn)
    const values = await sheet.numbers(series.valueColumn)
    const places = await placesOf(sheet, series, values)
    const usableTime = Float64Array.from(places, (place) => series.usable(days[place]!))
    return stampedTable({
      kind: 'macro',
      source: `${series.field} of ${sheet.name}`,
      lagRule: `${series.lagRule}; used for ${series.validDays} days at most`,
      validUs: series.validDays * DAY_IN_US,
      symbols: [],
      symbol: new Int32Array(places.length).fill(-1),
      eventTime: Float64Array.from(places, (place) => atNewYork(days[place]!, 0)),
      usableTime,
      fields: { [series.field]: Float64Array.from(places, (place) => values[place]!) },
      row: Int32Array.from(places, (place) => sheet.row[place]!),
    })
  })
}

/** Rows of the series that have a value: holidays stand in daily files without one. */
async function placesOf(
  sheet: Sheet,
  series: MacroSeries,
  values: Float64Array,
): Promise<number[]> {
  const names = series.series === null ? null : await sheet.texts('series')
  const places: number[] = []
  for (let place = 0; place < values.length; place++) {
    const isOfSeries = names === null || names[place] === series.series
    if (isOfSeries && !Number.isNaN(values[place]!)) places.push(place)
  }
  return places
}
