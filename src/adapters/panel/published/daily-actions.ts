import { type KnownTable, sessionOn } from '../../../core/mod.ts'
import { splitRatioE9 } from '../../catalog/record-writers.ts'
import { indexSymbols, stampedTable } from '../rows.ts'
import { type Sheet, withSheet } from '../sheet.ts'

/** Splits, dividends and spin-offs of a file of sessions, and what could not be believed. */
export interface DailyActions {
  readonly table: KnownTable
  /** Payments that the price did not fall by, each as a sentence: left out. */
  readonly doubted: readonly string[]
  /** Names whose split the file does not tell: they are to be left out whole. */
  readonly unexplained: readonly string[]
}

/** A payment above this share of the last close is what a company splits off, not a dividend. */
const SPIN_OFF_SHARE = 0.08
/** A payment above this share must be seen in the price: it falls by at least half of it. */
const DOUBT_SHARE = 0.05
/** Largest deviation of the file's own adjusted closes from what its actions explain. */
const UNEXPLAINED = 0.15

interface Action {
  readonly symbol: string
  readonly exTime: number
  readonly kind: number
  readonly ratio: number
  readonly amount: number
  readonly row: number
}

/**
 * Reads `dividend_amount` (of a new share) and `split_coefficient` of a file of sessions, ascending
 * by symbol and date. The adjusted closes only serve to find what the two columns leave out.
 */
export function dailyActions(path: string): Promise<DailyActions> {
  return withSheet(path, async (sheet) => {
    const found = await readActions(sheet)
    const actions = found.actions.filter(({ symbol }) => !found.unexplained.has(symbol))
    const { symbols, symbol } = indexSymbols(actions.map((action) => action.symbol))
    const ex = Float64Array.from(actions, ({ exTime }) => exTime)
    const table = stampedTable({
      kind: 'actions',
      source: sheet.name,
      lagRule:
        'splits and payments are taken as known at the open of their ex-date, no announcement ' +
        `dates are there; payments above ${100 * SPIN_OFF_SHARE} % of the price count as spin-offs`,
      symbols,
      symbol,
      eventTime: ex.slice(),
      usableTime: ex.slice(),
      fields: {
        kind: Float64Array.from(actions, ({ kind }) => kind),
        ex_time: ex,
        ratio: Float64Array.from(actions, ({ ratio }) => ratio),
        amount: Float64Array.from(actions, ({ amount }) => amount),
      },
      row: Int32Array.from(actions, ({ row }) => row),
    })
    return { table, doubted: found.doubted, unexplained: [...found.unexplained].sort() }
  })
}

async function readActions(sheet: Sheet): Promise<{
  readonly actions: Action[]
  readonly doubted: string[]
  readonly unexplained: Set<string>
}> {
  const symbols = await sheet.texts('symbol')
  const days = await sheet.days('date')
  const open = await sheet.numbers('open')
  const close = await sheet.numbers('close')
  const adjusted = await sheet.numbers('adjusted_close')
  const dividend = await sheet.numbers('dividend_amount')
  const split = await sheet.numbers('split_coefficient')
  const actions: Action[] = []
  const doubted: string[] = []
  const unexplained = new Set<string>()
  for (let k = 1; k < symbols.length; k++) {
    if (symbols[k] !== symbols[k - 1] || (dividend[k] === 0 && split[k] === 1)) continue
    const symbol = symbols[k]!
    const last = close[k - 1]!
    const ratio = splitRatioE9(split[k]!) / 1e9
    // The file states what each new share gets; a panel's amount is that of an old one.
    const amount = dividend[k]! * ratio
    const told = (ratio * last) / (last - amount)
    const whole = adjusted[k]! / close[k]! / (adjusted[k - 1]! / last)
    if (Math.abs(whole / told - 1) > UNEXPLAINED) {
      unexplained.add(symbol)
      continue
    }
    const fall = last - open[k]! * ratio
    const isDoubtful = amount > DOUBT_SHARE * last && fall < amount / 2
    if (isDoubtful) {
      doubted.push(
        `${symbol}: ${dividend[k]} a share in row ${sheet.row[k]}, ` +
          `the price fell by ${(fall / ratio).toFixed(2)}`,
      )
    }
    const exTime = sessionOn('us-equities', days[k]!)?.openTime ?? Number.NaN
    const row = sheet.row[k]!
    if (ratio !== 1) actions.push({ symbol, exTime, kind: 0, ratio, amount: 0, row })
    if (amount > 0 && !isDoubtful) {
      const kind = amount > SPIN_OFF_SHARE * last ? 2 : 1
      actions.push({ symbol, exTime, kind, ratio: 1, amount, row })
    }
  }
  return { actions, doubted, unexplained }
}
