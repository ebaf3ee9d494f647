import { assert } from '../../core/mod.ts'
import type { TreeLoss, TreeParameters } from './parameters.ts'
import { addTree, type Tree } from './tree.ts'

/** The learner that makes the models of this version. */
export const TREES_IMPLEMENTATION = 'histogram-trees/1'

/** A trained ensemble: a row's score is `base` plus what each tree adds. */
export interface TreesModel {
  /** The learner that made it: {@link TREES_IMPLEMENTATION}. */
  readonly implementation: string
  /** Which kernels ran; they agree to the bit. */
  readonly kernels: string
  readonly loss: TreeLoss
  /** Names of the columns, in their order. */
  readonly features: readonly string[]
  readonly base: number
  readonly trees: readonly Tree[]
  readonly parameters: TreeParameters
  readonly seed: number
}

/**
 * Scores of `rows` of the columns, of all rows when absent: forecasts of a squared loss.
 * Columns are those of the training, in its order; values that are not finite are missing.
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

/** Numbers of all rows of the columns. */
export function allRows(columns: readonly Float32Array[]): Int32Array {
  return Int32Array.from({ length: columns[0]?.length ?? 0 }, (_, i) => i)
}
