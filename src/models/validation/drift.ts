import { rowsOfBars } from './folds.ts'
import type { ValidationData } from './held-out.ts'

/** How far the distribution of a column in the test went from that in training. */
export interface ColumnDrift {
  readonly name: string
  /** Population stability index; null where either side has no row. */
  readonly psi: number | null
}

/** Columns of a fold by their drift, the furthest first. */
export interface DriftReport {
  readonly trainRows: number
  readonly testRows: number
  /** Every feature. */
  readonly features: readonly ColumnDrift[]
  /** Of the excess returns that are forecast. */
  readonly label: ColumnDrift
}

/** Rows of a side that are compared: more say little more, for neighbours are alike. */
const ROWS_MOST = 20_000

/** Compares each feature's values, and the label's, in training and test bars, members only. */
export function featureDrift(
  data: ValidationData,
  trainBars: Int32Array,
  testBars: Int32Array,
): DriftReport {
  const { features, names, isUsed, labels } = data
  const shape = { names, bars: features.bars, isUsed }
  const sample = (bars: Int32Array): Int32Array => {
    const rows = rowsOfBars(bars, shape)
    const step = Math.max(1, Math.ceil(rows.length / ROWS_MOST))
    return rows.filter((_, i) => i % step === 0)
  }
  const [train, test] = [sample(trainBars), sample(testBars)]
  const drift = (name: string, column: Column, isLabel: boolean): ColumnDrift => {
    const [before, after] = [train, test].map((rows) => valuesOf(column, rows, isLabel))
    return { name, psi: populationStability(before!, after!) }
  }
  const compared = features.names.map((name, i) => drift(name, features.columns[i]!, false))
  return {
    ...{ trainRows: train.length, testRows: test.length },
    features: compared.sort((a, b) => (b.psi ?? 0) - (a.psi ?? 0)),
    label: drift('excess return', labels.excessReturn, true),
  }
}

type Column = Float32Array | Float64Array

/** A label is missing where its window leaves the data: that is no drift. */
function valuesOf(column: Column, rows: Int32Array, isLabel: boolean): Float64Array {
  const values = Float64Array.from(rows, (row) => column[row]!)
  return isLabel ? values.filter((value) => !Number.isNaN(value)) : values
}

const QUANTILES = 10

/**
 * Population stability index of a sample against the one it is compared with: sum of
 * (a - e) ln(a / e) over ten bins of equal share in the latter, one below and one above all of it,
 * and one of what is missing (NaN). Half a value is added to each bin, so that none is empty. Some
 * bins x (1 / n + 1 / m) without any drift; by custom 0.1 is worth a look, 0.25 a change. Null
 * where either side is empty.
 */
export function populationStability(expected: Float64Array, actual: Float64Array): number | null {
  if (expected.length === 0 || actual.length === 0) return null
  const cuts = cutsOf(expected)
  const [before, after] = [sharesOf(expected, cuts), sharesOf(actual, cuts)]
  return before.reduce((sum, e, i) => sum + (after[i]! - e) * Math.log(after[i]! / e), 0)
}

/** The smallest value, then the largest of each bin. */
function cutsOf(values: Float64Array): readonly number[] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort()
  if (sorted.length === 0) return []
  const ends = Array.from(
    { length: QUANTILES },
    (_, i) => sorted[Math.ceil(((i + 1) * sorted.length) / QUANTILES) - 1]!,
  )
  return [sorted[0]!, ...new Set(ends)]
}

function sharesOf(values: Float64Array, [least, ...ends]: readonly number[]): Float64Array {
  const counts = new Float64Array(ends.length + 3).fill(0.5)
  for (const value of values) counts[binOf(value, least ?? Number.POSITIVE_INFINITY, ends)]!++
  return counts.map((count) => count / (values.length + counts.length / 2))
}

/** 0 missing, 1 below all, then a bin for each end, last above all. */
function binOf(value: number, least: number, ends: readonly number[]): number {
  if (Number.isNaN(value)) return 0
  if (value < least) return 1
  const at = ends.findIndex((end) => value <= end)
  return 2 + (at < 0 ? ends.length : at)
}
