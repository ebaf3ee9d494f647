import { assert } from '../lib/assert.ts'
import { WINDOW_MAX } from './exact-window.ts'
import { type CurrentValue, RollingZ } from './rolling-z.ts'

const EXACT = 2 ** 53
/** A scored value outside its window may lie this far from the center and be multiplied exactly. */
const OUTSIDE_MAX = 2 ** 30

/** What a kernel goes on from after a slow stretch: the next row and the sums before it. */
interface Resume {
  row: number
  center: number
  sum: number
  squares: number
}

/**
 * Fills `out` with the z-scores of a column of integers: the same bits as pushing `closes` one by
 * one into {@link RollingZ}, NaN where that is null. Both columns have one length. For a series with
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
  assertIntegers(closes)
  if (current === 'include') includeColumn(closes, window, out)
  else excludeColumn(closes, window, out)
}

/**
 * Sums of distances from a center stay exact in doubles while W x (sum of squares) < 2^53, and so
 * does every product of the formula; otherwise `resume` finds a nearer center or goes the slow way.
 */
function includeColumn(closes: Float64Array, window: number, out: Float64Array): void {
  const length = closes.length
  const lead = window - 1
  out.fill(Number.NaN, 0, lead)
  const factor = window / lead
  const resumed = resume(closes, lead, window, 'include', out)
  let { row, center, sum, squares } = resumed
  while (row < length) {
    const distance = closes[row]! - center
    const sumNow = sum + distance
    const squaresNow = squares + distance * distance
    const scaled = squaresNow * window
    if (scaled < EXACT) {
      const spread = scaled - sumNow * sumNow
      out[row] = spread > 0 ? (distance * window - sumNow) / Math.sqrt(spread * factor) : Number.NaN
      const left = closes[row - lead]! - center
      sum = sumNow - left
      squares = squaresNow - left * left
      row++
    } else {
      ;({ row, center, sum, squares } = resume(closes, row, window, 'include', out))
    }
  }
}

function excludeColumn(closes: Float64Array, window: number, out: Float64Array): void {
  const length = closes.length
  out.fill(Number.NaN, 0, window)
  const factor = window / (window - 1)
  let { row, center, sum, squares } = resume(closes, window, window, 'exclude', out)
  while (row < length) {
    const distance = closes[row]! - center
    const scaled = squares * window
    if (scaled < EXACT && distance <= OUTSIDE_MAX && distance >= -OUTSIDE_MAX) {
      const spread = scaled - sum * sum
      out[row] = spread > 0 ? (distance * window - sum) / Math.sqrt(spread * factor) : Number.NaN
      const left = closes[row - window]! - center
      sum = sum + distance - left
      squares = squares + distance * distance - left * left
      row++
    } else {
      ;({ row, center, sum, squares } = resume(closes, row, window, 'exclude', out))
    }
  }
}

/**
 * From `row` on: centers the sums on the row's window when they are exact there, else scores a
 * window's length of rows the slow way and tries again. Returns the first row not yet scored.
 */
function resume(
  closes: Float64Array,
  row: number,
  window: number,
  current: CurrentValue,
  out: Float64Array,
): Resume {
  const resumed = { row, center: 0, sum: 0, squares: 0 }
  let slow: RollingZ | null = null
  for (; resumed.row < closes.length; ) {
    if (centerOn(closes, window, current, resumed)) return resumed
    if (slow === null) {
      slow = new RollingZ(window, current)
      for (let i = resumed.row - slow.needed + 1; i < resumed.row; i++) slow.push(closes[i]!)
    }
    const stop = Math.min(resumed.row + window, closes.length)
    for (; resumed.row < stop; resumed.row++) {
      slow.push(closes[resumed.row]!)
      out[resumed.row] = slow.value
    }
  }
  return resumed
}

/** Sums the values before the row around the mean of its window; false when not exact there. */
function centerOn(
  closes: Float64Array,
  window: number,
  current: CurrentValue,
  resumed: Resume,
): boolean {
  const { row } = resumed
  const first = current === 'include' ? row - window + 1 : row - window
  const last = current === 'include' ? row + 1 : row
  let mean = 0
  for (let i = first; i < last; i++) mean += closes[i]! / window
  const center = Math.round(mean)
  let sum = 0
  let squares = 0
  for (let i = first; i < row; i++) {
    const distance = closes[i]! - center
    sum += distance
    squares += distance * distance
  }
  resumed.center = center
  resumed.sum = sum
  resumed.squares = squares
  const distance = closes[row]! - center
  if (current === 'exclude') return squares * window < EXACT && Math.abs(distance) <= OUTSIDE_MAX
  return (squares + distance * distance) * window < EXACT
}

function assertIntegers(column: Float64Array): void {
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!
    if (Math.floor(value) === value && value < EXACT && value > -EXACT) continue
    assert(false, `z column holds ${value} in row ${i}, not a safe integer`)
  }
}
