import { assert, createRandom } from '../../core/mod.ts'
import { binColumn, columnEdges } from './binning.ts'
import { type GrownTree, growTree } from './grow.ts'
import { plainKernels, type TreeKernels } from './kernels.ts'
import { squaredLoss } from './loss.ts'
import { allRows, TREES_IMPLEMENTATION, type TreesModel } from './model.ts'
import { defaultTreeParameters, type TreeParameters } from './parameters.ts'
import { roundDerivatives } from './round.ts'
import type { Tree } from './tree.ts'
import {
  divideGroups,
  layWorkspace,
  SETTING,
  type TreeWorkspace,
  workspaceBytes,
} from './workspace.ts'

/** What trees are trained on. Columns, target and weights have one element for each row. */
export interface TreeTraining {
  readonly columns: readonly Float32Array[]
  /** Names of the columns; f0, f1 ... when absent. */
  readonly features?: readonly string[]
  readonly target: Float32Array | Float64Array
  readonly weights?: Float32Array | Float64Array
  /** Rows to train on, each at most once; all when absent. */
  readonly rows?: Int32Array
  readonly parameters?: Partial<TreeParameters>
  /** Those in TypeScript when absent. */
  readonly kernels?: TreeKernels
  readonly seed: number
}

/** Trains boosted trees. The same input gives the same bits, whatever the kernels and threads. */
export function trainTrees(training: TreeTraining): TreesModel {
  const { columns, kernels = plainKernels, seed } = training
  const parameters = { ...defaultTreeParameters, ...training.parameters }
  const rows = training.rows ?? allRows(columns)
  const random = createRandom(seed)
  const w = openWorkspace(kernels, parameters, rows.length, columns.length)
  const edges = columns.map((column, feature) => {
    const found = columnEdges(column, rows, {
      binsMax: parameters.binsMax,
      sample: parameters.binSample,
      random,
    })
    binColumn(w, feature, column, rows, found)
    return found
  })
  const loss = squaredLoss(pick(training.target, rows), pickWeights(training, rows))
  const scores = new Float64Array(rows.length).fill(loss.base)
  const gradient = new Float64Array(rows.length)
  const hessian = new Float64Array(rows.length)
  const trees: Tree[] = []
  for (let round = 0; round < parameters.trees; round++) {
    loss.derive(scores, gradient, hessian)
    roundDerivatives(w, gradient, hessian)
    for (let i = 0; i < rows.length; i++) w.order[i] = i
    const count = rows.length
    const grown = growTree({ w, kernels, parameters, edges, rows: count, gradient, hessian })
    addLeaves(w, grown, scores)
    trees.push(grown.tree)
  }
  return {
    implementation: TREES_IMPLEMENTATION,
    kernels: kernels.name,
    loss: parameters.loss,
    features: training.features ?? columns.map((_, i) => `f${i}`),
    base: loss.base,
    trees,
    parameters,
    seed,
  }
}

function openWorkspace(
  kernels: TreeKernels,
  parameters: TreeParameters,
  rows: number,
  features: number,
): TreeWorkspace {
  assert(rows > 0 && features > 0, 'trees need rows and features')
  const shape = { rows, features, slots: parameters.leavesMax, parts: kernels.parts }
  const { buffer, start } = kernels.allocate(workspaceBytes(shape))
  const w = layWorkspace(shape, buffer, start)
  divideGroups(w)
  w.isActive.fill(1, 0, features)
  w.settings[SETTING.l1] = parameters.l1
  w.settings[SETTING.l2] = parameters.l2
  w.settings[SETTING.rowsMin] = parameters.rowsMin
  w.settings[SETTING.hessianMin] = parameters.hessianMin
  return w
}

const pick = (values: Float32Array | Float64Array, rows: Int32Array): Float64Array =>
  Float64Array.from(rows, (row) => values[row]!)

const pickWeights = ({ weights }: TreeTraining, rows: Int32Array): Float64Array | null =>
  weights === undefined ? null : pick(weights, rows)

function addLeaves({ order }: TreeWorkspace, { tree, leaves }: GrownTree, scores: Float64Array) {
  for (const { node, from, to } of leaves) {
    const value = tree.value[node]!
    for (let i = from; i < to; i++) scores[order[i]!]! += value
  }
}
