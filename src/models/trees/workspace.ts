import { FEATURE_COPIES, NODE_WORDS } from './forest.ts'

/** Features that lie side by side in a row's bins: one 64-bit word of them is read at a time. */
export const GROUP = 8
/** Bins of a feature in a histogram; the last is that of missing values. */
export const BINS = 256
/** Bin of a missing value. */
export const MISSING = 255
/** 32-bit words of one bin of a histogram. */
export const BIN_WORDS = 4
/** Most rows that one training may have: rows of a bin are counted in 24 bits. */
export const ROWS_MAXIMUM = 2 ** 24 - 1
/** Where what lies in {@link TreeWorkspace.settings}. */
export const SETTING = {
  gradientUnit: 0,
  hessianUnit: 1,
  l1: 2,
  l2: 3,
  rowsMin: 4,
  hessianMin: 5,
  isConstrained: 6,
} as const
/** Where what lies in {@link TreeWorkspace.task}; the two nodes follow, the measured one first. */
export const TASK = { from: 0, to: 1, slot: 2, siblingSlot: 3, nodes: 4 } as const
/** Fields of a node in the task: its sums in whole units, bounds of its value, score as a leaf. */
export const NODE = {
  gradient: 0,
  hessian: 1,
  rows: 2,
  lowest: 3,
  highest: 4,
  score: 5,
  isOpen: 6,
  length: 7,
} as const
/** Fields of a best split. */
export const SPLIT = {
  gain: 0,
  feature: 1,
  bin: 2,
  missingLeft: 3,
  gradient: 4,
  hessian: 5,
  rows: 6,
  length: 7,
} as const

/** The constants of the layout, for kernels that are compiled. */
export const TREE_LAYOUT = {
  GROUP,
  BINS,
  TASK,
  NODE,
  SPLIT,
  NODE_WORDS,
  FEATURE_COPIES,
} as const

/** How large a workspace is. */
export interface WorkspaceShape {
  readonly rows: number
  readonly features: number
  /** Histograms held at a time. */
  readonly slots: number
  /** Into how many the features are divided for {@link TreeWorkspace.parts}. */
  readonly parts: number
}

/**
 * Everything that the kernels read and write while a tree grows, as views over one piece of memory,
 * so that a compiled kernel and several threads can share it.
 */
export interface TreeWorkspace {
  readonly shape: WorkspaceShape
  readonly groups: number
  /** Bin of each value, row by row, filled up to whole groups: what histograms are made from. */
  readonly bins: Uint8Array
  /** The same, feature by feature: what rows are divided by. */
  readonly binColumns: Uint8Array
  /** Rows, so that those of a leaf lie side by side; increasing within a leaf. */
  readonly order: Int32Array
  /** Room for a partition; no content of its own. */
  readonly spare: Int32Array
  /** Gradient and hessian of each row in whole units, below 2^30 each. */
  readonly derivatives: Int32Array
  /** Room of a compiled kernel; no content of its own. */
  readonly gathered: Int32Array
  /**
   * [slot][feature][bin]: the sum of gradients as a 64-bit integer, then a 64-bit integer of the
   * sum of hessians times 2^24 plus the number of rows. Exact: any order of summing gives the same
   * bits.
   */
  readonly histograms: Int32Array
  /** 1 where the feature may be split in this tree. */
  readonly isActive: Uint8Array
  /** The last bin of each feature that values fall into. */
  readonly lastBins: Int32Array
  /** Direction of the constraint of each feature: -1, 0 or 1. */
  readonly monotone: Int32Array
  readonly settings: Float64Array
  readonly task: Float64Array
  /** [part][node][SPLIT.length]: a gain of 0 or less says that there is no split. */
  readonly splits: Float64Array
  /** Groups of part p: from parts[p] to parts[p + 1]. */
  readonly parts: Int32Array
}

/** A view of a workspace and its elements. */
type Sizes = Readonly<Record<keyof typeof ELEMENT_BYTES, number>>

const ELEMENT_BYTES = {
  settings: 8,
  task: 8,
  splits: 8,
  histograms: 4,
  gathered: 4,
  derivatives: 4,
  order: 4,
  spare: 4,
  lastBins: 4,
  monotone: 4,
  parts: 4,
  isActive: 1,
  bins: 1,
  binColumns: 1,
} as const

const ALIGNMENT = 64

function sizesOf({ rows, features, slots, parts }: WorkspaceShape): Sizes {
  const wide = Math.ceil(features / GROUP) * GROUP
  return {
    settings: 8,
    task: TASK.nodes + 2 * NODE.length,
    splits: parts * 2 * SPLIT.length,
    histograms: slots * wide * BINS * BIN_WORDS,
    gathered: rows * 4,
    derivatives: rows * 2,
    order: rows,
    spare: rows,
    lastBins: wide,
    monotone: wide,
    parts: parts + 1,
    isActive: wide,
    bins: wide * rows,
    binColumns: features * rows,
  }
}

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT

/** Bytes that a workspace of this shape takes. */
export function workspaceBytes(shape: WorkspaceShape): number {
  const sizes = sizesOf(shape)
  return Object.entries(ELEMENT_BYTES).reduce(
    (sum, [name, bytes]) => sum + aligned(sizes[name as keyof Sizes] * bytes),
    0,
  )
}

/** Lays a workspace over zeroed memory, from `start` on: the same shape gives the same places. */
export function layWorkspace(
  shape: WorkspaceShape,
  buffer: ArrayBufferLike,
  start = 0,
): TreeWorkspace {
  const sizes = sizesOf(shape)
  let at = start
  const place = (name: keyof Sizes): readonly [ArrayBufferLike, number, number] => {
    const from = at
    at += aligned(sizes[name] * ELEMENT_BYTES[name])
    return [buffer, from, sizes[name]]
  }
  const w: TreeWorkspace = {
    shape,
    groups: Math.ceil(shape.features / GROUP),
    settings: new Float64Array(...place('settings')),
    task: new Float64Array(...place('task')),
    splits: new Float64Array(...place('splits')),
    histograms: new Int32Array(...place('histograms')),
    gathered: new Int32Array(...place('gathered')),
    derivatives: new Int32Array(...place('derivatives')),
    order: new Int32Array(...place('order')),
    spare: new Int32Array(...place('spare')),
    lastBins: new Int32Array(...place('lastBins')),
    monotone: new Int32Array(...place('monotone')),
    parts: new Int32Array(...place('parts')),
    isActive: new Uint8Array(...place('isActive')),
    bins: new Uint8Array(...place('bins')),
    binColumns: new Uint8Array(...place('binColumns')),
  }
  divideGroups(w)
  return w
}

/** Divides the groups of features evenly by their features. */
function divideGroups({ shape, groups, parts }: TreeWorkspace): void {
  parts[0] = 0
  for (let part = 1; part <= shape.parts; part++) {
    const share = Math.round((shape.features * part) / shape.parts / GROUP)
    parts[part] = part === shape.parts ? groups : Math.min(groups, share)
  }
}
