import { assert } from '../lib/assert.ts'
import { OPEN_AT_END, TradeBuffer, type TradeList } from './trade-list.ts'

/** Thresholds of z-score mean reversion and its imbalance gate. All comparisons are strict. */
export interface ReversionRules {
  readonly longEntry: number
  readonly longExit: number
  readonly shortEntry: number
  readonly shortExit: number
  readonly direction: 'long' | 'both'
  /** Longs need an imbalance above +threshold, shorts below -threshold; null: no gate. */
  readonly imbalanceThreshold: number | null
}

/** What decisions are made from, one row per finished bar. Columns of one length. */
export interface SignalColumns {
  /** NaN: not known, which neither enters nor leaves. */
  readonly z: Float64Array
  /** NaN: not known, which never enters, with or without a threshold. Null: no such column. */
  readonly imbalance: Float64Array | null
}

/** Rows per call of a hot loop: many calls let the compiler replace it whole, not mid-flight. */
export const RUN_ROWS = 8192

/** What the hot loop carries from run to run. */
export interface ScanState {
  direction: number
  /** Trades that are complete. */
  count: number
}

/**
 * The state machine of the reversion strategy without its stops, trend, revert and cost gates: at a
 * row's close, a flat instrument enters long when z < longEntry (and the gate allows it), else
 * short
 * when z > shortEntry; a held one leaves when z > longExit or z < shortExit. At most one transition
 * a row: a row that leaves never enters. Decisions equal those of the event tier for the same
 * rules.
 *
 * `buffer` is used for the result, which then stays valid until its next use.
 */
export function findTrades(
  columns: SignalColumns,
  rules: ReversionRules,
  buffer: TradeBuffer = new TradeBuffer(1024),
): TradeList {
  const { z, imbalance } = columns
  // One call with a plain array would slow the loop for the life of the process.
  assert(z instanceof Float64Array, 'z column: Float64Array')
  assert(imbalance === null || imbalance instanceof Float64Array, 'imbalance column: Float64Array')
  assert(imbalance === null || imbalance.length === z.length, 'signal columns differ in length')
  assert(rules.imbalanceThreshold === null || imbalance !== null, 'a gate needs its column')
  const thresholds = thresholdsOf(rules)
  const state: ScanState = { direction: 0, count: 0 }
  for (let from = 0; from < z.length; from += RUN_ROWS) {
    const to = Math.min(from + RUN_ROWS, z.length)
    // Without a gate z stands for it: where z passed a threshold it is known, hence above
    // -Infinity.
    scanRun({ z, first: 0, gate: imbalance ?? z }, from, to, thresholds, buffer, state)
  }
  return closeScan(buffer, state)
}

/** The list of what was found; a position still held becomes its last trade. */
export function closeScan(buffer: TradeBuffer, state: ScanState): TradeList {
  if (state.direction === 0) return buffer.list(state.count)
  buffer.exitRows[state.count] = OPEN_AT_END
  return buffer.list(state.count + 1)
}

/**
 * Long entry and exit, short entry and exit, gates of both. In a typed array, because comparing
 * with a number of unknown form costs a test per row.
 */
export function thresholdsOf(rules: ReversionRules): Float64Array {
  const { longEntry, longExit, shortExit } = rules
  assert(longEntry < longExit, `long entry ${longEntry} must be below its exit ${longExit}`)
  assert(
    shortExit < rules.shortEntry,
    `short entry ${rules.shortEntry} must be above its exit ${shortExit}`,
  )
  const shortEntry = rules.direction === 'both' ? rules.shortEntry : Number.POSITIVE_INFINITY
  const gate = rules.imbalanceThreshold ?? Number.NEGATIVE_INFINITY
  return Float64Array.of(longEntry, longExit, shortEntry, shortExit, gate, -gate)
}

/** Columns of a scan; `z` begins at row `first`, `gate` at row 0. */
export interface ScanColumns {
  readonly z: Float64Array
  readonly first: number
  readonly gate: Float64Array
}

/**
 * Scans rows [from, to), at most {@link RUN_ROWS}, and adds the trades it finds. Hot: each inner
 * loop waits for one thing only.
 */
export function scanRun(
  columns: ScanColumns,
  from: number,
  to: number,
  thresholds: Float64Array,
  buffer: TradeBuffer,
  state: ScanState,
): void {
  buffer.reserve(state.count + RUN_ROWS / 2 + 1)
  const { z, first, gate } = columns
  const longEntry = thresholds[0]!
  const longExit = thresholds[1]!
  const shortEntry = thresholds[2]!
  const shortExit = thresholds[3]!
  const longGate = thresholds[4]!
  const shortGate = thresholds[5]!
  const { entryRows, exitRows, directions } = buffer
  let { direction, count } = state
  let row = from
  while (row < to) {
    if (direction === 0) {
      for (; row < to; row++) {
        const score = z[row - first]!
        if (score < longEntry) {
          if (gate[row]! > longGate) {
            direction = 1
            break
          }
        } else if (score > shortEntry && gate[row]! < shortGate) {
          direction = -1
          break
        }
      }
      if (direction === 0) break
      entryRows[count] = row
      directions[count] = direction
    } else {
      if (direction > 0) while (row < to && !(z[row - first]! > longExit)) row++
      else while (row < to && !(z[row - first]! < shortExit)) row++
      if (row === to) break
      exitRows[count++] = row
      direction = 0
    }
    row++
  }
  state.direction = direction
  state.count = count
}
