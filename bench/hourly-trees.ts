import type { ThreadedTreeKernels } from '../src/adapters/mod.ts'
import type { HourPanel } from '../src/core/mod.ts'
import {
  computeFeatures,
  computeLabels,
  DEFAULT_LABELS,
  features,
  type TreeLoss,
  type TreesModel,
  trainTrees,
} from '../src/models/mod.ts'

/** Trees of a model. */
export const TREES = 200
const TRAINING_ROWS = 50_000

/** Trees of the excess return and of the downside event. */
export interface Models {
  readonly excess: TreesModel
  readonly event: TreesModel
}

/** Trees of the bars before `endBar`, on some of their rows. */
export function trainBoth(
  panel: HourPanel,
  kernels: ThreadedTreeKernels,
  endBar = panel.grid.openTime.length,
): Models {
  const bars = panel.grid.openTime.length
  const { columns } = computeFeatures(panel)
  const labels = computeLabels(panel, DEFAULT_LABELS)
  const train = (loss: TreeLoss, target: Float32Array | Float64Array): TreesModel => {
    const rows = Int32Array.from(target.keys()).filter(
      (row) => row % bars < endBar && !Number.isNaN(target[row]!),
    )
    const stride = Math.max(1, Math.floor(rows.length / TRAINING_ROWS))
    return trainTrees({
      ...{ columns, features: features.map(({ name }) => name), target, kernels, seed: 1 },
      rows: rows.filter((_, i) => i % stride === 0),
      parameters: { loss, trees: TREES, leavesMax: 31, rowsMin: 100, learningRate: 0.05 },
    })
  }
  return {
    excess: train('squared', labels.excessReturn),
    event: train('logistic', labels.downsideEvent),
  }
}
