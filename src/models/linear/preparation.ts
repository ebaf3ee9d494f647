import { assert } from '../../core/mod.ts'
import { type FeatureMatrix, type Refused, refused } from '../learner.ts'
import { BLOCK_ROWS, paddedSize } from './normal-equations.ts'
import { orderStatistics } from './order-statistics.ts'

/** How columns are made ready. */
export interface PreparationOptions {
  /** Share of the values cut to a quantile at either end; 0 cuts nothing. */
  readonly winsorShare: number
  /** A column of flags is added where at least this share of training rows has no value. */
  readonly flagShareMin: number
}

/** Half a percent at either end; flags from 1 % of rows without a value. */
export const DEFAULT_PREPARATION: PreparationOptions = { winsorShare: 0.005, flagShareMin: 0.01 }

/** What was measured of one feature on the training rows. */
export interface PreparedColumn {
  readonly name: string
  /** Values outside are cut to these. */
  readonly low: number
  readonly high: number
  /** Stands in for what is missing. */
  readonly median: number
  /** Of the cut and filled values; deviation with n in the denominator, 1 where they are equal. */
  readonly mean: number
  readonly deviation: number
  /** Share of training rows without a value. */
  readonly missingShare: number
  readonly hasFlag: boolean
}

/** Everything that turns features into regressors, as plain data. */
export interface Preparation {
  readonly kind: 'prepared'
  readonly options: PreparationOptions
  readonly columns: readonly PreparedColumn[]
  readonly trainingRows: number
}

/**
 * Measures cuts, medians, means and deviations on the given rows and on no other. Infinite values
 * count as missing. A feature without any value there (`missingShare` 1) becomes 0 for good.
 * Refused without rows, and where no feature has a value.
 */
export function fitPreparation(
  features: FeatureMatrix,
  rows: Int32Array,
  options = DEFAULT_PREPARATION,
): Preparation | Refused {
  if (rows.length === 0) return refused('no training rows qualify')
  const columns = features.names.map((name, f) =>
    fitColumn(name, features.columns[f]!, rows, options),
  )
  if (columns.every(({ missingShare }) => missingShare === 1)) {
    return refused(`no feature has a value in ${rows.length} training rows`)
  }
  return { kind: 'prepared', options, columns, trainingRows: rows.length }
}

function fitColumn(
  name: string,
  column: Float32Array,
  rows: Int32Array,
  { winsorShare, flagShareMin }: PreparationOptions,
): PreparedColumn {
  const values = finiteValues(column, rows)
  const present = values.length
  if (present === 0) {
    const nothing = { low: 0, high: 0, median: 0, mean: 0, deviation: 1 }
    return { name, ...nothing, missingShare: 1, hasFlag: false }
  }
  const cut = Math.floor(winsorShare * present)
  const middle = (present - 1) / 2
  const [low, below, above, high] = orderStatistics(values, [
    cut,
    Math.floor(middle),
    Math.ceil(middle),
    present - 1 - cut,
  ]) as unknown as [number, number, number, number]
  const median = (below + above) / 2
  const missing = rows.length - present
  // Two passes: the deviation of a column with a large mean must not be rounding.
  let sum = missing * median
  for (let i = 0; i < present; i++) sum += Math.min(high, Math.max(low, values[i]!))
  const mean = low === high ? low : sum / rows.length
  let squares = missing * (median - mean) ** 2
  for (let i = 0; i < present; i++) {
    const difference = Math.min(high, Math.max(low, values[i]!)) - mean
    squares += difference * difference
  }
  const deviation = Math.sqrt(squares / rows.length)
  const missingShare = missing / rows.length
  return {
    name,
    low,
    high,
    median,
    mean,
    deviation: deviation > 0 ? deviation : 1,
    missingShare,
    hasFlag: missing > 0 && missingShare >= flagShareMin,
  }
}

function finiteValues(column: Float32Array, rows: Int32Array): Float32Array {
  const values = new Float32Array(rows.length)
  let count = 0
  for (let i = 0; i < rows.length; i++) {
    const value = column[rows[i]!]!
    if (value - value === 0) values[count++] = value
  }
  return values.subarray(0, count)
}

/** Names of the regressors: the features, then a flag for each that may be missing. */
export function regressorNames({ columns }: Preparation): readonly string[] {
  const flags = columns.filter(({ hasFlag }) => hasFlag).map(({ name }) => `${name} missing`)
  return [...columns.map(({ name }) => name), ...flags]
}

/**
 * Calls `visit` with blocks of standardised rows, in order. The buffer is reused and column-major:
 * regressor j of the block's row i is element `j * BLOCK_ROWS + i`; zeros fill up rows and columns.
 */
export function forEachBlock(
  preparation: Preparation,
  features: FeatureMatrix,
  rows: Int32Array,
  visit: (block: Float64Array, start: number, count: number) => void,
): void {
  const columns = columnsOf(preparation, features)
  const size = regressorNames(preparation).length
  const block = new Float64Array(paddedSize(size) * BLOCK_ROWS)
  for (let start = 0; start < rows.length; start += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, rows.length - start)
    if (count < BLOCK_ROWS) block.fill(0)
    let flag = preparation.columns.length
    preparation.columns.forEach((prepared, j) => {
      const some = { start, count, at: j * BLOCK_ROWS }
      standardise(columns[j]!, rows, some, prepared, block)
      if (!prepared.hasFlag) return
      const flags = block.subarray(flag * BLOCK_ROWS, flag * BLOCK_ROWS + count)
      standardiseFlags(columns[j]!, rows, start, prepared.missingShare, flags)
      flag++
    })
    visit(block, start, count)
  }
}

/** Columns in the preparation's order, found by name. */
function columnsOf(preparation: Preparation, features: FeatureMatrix): readonly Float32Array[] {
  const places = new Map(features.names.map((name, i) => [name, i]))
  return preparation.columns.map(({ name }) => {
    const place = places.get(name)
    assert(place !== undefined, `feature ${name} of the model is not there`)
    return features.columns[place]!
  })
}

/** Rows of a block, and where they go. */
interface BlockRows {
  readonly start: number
  readonly count: number
  readonly at: number
}

function standardise(
  column: Float32Array,
  rows: Int32Array,
  { start, count, at }: BlockRows,
  { low, high, median, mean, deviation }: PreparedColumn,
  into: Float64Array,
): void {
  const scale = 1 / deviation
  for (let i = 0; i < count; i++) {
    const value = column[rows[start + i]!]!
    let cut = value
    // One test for nearly all; comparisons are false for NaN, and both infinities are missing too.
    if (!(value >= low && value <= high)) {
      cut = value - value !== 0 ? median : value < low ? low : high
    }
    into[at + i] = (cut - mean) * scale
  }
}

function standardiseFlags(
  column: Float32Array,
  rows: Int32Array,
  start: number,
  share: number,
  into: Float64Array,
): void {
  const deviation = Math.sqrt(share * (1 - share)) || 1
  for (let i = 0; i < into.length; i++) {
    const value = column[rows[start + i]!]!
    into[i] = ((value - value === 0 ? 0 : 1) - share) / deviation
  }
}

/**
 * Writes standardised rows, each to its own place of `stride` elements, as {@link forEachBlock}
 * makes them but in single precision; what is behind a row's last regressor is left as it is.
 */
export function fillRows(
  into: Float32Array,
  stride: number,
  { rows, places }: { readonly rows: Int32Array; readonly places: Int32Array },
  {
    preparation,
    features,
  }: { readonly preparation: Preparation; readonly features: FeatureMatrix },
): void {
  const columns = columnsOf(preparation, features)
  let flag = preparation.columns.length
  preparation.columns.forEach((prepared, j) => {
    const { low, high, median, mean, deviation, hasFlag, missingShare: share } = prepared
    const column = columns[j]!
    const scale = 1 / deviation
    const flagScale = 1 / (Math.sqrt(share * (1 - share)) || 1)
    const flagOffset = hasFlag ? flag++ - j : 0
    for (let i = 0; i < rows.length; i++) {
      const value = column[rows[i]!]!
      const at = places[i]! * stride + j
      const isPresent = value - value === 0
      const cut = value < low ? low : value > high ? high : value
      into[at] = ((isPresent ? cut : median) - mean) * scale
      if (hasFlag) into[at + flagOffset] = ((isPresent ? 0 : 1) - share) * flagScale
    }
  })
}
