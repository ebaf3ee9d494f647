import { assert, createRandom, type Random } from '../../core/mod.ts'
import { columnEdges, sampleRows } from './binning.ts'
import { type GrownTree, growTree } from './grow.ts'
import { plainKernels, type TreeKernels } from './kernels.ts'
import type { Loss } from './loss.ts'
import { lossOf } from './losses.ts'
import { TREES_IMPLEMENTATION, type TreesModel } from './model.ts'
import type { TreeParameters } from './parameters.ts'
import { roundDerivatives } from './round.ts'
import { drawFrom, shareOf } from './sampling.ts'
import {
  type CompleteTraining,
  completeTraining,
  problemOfTraining,
  type TreeTraining,
} from './training.ts'
import { addTree, type Tree } from './tree.ts'
import { SETTING, type TreeWorkspace } from './workspace.ts'

/**
 * Trains boosted trees: the same input gives the same bits, whatever the kernels and threads.
 * Asserts that {@link problemOfTraining} finds nothing.
 */
export function trainTrees(training: TreeTraining): TreesModel {
  const problem = problemOfTraining(training)
  assert(problem === null, problem ?? '')
  const complete = completeTraining(training)
  const boosting = startBoosting(training, complete)
  const { parameters, features } = complete
  const losses: number[] = []
  const trees: Tree[] = []
  let best = 0
  for (let round = 0; round < parameters.trees; round++) {
    trees.push(boost(boosting))
    const validationLoss = boosting.watch?.(trees.at(-1)!) ?? null
    if (validationLoss !== null) losses.push(validationLoss)
    training.onProgress?.({ trees: trees.length, treesMax: parameters.trees, validationLoss })
    if (validationLoss === null || validationLoss < losses[best]!) best = round
    else if (parameters.patience !== null && round - best >= parameters.patience) break
  }
  const metric = boosting.loss.metric
  return {
    implementation: TREES_IMPLEMENTATION,
    kernels: boosting.kernels.name,
    features,
    base: boosting.loss.base,
    trees: trees.slice(0, best + 1),
    validation: boosting.watch === null ? null : { metric, losses },
    parameters,
    seed: training.seed,
  }
}

/** What goes on from tree to tree. */
interface Boosting {
  readonly w: TreeWorkspace
  readonly kernels: TreeKernels
  readonly parameters: TreeParameters
  readonly edges: readonly Float64Array[]
  readonly random: Random
  readonly columns: readonly Float32Array[]
  readonly rows: Int32Array
  readonly loss: Loss
  readonly scores: Float64Array
  readonly gradient: Float64Array
  readonly hessian: Float64Array
  /** Adds a tree to the scores of the validation rows and measures them. */
  readonly watch: ((tree: Tree) => number) | null
}

function startBoosting(training: TreeTraining, complete: CompleteTraining): Boosting {
  const { columns, kernels = plainKernels } = training
  const { rows, parameters } = complete
  const random = createRandom(training.seed)
  const w = openWorkspace(kernels, complete, columns.length)
  const sampled = sampleRows(rows, parameters.binSample, random)
  const values = new Float32Array(rows.length)
  const edges = columns.map((column, feature) => {
    const found = columnEdges(column, sampled, parameters.binsMax)
    for (let i = 0; i < rows.length; i++) values[i] = column[rows[i]!]!
    kernels.assign(w, feature, values, found)
    return found
  })
  const loss = lossOver(training, parameters, rows)
  return {
    w,
    kernels,
    parameters,
    edges,
    random,
    columns,
    rows,
    loss,
    scores: new Float64Array(rows.length).fill(loss.base),
    gradient: new Float64Array(rows.length),
    hessian: new Float64Array(rows.length),
    watch: watchOf(training, complete, loss.base),
  }
}

function openWorkspace(
  kernels: TreeKernels,
  { rows, parameters, features: names }: CompleteTraining,
  features: number,
): TreeWorkspace {
  const shape = { rows: rows.length, features, slots: parameters.leavesMax, parts: kernels.parts }
  const w = kernels.open(shape)
  w.settings[SETTING.l1] = parameters.l1
  w.settings[SETTING.l2] = parameters.l2
  w.settings[SETTING.rowsMin] = parameters.rowsMin
  w.settings[SETTING.hessianMin] = parameters.hessianMin
  names.forEach((name, feature) => {
    w.monotone[feature] = parameters.monotone[name] ?? 0
  })
  w.settings[SETTING.isConstrained] = w.monotone.some((direction) => direction !== 0) ? 1 : 0
  return w
}

/** The loss over some rows, in their order. */
function lossOver(training: TreeTraining, parameters: TreeParameters, rows: Int32Array): Loss {
  const { target, weights, groups } = training
  return lossOf(parameters, {
    target: Float64Array.from(rows, (row) => target[row]!),
    weights: weights === undefined ? null : Float64Array.from(rows, (row) => weights[row]!),
    groups: groups === undefined ? null : rows.map((row) => groups[row]!),
  })
}

function watchOf(
  training: TreeTraining,
  { validation, parameters }: CompleteTraining,
  base: number,
): Boosting['watch'] {
  if (validation === null) return null
  const loss = lossOver(training, parameters, validation)
  const scores = new Float64Array(validation.length).fill(base)
  return (tree) => {
    addTree(tree, training.columns, validation, scores)
    return loss.measure(scores)
  }
}

/** Grows the next tree and adds it to the scores. */
function boost(boosting: Boosting): Tree {
  const { w, kernels, parameters, edges, scores, gradient, hessian } = boosting
  boosting.loss.derive(scores, gradient, hessian)
  roundDerivatives(w, gradient, hessian)
  const left = sample(boosting)
  const count = scores.length - left.length
  const grown = growTree({ w, kernels, parameters, edges, rows: count })
  addLeaves(w, grown, scores)
  addLeft(boosting, grown.tree, left)
  return grown.tree
}

/** Draws the tree's rows, into `order`, and its features; returns the rows that were not drawn. */
function sample({ w, parameters, random }: Boosting): Int32Array {
  const { rows, features } = w.shape
  const activeCount = shareOf(features, parameters.columnShare)
  drawFrom(features, activeCount, random, (feature, isDrawn) => {
    w.isActive[feature] = isDrawn ? 1 : 0
  })
  const count = shareOf(rows, parameters.rowShare)
  if (count === rows) {
    for (let row = 0; row < rows; row++) w.order[row] = row
    return new Int32Array()
  }
  const left = new Int32Array(rows - count)
  let drawn = 0
  drawFrom(rows, count, random, (row, isDrawn) => {
    if (isDrawn) w.order[drawn++] = row
    else left[row - drawn] = row
  })
  return left
}

function addLeaves({ order }: TreeWorkspace, { tree, leaves }: GrownTree, scores: Float64Array) {
  for (const { node, from, to } of leaves) {
    const value = tree.value[node]!
    for (let i = from; i < to; i++) scores[order[i]!]! += value
  }
}

/** Adds the tree to the scores of rows that it was not grown from. */
function addLeft({ columns, rows, scores }: Boosting, tree: Tree, left: Int32Array): void {
  const added = new Float64Array(left.length)
  addTree(
    tree,
    columns,
    left.map((row) => rows[row]!),
    added,
  )
  for (let i = 0; i < left.length; i++) scores[left[i]!]! += added[i]!
}
