import { assert } from '../../core/mod.ts'
import { probability } from './loss.ts'
import type { TreeLoss, TreeParameters } from './parameters.ts'
import { addTree, isMissing, type Tree } from './tree.ts'

/** The learner that makes the models of this version. */
export const TREES_IMPLEMENTATION = 'histogram-trees/1'

/** How training went on the validation rows. */
export interface TreeValidation {
  readonly metric: string
  /** Metric after each tree that was grown, also those that were not kept. */
  readonly losses: readonly number[]
}

/** A trained ensemble: a row's score is `base` plus what each tree adds. */
export interface TreesModel {
  /** The learner that made it: {@link TREES_IMPLEMENTATION}. */
  readonly implementation: string
  /** Which kernels ran; they agree to the bit. */
  readonly kernels: string
  /** Names of the columns, in their order. */
  readonly features: readonly string[]
  readonly base: number
  /** Those kept: with validation rows, up to the one with the least loss. */
  readonly trees: readonly Tree[]
  readonly validation: TreeValidation | null
  readonly parameters: TreeParameters
  readonly seed: number
}

/**
 * Scores of `rows` of the columns, of all rows when absent: forecasts of a squared loss, log odds
 * of a logistic one, numbers without a unit of a ranking. The columns are those of the training, in
 * its order; values that are not finite are missing. Asserts their number.
 */
export function scoreTrees(
  model: TreesModel,
  columns: readonly Float32Array[],
  rows: Int32Array = allRows(columns),
): Float64Array {
  assert(columns.length === model.features.length, 'as many columns as the model has features')
  const scores = new Float64Array(rows.length).fill(model.base)
  for (const tree of model.trees) addTree(tree, columns, rows, scores)
  return scores
}

/**
 * Score of one row, given as a value for each feature; they are rounded to 32 bits as columns are.
 */
export function scoreRow(model: TreesModel, values: ArrayLike<number>): number {
  assert(values.length === model.features.length, 'as many values as the model has features')
  let score = model.base
  for (const { feature, threshold, missingLeft, child, value } of model.trees) {
    let node = 0
    for (let f = feature[0]!; f >= 0; f = feature[node]!) {
      const seen = Math.fround(values[f]!)
      const left = isMissing(seen) ? missingLeft[node] === 1 : seen <= threshold[node]!
      node = child[node]! + (left ? 0 : 1)
    }
    score += value[node]!
  }
  return score
}

/**
 * What the loss forecasts by a score: a probability for the logistic one, else the score itself.
 */
export const forecastOf = (loss: TreeLoss, score: number): number =>
  loss === 'logistic' ? probability(score) : score

/** Numbers of all rows of the columns. */
function allRows(columns: readonly Float32Array[]): Int32Array {
  return Int32Array.from({ length: columns[0]?.length ?? 0 }, (_, i) => i)
}
