import type { KnownTable } from '../../../core/mod.ts'
import { indexSymbols, stampedTable } from '../rows.ts'
import { withSheet } from '../sheet.ts'
import { atNewYork } from './lag.ts'

/** Days from the end of a quarter until its figures count as known: past every filing deadline. */
const FILING_LAG_DAYS = 75

/** Most days that four ends of quarters may span. */
const YEAR_DAYS = 300

/**
 * Quarterly figures by `ticker` and `period_end`, as ratios of the last four quarters. Where one of
 * the four is missing the ratio is too.
 */
export function quarterlyFundamentals(path: string): Promise<KnownTable> {
  return withSheet(path, async (sheet) => {
    const tickers = await sheet.texts('ticker')
    const days = await sheet.days('period_end')
    const places = [...tickers.keys()].sort(
      (a, b) => tickers[a]!.localeCompare(tickers[b]!, 'en') || days[a]! - days[b]!,
    )
    const { symbols, symbol } = indexSymbols(places.map((place) => tickers[place]!))
    const pick = async (name: string): Promise<Float64Array> => {
      const column = await sheet.numbers(name)
      return Float64Array.from(places, (place) => column[place]!)
    }
    const end = Float64Array.from(places, (place) => days[place]!)
    const overYear = (column: Float64Array): Float64Array =>
      column.map((_, k) => {
        const isYear = k >= 3 && symbol[k - 3] === symbol[k] && end[k]! - end[k - 3]! < YEAR_DAYS
        return isYear ? column[k]! + column[k - 1]! + column[k - 2]! + column[k - 3]! : Number.NaN
      })
    const revenue = overYear(await pick('total_revenue'))
    const profit = overYear(await pick('gross_profit'))
    const income = overYear(await pick('net_income'))
    const ebitda = overYear(await pick('ebitda'))
    const equity = await pick('stockholders_equity')
    const debt = await pick('net_debt')
    return stampedTable({
      kind: 'fundamentals',
      source: sheet.name,
      lagRule:
        `the file has ends of quarters only: figures count as known ${FILING_LAG_DAYS} days after ` +
        'them at 09:00 in New York; latest vintage, with later corrections in it',
      symbols,
      symbol,
      eventTime: end.map((day) => atNewYork(day, 0)),
      usableTime: end.map((day) => atNewYork(day + FILING_LAG_DAYS, 9)),
      fields: {
        gross_margin_ttm: profit.map((value, k) => ratio(value, revenue[k]!)),
        roe_ttm: income.map((value, k) => ratio(value, equity[k]!)),
        net_debt_ebitda: debt.map((value, k) => ratio(value, ebitda[k]!)),
        shares_outstanding: await pick('ordinary_shares_number'),
      },
      row: Int32Array.from(places, (place) => sheet.row[place]!),
    })
  })
}

/** NaN where the denominator is not above 0: the ratio would turn its sign. */
const ratio = (value: number, by: number): number => (by > 0 ? value / by : Number.NaN)
