import { assert } from '../lib/assert.ts'
import { WINDOW_MAX } from './exact-window.ts'
import { type CurrentValue, RollingZ } from './rolling-z.ts'

const EXACT = 2 ** 53
/**
 * A scored value outside its window may lie 2^26 from the center: it then enters the sums exactly.
 */
const OUTSIDE_SQUARE = 2 ** 52
/** Rows per call of a hot loop: many calls let the compiler replace it whole, not mid-flight. */
const RUN_ROWS = 8192

/** What a run of rows starts from: sums over distances from `center` of the values before a row. */
interface Sums {
  center: number
  sum: number
  squares: number
}

/**
 * Fills `out` with the z-scores of a column of integers: the same bits as pushing `closes` one by
 * one into {@link RollingZ}, NaN where that is null. Both columns have one length. For a series
 * with
 * gaps that restart the window, call it on the subarrays between them.
 */
export function zColumn(
  closes: Float64Array,
  window: number,
  current: CurrentValue,
  out: Float64Array,
): void {
  // One call with a plain array would slow the loops for the life of the process.
  assert(closes instanceof Float64Array && out instanceof Float64Array, 'z columns: Float64Array')
  assert(closes.length === out.length, 'z columns differ in length')
  assert(Number.isInteger(window) && window >= 2 && window <= WINDOW_MAX, `z window of ${window}`)
  out.fill(Number.NaN, 0, current === 'include' ? window - 1 : window)
  const sums: Sums = { center: 0, sum: 0, squares: 0 }
  const rows = Math.max(RUN_ROWS, 16 * window)
  let row = current === 'include' ? window - 1 : window
  while (row < closes.length) {
    row = startRun(closes, row, window, current, sums, out)
    const end = Math.min(row + rows, closes.length)
    row =
      current === 'include'
        ? includeRun(closes, row, end, window, sums, out)
        : excludeRun(closes, row, end, window, sums, out)
  }
}

/**
 * Scores rows up to `end` or to one whose sums would not be exact; returns that row. They are exact
 * while W x (sum of squares) < 2^53, which bounds every product of the formula too. Hot.
 */
function includeRun(
  closes: Float64Array,
  from: number,
  end: number,
  window: number,
  sums: Sums,
  out: Float64Array,
): number {
  const { center } = sums
  let { sum, squares } = sums
  const lead = window - 1
  const factor = window / lead
  let row = from
  for (; row < end; row++) {
    const close = closes[row]!
    const distance = close - center
    sum += distance
    squares += distance * distance
    const scaled = squares * window
    if (!(scaled < EXACT) || Math.floor(close) !== close) break
    const spread = scaled - sum * sum
    // At zero variance the value equals the mean: 0 / 0 is the NaN wanted, without a branch.
    out[row] = (distance * window - sum) / Math.sqrt(spread * factor)
    const left = closes[row - lead]! - center
    sum -= left
    squares -= left * left
  }
  return row
}

/** As `includeRun` with the window that ends before the row. Hot. */
function excludeRun(
  closes: Float64Array,
  from: number,
  end: number,
  window: number,
  sums: Sums,
  out: Float64Array,
): number {
  const { center } = sums
  let { sum, squares } = sums
  const factor = window / (window - 1)
  let smallest = 1
  let row = from
  for (; row < end; row++) {
    const close = closes[row]!
    const distance = close - center
    const square = distance * distance
    const scaled = squares * window
    if (!(scaled < EXACT) || !(square <= OUTSIDE_SQUARE) || Math.floor(close) !== close) break
    const spread = scaled - sum * sum
    out[row] = (distance * window - sum) / Math.sqrt(spread * factor)
    if (spread < smallest) smallest = spread
    const left = closes[row - window]! - center
    sum += distance - left
    squares += square - left * left
  }
  // Choosing NaN inside the loop would double its cost; zero variance is rare.
  if (smallest === 0) {
    for (let i = from; i < row; i++) if (!Number.isFinite(out[i]!)) out[i] = Number.NaN
  }
  return row
}

/**
 * Prepares `sums` for a run from `row` on, centered on the mean of the row's window. Where even
 * that is not exact, scores a window's length of rows the slow way and tries again. Returns the
 * first row not yet scored.
 */
function startRun(
  closes: Float64Array,
  row: number,
  window: number,
  current: CurrentValue,
  sums: Sums,
  out: Float64Array,
): number {
  let slow: RollingZ | null = null
  let next = row
  while (next < closes.length && !centerOn(closes, next, window, current, sums)) {
    if (slow === null) {
      slow = new RollingZ(window, current)
      for (let i = next - slow.needed + 1; i < next; i++) slow.push(closes[i]!)
    }
    const stop = Math.min(next + window, closes.length)
    for (; next < stop; next++) {
      slow.push(closes[next]!)
      out[next] = slow.value
    }
  }
  return next
}

/** Sums the values before `row` around the mean of its window; false when not exact there. */
function centerOn(
  closes: Float64Array,
  row: number,
  window: number,
  current: CurrentValue,
  sums: Sums,
): boolean {
  const first = current === 'include' ? row - window + 1 : row - window
  let mean = 0
  for (let i = first; i <= row; i++) {
    const close = closes[i]!
    if (!Number.isSafeInteger(close)) {
      assert(false, `z column holds ${close} in row ${i}, not a safe integer`)
    }
    mean += close / (row + 1 - first)
  }
  const center = Math.round(mean)
  let sum = 0
  let squares = 0
  for (let i = first; i < row; i++) {
    const distance = closes[i]! - center
    sum += distance
    squares += distance * distance
  }
  sums.center = center
  sums.sum = sum
  sums.squares = squares
  const distance = closes[row]! - center
  const square = distance * distance
  if (current === 'exclude') return squares * window < EXACT && square <= OUTSIDE_SQUARE
  return (squares + square) * window < EXACT
}
