import type { CurrentValue } from '../indicators/rolling-z.ts'
import { zColumn } from '../indicators/z-column.ts'
import { assert } from '../lib/assert.ts'
import {
  type AccountingOptions,
  type AccountTotals,
  closeAccount,
  openAccount,
  type PriceColumns,
  writeTrades,
} from './accounting.ts'
import {
  closeScan,
  type ReversionRules,
  RUN_ROWS,
  type ScanState,
  scanRun,
  thresholdsOf,
} from './reversion.ts'
import { TradeBuffer, type TradeList } from './trade-list.ts'

/** One instrument's bars and what is done with them. */
export interface ColumnBacktest {
  /** Whole numbers, the signal's own quantum. */
  readonly closes: Float64Array
  /** As in SignalColumns. */
  readonly imbalance: Float64Array | null
  readonly window: number
  readonly current: CurrentValue
  readonly rules: ReversionRules
  readonly prices: PriceColumns
  readonly accounting: Omit<AccountingOptions, 'quantities'>
}

/**
 * Scores, trades and books a column of bars in one go and fills `equity`: the same numbers as
 * zColumn, findTrades and equityColumn one after another, but block by block, so that what one
 * stage makes is still in the cache for the next.
 */
export function backtestColumns(
  input: ColumnBacktest,
  equity: Float64Array,
  buffer: TradeBuffer = new TradeBuffer(1024),
): { readonly trades: TradeList; readonly totals: AccountTotals } {
  const { closes, imbalance, window, current, rules, prices, accounting } = input
  assert(closes.length === prices.marks.length, 'closes and prices differ in length')
  assert(imbalance === null || imbalance.length === closes.length, 'imbalance differs in length')
  assert(rules.imbalanceThreshold === null || imbalance !== null, 'a gate needs its column')
  const before = current === 'include' ? window - 1 : window
  const scores = new Float64Array(before + RUN_ROWS)
  const thresholds = thresholdsOf(rules)
  const account = openAccount(prices, { ...accounting, quantities: null }, equity)
  const state: ScanState = { direction: 0, count: 0 }
  let written = 0
  for (let from = 0; from < closes.length; from += RUN_ROWS) {
    const to = Math.min(from + RUN_ROWS, closes.length)
    const first = Math.max(0, from - before)
    const z = scores.subarray(0, to - first)
    zColumn(closes.subarray(first, to), window, current, z)
    scanRun({ z, first, gate: imbalance ?? closes }, from, to, thresholds, buffer, state)
    writeTrades(account, buffer, written, state.count)
    written = state.count
  }
  const trades = closeScan(buffer, state)
  writeTrades(account, trades, written, trades.count)
  return { trades, totals: closeAccount(account) }
}
