import { assert } from '../lib/assert.ts'
import { OPEN_AT_END, type TradeList } from './trade-list.ts'

/** Prices of one instrument by row, in one unit. */
export interface PriceColumns {
  /** Price at which a buy decided at the row's close is filled; NaN: it is not. */
  readonly buy: Float64Array
  /** As `buy` for sells. */
  readonly sell: Float64Array
  /** Value at the row's close. */
  readonly marks: Float64Array
  /** Rows from a decision to the row at whose close its fill is known: 0 at once, 1 the next. */
  readonly delay: 0 | 1
}

/** How much is traded and what it costs. */
export interface AccountingOptions {
  /** Units per trade by index; null: one unit each. */
  readonly quantities: Float64Array | null
  /** Fee of a fill as a fraction of its notional. */
  readonly feeRate: number
  /** Equity before the first trade. */
  readonly start: number
}

/** Sums over the filled trades, in units of price x quantity. */
export interface AccountTotals {
  /** Gains and losses before fees, a position still held at its last mark. */
  readonly gross: number
  /** Notional of all fills. */
  readonly turnover: number
  /** Trades whose entry was filled. */
  readonly filled: number
}

/** Trades per call of the hot loop: see RUN_ROWS. */
const RUN_TRADES = 512

/** An account while its trades are written to the equity column, in order. */
export interface RunningAccount {
  readonly prices: PriceColumns
  readonly quantities: Float64Array | null
  /** Start and fee rate, typed because arithmetic with a number of unknown form costs a test. */
  readonly rates: Float64Array
  readonly equity: Float64Array
  gross: number
  turnover: number
  filled: number
  /** First row not yet written. */
  row: number
}

/** An account before its first trade. Asserts that the columns fit. */
export function openAccount(
  prices: PriceColumns,
  options: AccountingOptions,
  equity: Float64Array,
): RunningAccount {
  checkColumns(prices, equity)
  return {
    prices,
    quantities: options.quantities,
    rates: Float64Array.of(options.start, options.feeRate),
    equity,
    gross: 0,
    turnover: 0,
    filled: 0,
    row: 0,
  }
}

/** Writes equity up to its end and sums up. */
export function closeAccount(account: RunningAccount): AccountTotals {
  const { gross, turnover, filled, rates, equity } = account
  equity.fill(rates[0]! + gross - rates[1]! * turnover, account.row)
  return { gross, turnover, filled }
}

/**
 * Fills `equity` with start + gains - fees at every row's close, positions at their marks. An entry
 * that cannot be filled is no trade; an exit that cannot leaves the position at its marks.
 */
export function equityColumn(
  trades: TradeList,
  prices: PriceColumns,
  options: AccountingOptions,
  equity: Float64Array,
): AccountTotals {
  const { quantities } = options
  assert(quantities === null || quantities.length >= trades.count, 'a quantity for every trade')
  const account = openAccount(prices, options, equity)
  for (let from = 0; from < trades.count; from += RUN_TRADES) {
    writeTrades(account, trades, from, Math.min(from + RUN_TRADES, trades.count))
  }
  return closeAccount(account)
}

function checkColumns(prices: PriceColumns, out: Float64Array): void {
  const { buy, sell, marks } = prices
  for (const column of [buy, sell, marks, out]) {
    assert(column instanceof Float64Array, 'price columns: Float64Array')
    assert(column.length === marks.length, 'price columns differ in length')
  }
}

/** Writes trades [first, end), complete ones unless they are the last. Hot. */
export function writeTrades(
  account: RunningAccount,
  trades: Pick<TradeList, 'entryRows' | 'exitRows' | 'directions'>,
  first: number,
  end: number,
): void {
  const { entryRows, exitRows, directions } = trades
  const { prices, quantities, rates, equity } = account
  const { buy, sell, marks, delay } = prices
  const start = rates[0]!
  const feeRate = rates[1]!
  const rows = marks.length
  let { gross, turnover, filled, row } = account
  for (let i = first; i < end; i++) {
    const entryRow = entryRows[i]!
    const exitRow = exitRows[i]!
    const quantity = quantities === null ? 1 : quantities[i]!
    // One branch on the direction: it cannot be foreseen.
    let opening = buy
    let closing = sell
    let signed = quantity
    if (directions[i]! < 0) {
      opening = sell
      closing = buy
      signed = -quantity
    }
    const entry = opening[entryRow]!
    if (!(entry > 0)) continue
    filled++
    const flat = start + gross - feeRate * turnover
    const from = entryRow + delay
    for (; row < from; row++) equity[row] = flat
    turnover += quantity * entry
    const exit = exitRow === OPEN_AT_END ? Number.NaN : closing[exitRow]!
    const isClosed = exit > 0
    const until = isClosed ? exitRow + delay : rows
    const held = start + gross - feeRate * turnover
    for (; row < until; row++) equity[row] = held + signed * (marks[row]! - entry)
    gross += signed * ((isClosed ? exit : marks[rows - 1]!) - entry)
    if (isClosed) turnover += quantity * exit
  }
  account.gross = gross
  account.turnover = turnover
  account.filled = filled
  account.row = row
}

/**
 * Adds to `returns` the simple returns per row of a position that is reset to one unit of capital
 * at every close, less `costRate` on the row of each fill. Entry row: fill to close; later rows:
 * close to close; exit row: last close to fill. Returns the number of filled trades.
 */
export function addUnitReturns(
  trades: TradeList,
  prices: PriceColumns,
  costRate: number,
  returns: Float64Array,
): number {
  checkColumns(prices, returns)
  const { buy, sell, marks, delay } = prices
  let filled = 0
  for (let i = 0; i < trades.count; i++) {
    const direction = trades.directions[i]!
    const entryRow = trades.entryRows[i]!
    const entry = direction > 0 ? buy[entryRow]! : sell[entryRow]!
    if (!(entry > 0)) continue
    filled++
    const exitRow = trades.exitRows[i]!
    const exit =
      exitRow === OPEN_AT_END ? Number.NaN : direction > 0 ? sell[exitRow]! : buy[exitRow]!
    const last = exit > 0 ? exitRow + delay : marks.length - 1
    let previous = entry
    for (let row = entryRow + delay; row <= last; row++) {
      const price = exit > 0 && row === last ? exit : marks[row]!
      returns[row]! += direction * (price / previous - 1)
      previous = price
    }
    returns[entryRow + delay]! -= costRate
    if (exit > 0) returns[last]! -= costRate
  }
  return filled
}

/** What became of a trade. */
export interface TradeOutcome {
  readonly direction: 1 | -1
  readonly entryRow: number
  /** Null: still held at the end, or the exit was not filled. */
  readonly exitRow: number | null
  readonly entryPrice: number
  /** The last mark where there was no exit. */
  readonly exitPrice: number
  /** direction x (exit / entry - 1): a fraction, before costs. */
  readonly grossReturn: number
}

/** The filled trades one by one. */
export function tradeOutcomes(trades: TradeList, prices: PriceColumns): readonly TradeOutcome[] {
  const { buy, sell, marks } = prices
  const outcomes: TradeOutcome[] = []
  for (let i = 0; i < trades.count; i++) {
    const direction = trades.directions[i]! > 0 ? 1 : -1
    const entryRow = trades.entryRows[i]!
    const entryPrice = direction > 0 ? buy[entryRow]! : sell[entryRow]!
    if (!(entryPrice > 0)) continue
    const decided = trades.exitRows[i]!
    const exit =
      decided === OPEN_AT_END ? Number.NaN : direction > 0 ? sell[decided]! : buy[decided]!
    const isClosed = exit > 0
    const exitPrice = isClosed ? exit : marks.at(-1)!
    outcomes.push({
      direction,
      entryRow,
      exitRow: isClosed ? decided : null,
      entryPrice,
      exitPrice,
      grossReturn: direction * (exitPrice / entryPrice - 1),
    })
  }
  return outcomes
}

/** Fills at the next row's open: `opens` moved up by one row, NaN at the end. */
export function nextOpens(opens: Float64Array): Float64Array {
  const moved = new Float64Array(opens.length).fill(Number.NaN)
  moved.set(opens.subarray(1))
  return moved
}
