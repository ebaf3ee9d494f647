import { assert } from '../lib/assert.ts'
import { WINDOW_MAX } from './exact-window.ts'

/**
 * Fills `out` with the rolling mean of a column of integers: the same bits as pushing `values` one
 * by one into RollingAverage, NaN before the window is full. Magnitudes up to 2^52 / window.
 */
export function averageColumn(values: Float64Array, window: number, out: Float64Array): void {
  assert(values instanceof Float64Array && out instanceof Float64Array, 'averages: Float64Array')
  assert(values.length === out.length, 'average columns differ in length')
  assert(Number.isInteger(window) && window >= 1 && window <= WINDOW_MAX, `window of ${window}`)
  const limit = Math.floor(2 ** 52 / window)
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (Math.floor(value) !== value || value > limit || value < -limit) {
      assert(false, `average column holds ${value} in row ${i}, not an integer within ${limit}`)
    }
    sum += value
    if (i >= window) sum -= values[i - window]!
    out[i] = i >= window - 1 ? sum / window : Number.NaN
  }
}
