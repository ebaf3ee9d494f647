import { assignBins } from './assign.ts'
import { subtractHistogram, sumHistogram } from './histogram.ts'
import { scoreTrees, type TreesModel } from './model.ts'
import { divideRows, type TreeDivision } from './partition.ts'
import { scanSplits } from './scan.ts'
import {
  layWorkspace,
  TASK,
  type TreeWorkspace,
  type WorkspaceShape,
  workspaceBytes,
} from './workspace.ts'

/**
 * The heavy work of growing a tree. Every sum is one of integers, so implementations and numbers of
 * threads agree to the bit.
 */
export interface TreeKernels {
  /** Names what ran, for models and reports. */
  readonly name: string
  /** Into how many parts the features are best divided: as many as there are threads. */
  readonly parts: number
  /** A workspace, empty, for one training; the one before is then void. */
  readonly open: (shape: WorkspaceShape) => TreeWorkspace
  /** Bins of a feature by its values in the rows of the workspace, and where its edges lie. */
  readonly assign: (
    w: TreeWorkspace,
    feature: number,
    values: Float32Array,
    edges: Float64Array,
  ) => void
  /** Rows of a leaf to both sides, stable; returns how many went left. */
  readonly divide: (w: TreeWorkspace, division: TreeDivision) => number
  /**
   * The task of the workspace: the histogram of its rows; its sibling's by subtraction when there
   * is one; the best split of each part of both.
   */
  readonly measure: (w: TreeWorkspace) => void
  /** Scores of rows of the columns, as `scoreTrees` gives them. */
  readonly score: (
    model: TreesModel,
    columns: readonly Float32Array[],
    rows: Int32Array,
  ) => Float64Array
}

/** The kernels in TypeScript. */
export const plainKernels: TreeKernels = {
  name: 'typescript',
  parts: 1,
  open: (shape) => layWorkspace(shape, new ArrayBuffer(workspaceBytes(shape))),
  assign: assignBins,
  divide: divideRows,
  measure(w) {
    for (let part = 0; part < w.shape.parts; part++) measurePart(w, part)
  },
  score: scoreTrees,
}

function measurePart(w: TreeWorkspace, part: number): void {
  const from = w.parts[part]!
  const to = w.parts[part + 1]!
  sumHistogram(w, from, to)
  if (w.task[TASK.siblingSlot]! >= 0) subtractHistogram(w, from, to)
  scanSplits(w, part)
}
