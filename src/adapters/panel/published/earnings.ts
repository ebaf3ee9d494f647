import type { KnownTable } from '../../../core/mod.ts'
import { indexSymbols, stampedTable } from '../rows.ts'
import { withSheet } from '../sheet.ts'
import { atNewYork, nextSessionDay } from './lag.ts'

/** Surprises of a name that a deviation is taken from: at least, and at most the last. */
const LEAST_SURPRISES = 4
const MOST_SURPRISES = 12

/**
 * Earnings announcements by `ticker`, `date`, `eps_estimate` and `eps_actual`. The surprise is
 * actual less estimate, in deviations of the name's own earlier surprises.
 */
export function earningsAnnouncements(path: string): Promise<KnownTable> {
  return withSheet(path, async (sheet) => {
    const tickers = await sheet.texts('ticker')
    const days = await sheet.days('date')
    const estimate = await sheet.numbers('eps_estimate')
    const actual = await sheet.numbers('eps_actual')
    const places = [...tickers.keys()].sort(
      (a, b) => days[a]! - days[b]! || tickers[a]!.localeCompare(tickers[b]!, 'en'),
    )
    const { symbols, symbol } = indexSymbols(places.map((place) => tickers[place]!))
    const past = symbols.map((): number[] => [])
    const surprise = places.map((place, k) => {
      const difference = actual[place]! - estimate[place]!
      const own = past[symbol[k]!]!
      const value = inDeviations(difference, own)
      if (Number.isFinite(difference)) own.push(difference)
      if (own.length > MOST_SURPRISES) own.shift()
      return value
    })
    const pick = (column: Float64Array): Float64Array =>
      Float64Array.from(places, (place) => column[place]!)
    return stampedTable({
      kind: 'fundamentals',
      source: sheet.name,
      lagRule:
        'announcements have a date and no hour: known at 09:30 in New York of the next session',
      symbols,
      symbol,
      eventTime: pick(days).map((day) => atNewYork(day, 0)),
      usableTime: pick(days).map((day) => atNewYork(nextSessionDay(day), 9, 30)),
      fields: {
        eps_surprise_std: Float64Array.from(surprise),
        eps_estimate: pick(estimate),
        eps_actual: pick(actual),
      },
      row: Int32Array.from(places, (place) => sheet.row[place]!),
    })
  })
}

/** NaN before there are enough earlier surprises, or where they never differed. */
function inDeviations(value: number, past: readonly number[]): number {
  if (past.length < LEAST_SURPRISES) return Number.NaN
  const mean = past.reduce((sum, x) => sum + x, 0) / past.length
  const square = past.reduce((sum, x) => sum + (x - mean) * (x - mean), 0)
  const deviation = Math.sqrt(square / (past.length - 1))
  return deviation > 0 ? value / deviation : Number.NaN
}
