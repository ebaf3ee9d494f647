import { assert } from '../lib/assert.ts'

/** Finished bars of one instrument, a row each; prices in quanta, times in us. Of one length. */
export interface BarColumns {
  readonly openTimes: Float64Array
  readonly closeTimes: Float64Array
  readonly closes: Float64Array
}

/** Where orders that were decided on bars meet the market; columns as long as the bars. */
export interface BarFills {
  /** First row whose bar opens when an order sent at the row's close has arrived; rows: none. */
  readonly fillRows: Int32Array
  /** Price of a buy and of a sell at the row's open, costs included. */
  readonly openBuy: Float64Array
  readonly openSell: Float64Array
  /** Limits of orders that are priced off the row's close. */
  readonly limitBuy: Float64Array
  readonly limitSell: Float64Array
}

/** What is decided from. NaN: not known, which neither enters nor leaves. */
export interface BarSignals {
  readonly z: Float64Array
  /** Longs need a value above zero, shorts one below; null: no such gate. */
  readonly gate: Float64Array | null
  /** Deviation behind z in quanta, where a cost gate needs it. */
  readonly deviation: Float64Array | null
}

/** Rules of the reversion strategy where it takes at the next open. Times in us. */
export interface BarRules {
  readonly longEntry: number
  readonly longExit: number
  readonly shortEntry: number
  readonly shortExit: number
  readonly direction: 'long' | 'both'
  /** Value of an entry in quanta x lots. */
  readonly notional: number
  /** Decision to arrival. */
  readonly latencyUs: number
  /** Pause between heartbeats, which lie at its whole multiples and end what has timed out. */
  readonly heartbeatUs: number
  /** Adverse move in bp of the entry at which a close leaves; null is off. */
  readonly stopLossBp: number | null
  readonly timeStopUs: number | null
  readonly revertGate: { readonly holdUs: number; readonly favourableBp: number } | null
  /** The way to the exit must exceed both fees by the margin; null is off. */
  readonly costGate: { readonly feeBp: number; readonly marginBp: number } | null
}

/** Trades of one instrument in order of entry: room for all, reused from run to run. */
export class BarTrades {
  count = 0
  readonly directions: Int8Array
  readonly lots: Float64Array
  /** Rows at whose open they were filled; the exit -1 where the position is held to the end. */
  readonly entryRows: Int32Array
  readonly exitRows: Int32Array
  /** Fill prices, quanta; the exit NaN where there is none. */
  readonly entryPrices: Float64Array
  readonly exitPrices: Float64Array
  /** Last closes when the filled orders were sent, quanta. */
  readonly entryMids: Float64Array
  readonly exitMids: Float64Array

  /** Room for what so many rows can hold at most. */
  constructor(rows: number) {
    const most = (rows >> 1) + 1
    this.directions = new Int8Array(most)
    this.lots = new Float64Array(most)
    this.entryRows = new Int32Array(most)
    this.exitRows = new Int32Array(most)
    this.entryPrices = new Float64Array(most)
    this.exitPrices = new Float64Array(most)
    this.entryMids = new Float64Array(most)
    this.exitMids = new Float64Array(most)
  }
}

/** An exit that was decided, before it meets a price. */
interface ExitDecision {
  /** Row at whose open it arrives; the number of rows: none. */
  row: number
  /** Row whose close its limit is priced off. */
  limitRow: number
  /** Last row that had closed. */
  midRow: number
  /** Row that must not enter again; -1: none. */
  blocked: number
}

/** What one search works with; thresholds typed, because arithmetic with others costs a test. */
interface Search {
  readonly bars: BarColumns
  readonly fills: BarFills
  readonly signals: BarSignals
  readonly rules: BarRules
  /** Long entry and exit, short entry and exit, gates of both. */
  readonly thresholds: Float64Array
  readonly exit: ExitDecision
  readonly trades: BarTrades
}

/**
 * The trades that the event tier makes of the same rules on the same bars while no limit of the
 * account binds: decisions at closes, immediate-or-cancel orders that meet the first open after
 * their arrival or fail there, known at that bar's close. A failed entry is forgotten, a failed
 * exit is sent again at once, priced off the close before. At most one transition a row.
 */
export function findBarTrades(
  bars: BarColumns,
  fills: BarFills,
  signals: BarSignals,
  rules: BarRules,
  trades: BarTrades,
): void {
  const { z } = signals
  const rows = bars.closes.length
  // One call with a plain array would slow the loops for the life of the process.
  assert(z instanceof Float64Array && bars.closes instanceof Float64Array, 'columns: Float64Array')
  assert(z.length === rows, 'signal and bars differ in length')
  assert(rules.costGate === null || signals.deviation !== null, 'a cost gate needs deviations')
  assert(trades.lots.length > rows >> 1, 'no room for the trades')
  const exit = { row: 0, limitRow: 0, midRow: 0, blocked: -1 }
  const thresholds = thresholdsOf(rules, signals.gate !== null)
  const search: Search = { bars, fills, signals, rules, thresholds, exit, trades }
  const isPlain =
    rules.stopLossBp === null && rules.timeStopUs === null && rules.revertGate === null
  trades.count = 0
  let row = 0
  for (;;) {
    row = nextEntry(z, signals.gate ?? z, thresholds, row)
    if (row === rows) return
    const direction = z[row]! < thresholds[0]! ? 1 : -1
    if (row === exit.blocked || !coversCosts(search, row, direction)) {
      row++
      continue
    }
    const fillRow = fills.fillRows[row]!
    if (fillRow === rows) return
    if (!enter(search, row, fillRow, direction)) {
      row = fillRow
      continue
    }
    if (isPlain) leavePlainly(search, fillRow, direction)
    else leaveGuarded(search, fillRow, direction)
    row = finishTrade(search, direction)
    if (row === rows) return
  }
}

function thresholdsOf(rules: BarRules, isGated: boolean): Float64Array {
  const { longEntry, longExit, shortExit } = rules
  const shortEntry = rules.direction === 'both' ? rules.shortEntry : Number.POSITIVE_INFINITY
  const gate = isGated ? 0 : Number.NEGATIVE_INFINITY
  return Float64Array.of(longEntry, longExit, shortEntry, shortExit, gate, -gate)
}

/**
 * First row from `row` on whose score asks for an entry that the gate allows. Without a gate the
 * score stands for it: where it passed a threshold it is known, hence above -Infinity. Hot.
 */
function nextEntry(
  z: Float64Array,
  gate: Float64Array,
  thresholds: Float64Array,
  from: number,
): number {
  const longEntry = thresholds[0]!
  const shortEntry = thresholds[2]!
  const longGate = thresholds[4]!
  const shortGate = thresholds[5]!
  let row = from
  for (; row < z.length; row++) {
    const score = z[row]!
    if (score < longEntry) {
      if (gate[row]! > longGate) break
    } else if (score > shortEntry && gate[row]! < shortGate) break
  }
  return row
}

/** As the strategy's cost gate where bid and ask are both the close and nothing is funded. */
function coversCosts(search: Search, row: number, direction: 1 | -1): boolean {
  const { signals, rules, bars } = search
  const { costGate } = rules
  if (costGate === null) return true
  const exit = direction > 0 ? rules.longExit : rules.shortExit
  const distance = Math.max(0, direction * (exit - signals.z[row]!)) * signals.deviation![row]!
  return (distance / bars.closes[row]!) * 1e4 - costGate.feeBp > costGate.marginBp
}

/** Fills an entry decided at a row's close; false when its limit is not met. */
function enter(search: Search, row: number, fillRow: number, direction: 1 | -1): boolean {
  const { bars, fills, trades, rules } = search
  const isLong = direction > 0
  const price = isLong ? fills.openBuy[fillRow]! : fills.openSell[fillRow]!
  if (isLong ? price > fills.limitBuy[row]! : price < fills.limitSell[row]!) return false
  const i = trades.count++
  const close = bars.closes[row]!
  trades.directions[i] = direction
  trades.lots[i] = Math.floor(rules.notional / close)
  trades.entryRows[i] = fillRow
  trades.entryPrices[i] = price
  trades.entryMids[i] = close
  return true
}

/** Decides the exit by the score alone. Hot: each loop waits for one thing only. */
function leavePlainly(search: Search, from: number, direction: 1 | -1): void {
  const { z } = search.signals
  const rows = z.length
  let row = from
  if (direction > 0) {
    const bound = search.thresholds[1]!
    while (row < rows && !(z[row]! > bound)) row++
  } else {
    const bound = search.thresholds[3]!
    while (row < rows && !(z[row]! < bound)) row++
  }
  decideAtClose(search, row)
}

function decideAtClose({ exit, fills, bars }: Search, row: number): void {
  exit.row = row < bars.closes.length ? fills.fillRows[row]! : row
  exit.limitRow = row
  exit.midRow = row
  exit.blocked = -1
}

/** Decides the exit by stops and score, whichever is first; at a close in that order. Hot. */
function leaveGuarded(search: Search, from: number, direction: 1 | -1): void {
  const { bars, signals, rules, trades } = search
  const { openTimes, closeTimes, closes } = bars
  const { z } = signals
  const entryTime = openTimes[from]!
  const deadline = entryTime + (rules.timeStopUs ?? Number.POSITIVE_INFINITY)
  const due = rules.timeStopUs === null ? z.length : firstAtOrAfter(closeTimes, deadline, from)
  const bound = direction * search.thresholds[direction > 0 ? 1 : 3]!
  const stopBp = rules.stopLossBp === null ? Number.NEGATIVE_INFINITY : -rules.stopLossBp
  const holdUs = rules.revertGate?.holdUs ?? 0
  const favourableBp = rules.revertGate?.favourableBp ?? Number.NEGATIVE_INFINITY
  const entry = trades.entryPrices[trades.count - 1]!
  // Far from the stop nothing is divided; near it the exact rule decides.
  const nearStop = direction * entry * (1 + direction * (stopBp + 1e-3) * 1e-4)
  for (let row = from; row < due; row++) {
    const isReverted = direction * z[row]! > bound
    if (!isReverted && direction * closes[row]! > nearStop) continue
    const aheadBp = ((closes[row]! - entry) / entry) * 1e4 * direction
    const isHeld = closeTimes[row]! - entryTime >= holdUs
    if (aheadBp <= stopBp || (isReverted && isHeld && aheadBp >= favourableBp)) {
      return decideAtClose(search, row)
    }
  }
  const beat = Math.ceil(deadline / rules.heartbeatUs) * rules.heartbeatUs
  // A heartbeat at the instant of a close comes before it.
  if (due < z.length && due > from && beat <= closeTimes[due]!) decideAtBeat(search, due, beat)
  else decideAtClose(search, due)
}

/** First row from `from` on whose time is `time` or later; times ascend. */
function firstAtOrAfter(times: Float64Array, time: number, from: number): number {
  let low = from
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle]! < time) low = middle + 1
    else high = middle
  }
  return low
}

/** A time stop between two closes, the later of which is `row`'s: that row does not enter again. */
function decideAtBeat({ exit, bars, rules }: Search, row: number, beat: number): void {
  const { openTimes, closeTimes } = bars
  const arrival = beat + rules.latencyUs
  let fillRow = row
  while (fillRow < openTimes.length && openTimes[fillRow]! < arrival) fillRow++
  exit.row = fillRow
  exit.limitRow = row - 1
  exit.midRow = closeTimes[row] === beat ? row : row - 1
  exit.blocked = row
}

/** Fills the decided exit, sent again while its limit is not met. Returns the row of the fill. */
function finishTrade({ bars, fills, exit, trades }: Search, direction: 1 | -1): number {
  const rows = bars.closes.length
  const isSell = direction > 0
  const i = trades.count - 1
  let { row, limitRow, midRow } = exit
  for (;;) {
    if (row === rows) break
    const price = isSell ? fills.openSell[row]! : fills.openBuy[row]!
    if (isSell ? price >= fills.limitSell[limitRow]! : price <= fills.limitBuy[limitRow]!) {
      trades.exitRows[i] = row
      trades.exitPrices[i] = price
      trades.exitMids[i] = bars.closes[midRow]!
      return row
    }
    limitRow = row - 1
    midRow = row
    row = fills.fillRows[row]!
  }
  trades.exitRows[i] = -1
  trades.exitPrices[i] = Number.NaN
  trades.exitMids[i] = Number.NaN
  return rows
}
