import type { FeatureMatrix } from '../learner.ts'

/** What is wrong, or to be known, about one column. */
export interface ColumnCheck {
  readonly name: string
  /** Share of the rows that have no value. */
  readonly nullShare: number
  /** Whether all values that are there are one and the same; false of a column without any. */
  readonly isConstant: boolean
  /** Rows with a value that is infinite: always a mistake. */
  readonly infinite: number
  /** Earlier columns it is an affine function of, by the rows in which both have values. */
  readonly collinearWith: readonly string[]
}

/** How columns are compared. */
export interface ColumnCheckOptions {
  /** Every so many rows are looked at where columns are compared; 1: all. */
  readonly step: number
  /** Correlations of at least this size count as collinear. */
  readonly correlationMin: number
}

/** Rounding of 32-bit columns leaves collinear ones well above this. */
export const DEFAULT_COLUMN_CHECK: ColumnCheckOptions = { step: 1, correlationMin: 1 - 1e-9 }

/** Rows that two columns must share before they are compared. */
const ROWS_MIN = 30

/**
 * Looks for columns that say nothing (null, constant), that say the same (collinear over all rows),
 * or that hold infinities.
 */
export function checkColumns(
  matrix: FeatureMatrix,
  options: ColumnCheckOptions = DEFAULT_COLUMN_CHECK,
): readonly ColumnCheck[] {
  return matrix.names.map((name, index) => ({
    name,
    ...figuresOf(matrix.columns[index]!),
    collinearWith: matrix.names.filter(
      (_, other) =>
        other < index &&
        Math.abs(correlation(matrix.columns[index]!, matrix.columns[other]!, options.step)) >=
          options.correlationMin,
    ),
  }))
}

function figuresOf(column: Float32Array) {
  let count = 0
  let infinite = 0
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!
    if (Number.isNaN(value)) continue
    count++
    if (!Number.isFinite(value)) infinite++
    if (value < low) low = value
    if (value > high) high = value
  }
  const nullShare = column.length === 0 ? 1 : 1 - count / column.length
  return { nullShare, infinite, isConstant: count > 0 && low === high }
}

/** Over rows in which both have a value; 0 where they are too few or one does not vary. */
function correlation(a: Float32Array, b: Float32Array, step: number): number {
  let count = 0
  let meanA = 0
  let meanB = 0
  let squaresA = 0
  let squaresB = 0
  let products = 0
  for (let row = 0; row < a.length; row += step) {
    const x = a[row]!
    const y = b[row]!
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue
    count++
    const offX = x - meanA
    const offY = y - meanB
    meanA += offX / count
    meanB += offY / count
    squaresA += offX * (x - meanA)
    squaresB += offY * (y - meanB)
    products += offX * (y - meanB)
  }
  const size = Math.sqrt(squaresA) * Math.sqrt(squaresB)
  return count >= ROWS_MIN && size > 0 ? products / size : 0
}
