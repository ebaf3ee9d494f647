import type { CurrentValue } from '../indicators/rolling-z.ts'
import { zColumn } from '../indicators/z-column.ts'
import { assert } from '../lib/assert.ts'

/**
 * Rows at which windows start anew: the first, and every row that opens more than `maxGap`
 * intervals after the end of the row before, by the rule of Signal.
 */
export function restartRows(
  openTimes: Float64Array,
  intervalUs: number,
  maxGap: number,
): readonly number[] {
  assert(intervalUs > 0 && maxGap >= 0, 'restarts need an interval and a gap limit')
  const rows: number[] = []
  for (let row = 0; row < openTimes.length; row++) {
    const missing =
      row === 0
        ? Number.POSITIVE_INFINITY
        : Math.floor((openTimes[row]! - openTimes[row - 1]! - intervalUs) / intervalUs)
    if (row === 0 || missing > maxGap) rows.push(row)
  }
  return rows
}

/** The z column of a series whose window restarts at `starts` (ascending, the first is 0). */
export function zColumnWithRestarts(
  closes: Float64Array,
  starts: readonly number[],
  window: number,
  current: CurrentValue,
): Float64Array {
  const out = new Float64Array(closes.length)
  starts.forEach((from, i) => {
    const to = starts[i + 1] ?? closes.length
    zColumn(closes.subarray(from, to), window, current, out.subarray(from, to))
  })
  return out
}
