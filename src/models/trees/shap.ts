import { assert } from '../../core/mod.ts'
import type { TreesModel } from './model.ts'
import { isMissing, type Tree } from './tree.ts'

/** Why rows have the scores that they have. */
export interface TreeExplanation {
  /** Score expected when no feature is known. */
  readonly expected: number
  /** Shapley values, a row's features side by side: with `expected` they sum to its score. */
  readonly values: Float64Array
}

/**
 * Exact Shapley values of the features for the scores of `rows`, where a feature that is not known
 * goes both ways in the proportion of the training rows (TreeSHAP, path-dependent: Lundberg, Erion
 * and Lee 2018, arXiv:1802.03888, algorithm 2). Asserts the number of columns.
 */
export function explainTrees(
  model: TreesModel,
  columns: readonly Float32Array[],
  rows: Int32Array,
): TreeExplanation {
  const { length: features } = model.features
  assert(columns.length === features, 'as many columns as the model has features')
  const values = new Float64Array(rows.length * features)
  let expected = model.base
  for (const tree of model.trees) {
    expected += expectedValue(tree, 0)
    const path = makePath(depthOf(tree, 0) + 2)
    for (let i = 0; i < rows.length; i++) {
      const out = values.subarray(i * features, (i + 1) * features)
      const walk: Walk = { tree, columns, row: rows[i]!, path, out }
      descend(walk, { node: 0, from: 0, length: 0, zero: 1, one: 1, feature: -1 })
    }
  }
  return { expected, values }
}

function expectedValue(tree: Tree, node: number): number {
  if (tree.feature[node]! < 0) return tree.value[node]!
  const left = tree.child[node]!
  const share = tree.rows[left]! / tree.rows[node]!
  return share * expectedValue(tree, left) + (1 - share) * expectedValue(tree, left + 1)
}

function depthOf(tree: Tree, node: number): number {
  if (tree.feature[node]! < 0) return 0
  const left = tree.child[node]!
  return 1 + Math.max(depthOf(tree, left), depthOf(tree, left + 1))
}

/**
 * The features on the way to a node; every level has a copy of its own behind that of its parent.
 */
interface Path {
  readonly feature: Int32Array
  /**
   * Share of the ways through the feature's splits when it is not known, and whether it is on them.
   */
  readonly zero: Float64Array
  readonly one: Float64Array
  /** Weight of the sets of so many known features. */
  readonly weight: Float64Array
}

function makePath(levels: number): Path {
  const length = (levels * (levels + 1)) / 2
  return {
    feature: new Int32Array(length),
    zero: new Float64Array(length),
    one: new Float64Array(length),
    weight: new Float64Array(length),
  }
}

interface Walk {
  readonly tree: Tree
  readonly columns: readonly Float32Array[]
  readonly row: number
  readonly path: Path
  readonly out: Float64Array
}

/** A node to enter, with the path to its parent and what the split before it adds. */
interface Step {
  readonly node: number
  /** Where the parent's path begins and how long it is. */
  readonly from: number
  readonly length: number
  readonly zero: number
  readonly one: number
  readonly feature: number
}

function descend(walk: Walk, step: Step): void {
  const { tree, path } = walk
  const from = step.from + step.length
  copyPath(path, step.from, from, step.length)
  extend(path, from, step)
  const length = step.length + 1
  const feature = tree.feature[step.node]!
  if (feature < 0) {
    addLeaf(walk, from, length, tree.value[step.node]!)
    return
  }
  const hot = followed(walk, step.node)
  const left = tree.child[step.node]!
  const cold = hot === left ? left + 1 : left
  let zero = 1
  let one = 1
  let known = length
  const before = placeOf(path, from, length, feature)
  if (before >= 0) {
    zero = path.zero[before]!
    one = path.one[before]!
    unwind(path, from, length, before)
    known--
  }
  const share = (node: number) => (zero * tree.rows[node]!) / tree.rows[step.node]!
  const next = { from, length: known, feature }
  descend(walk, { ...next, node: hot, zero: share(hot), one })
  descend(walk, { ...next, node: cold, zero: share(cold), one: 0 })
}

function followed({ tree, columns, row }: Walk, node: number): number {
  const value = columns[tree.feature[node]!]![row]!
  const left = isMissing(value) ? tree.missingLeft[node] === 1 : value <= tree.threshold[node]!
  return tree.child[node]! + (left ? 0 : 1)
}

function copyPath(path: Path, from: number, to: number, length: number): void {
  for (const column of [path.feature, path.zero, path.one, path.weight]) {
    column.copyWithin(to, from, from + length)
  }
}

function placeOf({ feature }: Path, from: number, length: number, wanted: number): number {
  for (let i = from + 1; i < from + length; i++) if (feature[i] === wanted) return i
  return -1
}

function extend(path: Path, from: number, { length, zero, one, feature }: Step): void {
  const { weight } = path
  const end = from + length
  path.feature[end] = feature
  path.zero[end] = zero
  path.one[end] = one
  weight[end] = length === 0 ? 1 : 0
  for (let i = length - 1; i >= 0; i--) {
    weight[from + i + 1]! += (one * weight[from + i]! * (i + 1)) / (length + 1)
    weight[from + i] = (zero * weight[from + i]! * (length - i)) / (length + 1)
  }
}

/** Takes a feature out of the path again. */
function unwind(path: Path, from: number, length: number, place: number): void {
  const { weight } = path
  const zero = path.zero[place]!
  const one = path.one[place]!
  let next = weight[from + length - 1]!
  for (let i = length - 2; i >= 0; i--) {
    if (one !== 0) {
      const kept = weight[from + i]!
      weight[from + i] = (next * length) / ((i + 1) * one)
      next = kept - (weight[from + i]! * zero * (length - 1 - i)) / length
    } else {
      weight[from + i] = (weight[from + i]! * length) / (zero * (length - 1 - i))
    }
  }
  for (const column of [path.feature, path.zero, path.one]) {
    column.copyWithin(place, place + 1, from + length)
  }
}

/** Sum of the weights that would be left without the feature at `place`. */
function weightWithout(path: Path, from: number, length: number, place: number): number {
  const { weight } = path
  const zero = path.zero[place]!
  const one = path.one[place]!
  let next = weight[from + length - 1]!
  let sum = 0
  for (let i = length - 2; i >= 0; i--) {
    if (one !== 0) {
      const left = (next * length) / ((i + 1) * one)
      sum += left
      next = weight[from + i]! - (left * zero * (length - 1 - i)) / length
    } else {
      sum += (weight[from + i]! * length) / (zero * (length - 1 - i))
    }
  }
  return sum
}

function addLeaf({ path, out }: Walk, from: number, length: number, value: number): void {
  for (let place = from + 1; place < from + length; place++) {
    const weight = weightWithout(path, from, length, place)
    out[path.feature[place]!]! += weight * (path.one[place]! - path.zero[place]!) * value
  }
}
