import { assert } from '../../core/mod.ts'
import type { TreesModel } from './model.ts'
import { isMissing } from './tree.ts'

/** 32-bit words of a node: threshold, byte of its value in a row, byte of its left child. */
export const NODE_WORDS = 4
const NODE_BYTES = 4 * NODE_WORDS
/** A feature stands in a row twice: what is missing is above everything, then below everything. */
export const FEATURE_COPIES = 2

/** How large a forest is. */
export interface ForestShape {
  readonly nodes: number
  readonly trees: number
  readonly features: number
}

/** All trees of a model as a compiled kernel reads them (kernels/trees.ts), one after another. */
export interface Forest {
  /** {@link NODE_WORDS} a node; a leaf leads to itself. */
  readonly nodes: Int32Array
  /** Value of each node. */
  readonly leaves: Float64Array
  /** Byte of each tree's root. */
  readonly roots: Int32Array
}

/** The shape of a model's forest. */
export const forestShape = ({ trees, features }: TreesModel): ForestShape => ({
  nodes: trees.reduce((sum, { feature }) => sum + feature.length, 0),
  trees: trees.length,
  features: features.length,
})

/** Writes a model's trees into a forest of its shape. */
export function writeForest({ trees }: TreesModel, { nodes, leaves, roots }: Forest): void {
  const thresholds = new Float32Array(nodes.buffer, nodes.byteOffset, nodes.length)
  let first = 0
  trees.forEach(({ feature, threshold, missingLeft, child, value }, tree) => {
    roots[tree] = first * NODE_BYTES
    for (let node = 0; node < feature.length; node++) {
      const at = first + node
      const isLeaf = feature[node]! < 0
      thresholds[at * NODE_WORDS] = isLeaf ? Number.POSITIVE_INFINITY : atMost(threshold[node]!)
      nodes[at * NODE_WORDS + 1] = isLeaf
        ? 0
        : 4 * (FEATURE_COPIES * feature[node]! + missingLeft[node]!)
      nodes[at * NODE_WORDS + 2] = (isLeaf ? at : first + child[node]!) * NODE_BYTES
      leaves[at] = value[node]!
    }
    first += feature.length
  })
}

const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

/** The greatest 32-bit number that is not above a threshold: it parts 32-bit values alike. */
function atMost(threshold: number): number {
  float[0] = threshold
  if (float[0]! > threshold) {
    if (float[0] === 0) bits[0] = 0x80000001 | 0
    else bits[0]! += float[0]! > 0 ? -1 : 1
  }
  return float[0]!
}

/** Writes `count` rows of the columns, from `rows[first]` on, as a forest reads them. */
export function writeForestRows(
  columns: readonly Float32Array[],
  rows: Int32Array,
  { first, count }: { readonly first: number; readonly count: number },
  values: Float32Array,
): void {
  const stride = FEATURE_COPIES * columns.length
  assert(values.length >= count * stride, 'there is room for the rows')
  for (let f = 0; f < columns.length; f++) {
    const column = columns[f]!
    for (let i = 0, at = FEATURE_COPIES * f; i < count; i++, at += stride) {
      const value = column[rows[first + i]!]!
      const isNone = isMissing(value)
      values[at] = isNone ? Number.POSITIVE_INFINITY : value
      values[at + 1] = isNone ? Number.NEGATIVE_INFINITY : value
    }
  }
}
