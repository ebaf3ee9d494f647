/** What is minimised. */
export type TreeLoss = 'squared'

/** How trees are grown; {@link defaultTreeParameters} has the defaults. */
export interface TreeParameters {
  readonly loss: TreeLoss
  /** Trees, at most: early stopping may end before. */
  readonly trees: number
  /** Factor on what each tree adds, above 0 and at most 1. */
  readonly learningRate: number
  /** Leaves of a tree, at most; the leaf that gains most is split next. */
  readonly leavesMax: number
  /** Splits on the way to a leaf, at most. */
  readonly depthMax: number
  /** Rows that a leaf must have. */
  readonly rowsMin: number
  /** Sum of hessians that a leaf must have; of squared loss without weights that of its rows. */
  readonly hessianMin: number
  /** What a split must gain at least, as twice the fall of the loss. */
  readonly gainMin: number
  /** Penalty on the absolute value of a leaf. */
  readonly l1: number
  /** Penalty on the squared value of a leaf. */
  readonly l2: number
  /** Bins of a feature without that of missing values, 2 to 255. */
  readonly binsMax: number
  /** Rows from which the edges of the bins are taken, at most. */
  readonly binSample: number
}

/** Sound values to begin with. */
export const defaultTreeParameters: TreeParameters = {
  loss: 'squared',
  trees: 100,
  learningRate: 0.1,
  leavesMax: 31,
  depthMax: 64,
  rowsMin: 20,
  hessianMin: 1e-3,
  gainMin: 0,
  l1: 0,
  l2: 1,
  binsMax: 255,
  binSample: 200_000,
}
