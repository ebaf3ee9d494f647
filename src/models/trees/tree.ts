/**
 * A binary tree in columns by node; node 0 is its root. A value that is not missing goes to `child`
 * when it is at most `threshold`, else to `child` + 1; a missing one where `missingLeft` says.
 */
export interface Tree {
  /** Feature that the node splits; -1: a leaf. */
  readonly feature: Int32Array
  readonly threshold: Float64Array
  readonly missingLeft: Uint8Array
  /** Left child; the right one follows it. */
  readonly child: Int32Array
  /** What a leaf adds to the score; of a node that splits, what it would add as a leaf. */
  readonly value: Float64Array
  /** Training rows that came by. */
  readonly rows: Float64Array
  /** Twice by how much the split lowered the training loss; 0 of a leaf. */
  readonly gain: Float64Array
}

/** Whether a value counts as missing: NaN and the infinities do. */
export const isMissing = (value: number): boolean => !(value - value === 0)

/** The leaf that a row of the columns falls into. */
export function leafOf(tree: Tree, columns: readonly Float32Array[], row: number): number {
  const { feature, threshold, missingLeft, child } = tree
  let node = 0
  for (let f = feature[0]!; f >= 0; f = feature[node]!) {
    const value = columns[f]![row]!
    const left = isMissing(value) ? missingLeft[node] === 1 : value <= threshold[node]!
    node = child[node]! + (left ? 0 : 1)
  }
  return node
}

/** Adds the tree's value to the score of each of `rows` of the columns. Mutates `scores`. */
export function addTree(
  tree: Tree,
  columns: readonly Float32Array[],
  rows: Int32Array,
  scores: Float64Array,
): void {
  for (let i = 0; i < rows.length; i++) {
    scores[i]! += tree.value[leafOf(tree, columns, rows[i]!)]!
  }
}
