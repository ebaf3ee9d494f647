import { averageColumn } from '../indicators/average-column.ts'
import { type CurrentValue, RollingZ } from '../indicators/rolling-z.ts'
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
  out: Float64Array = new Float64Array(closes.length),
): Float64Array {
  eachRun(closes, starts, out, (run, target) => zColumn(run, window, current, target))
  return out
}

/** Deviations behind the z column of the same series, in the unit of the closes; NaN with z. */
export function deviationColumn(
  closes: Float64Array,
  starts: readonly number[],
  window: number,
  current: CurrentValue,
  out: Float64Array,
): void {
  eachRun(closes, starts, out, (run, target) => {
    const z = new RollingZ(window, current)
    run.forEach((close, row) => {
      z.push(close)
      target[row] = z.deviation()
    })
  })
}

/** Distance of closes from their rolling mean in bp: the trend gate's reading; NaN while warming. */
export function trendColumn(
  closes: Float64Array,
  starts: readonly number[],
  window: number,
  out: Float64Array,
): void {
  eachRun(closes, starts, out, (run, target) => {
    averageColumn(run, window, target)
    run.forEach((close, row) => {
      target[row] = (close / target[row]! - 1) * 1e4
    })
  })
}

function eachRun(
  closes: Float64Array,
  starts: readonly number[],
  out: Float64Array,
  fill: (run: Float64Array, target: Float64Array) => void,
): void {
  starts.forEach((from, i) => {
    const to = starts[i + 1] ?? closes.length
    fill(closes.subarray(from, to), out.subarray(from, to))
  })
}
