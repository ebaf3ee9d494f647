import type { TreesModel } from './model.ts'

/** How much each feature took part, in the order of the model's features. */
export interface TreeImportance {
  /** Sum over its splits of twice the fall of the training loss. */
  readonly gain: Float64Array
  /** Splits. */
  readonly splits: Int32Array
}

/** Importance of the features in the training; says nothing of rows that were not trained on. */
export function treeImportance(model: TreesModel): TreeImportance {
  const gain = new Float64Array(model.features.length)
  const splits = new Int32Array(model.features.length)
  for (const tree of model.trees) {
    tree.feature.forEach((feature, node) => {
      if (feature < 0) return
      gain[feature]! += tree.gain[node]!
      splits[feature]! += 1
    })
  }
  return { gain, splits }
}
