import { ABOVE_ALL } from './binning.ts'
import type { TreeKernels } from './kernels.ts'
import type { TreeParameters } from './parameters.ts'
import { boundedValue, nodeScore } from './scan.ts'
import type { Tree } from './tree.ts'
import { NODE, SETTING, SPLIT, TASK, type TreeWorkspace } from './workspace.ts'

/** What a tree is grown from. */
export interface GrowInput {
  readonly w: TreeWorkspace
  readonly kernels: TreeKernels
  readonly parameters: TreeParameters
  /** Edges between the bins of each feature. */
  readonly edges: readonly Float64Array[]
  /** The tree's rows are the first so many of `order`. */
  readonly rows: number
}

/** A grown tree and where the rows of its leaves lie in `order`. */
export interface GrownTree {
  readonly tree: Tree
  readonly leaves: readonly { readonly node: number; readonly from: number; readonly to: number }[]
}

interface Bounds {
  readonly lowest: number
  readonly highest: number
}

/** A leaf while the tree grows. Gradient and hessian are sums in whole units. */
interface Leaf extends Bounds {
  readonly node: number
  readonly from: number
  readonly to: number
  readonly slot: number
  readonly depth: number
  readonly gradient: number
  readonly hessian: number
  split: Split | null
}

/** The sums are of what goes left, in whole units. */
interface Split {
  readonly gain: number
  readonly feature: number
  readonly bin: number
  readonly missingLeft: boolean
  readonly gradient: number
  readonly hessian: number
  readonly rows: number
}

/** Columns of a tree while it grows. */
type Nodes = { readonly [Name in keyof Tree]: number[] }

/**
 * Grows a tree, the leaf that gains most first, from the derivatives in the workspace, whose
 * `order` and histograms it mutates. Values are multiplied by the learning rate.
 */
export function growTree(input: GrowInput): GrownTree {
  const nodes = emptyNodes()
  const leaves = [plantRoot(input, nodes)]
  while (leaves.length < input.parameters.leavesMax) {
    const at = bestOf(leaves, input.parameters.gainMin)
    if (at < 0) break
    const [left, right] = splitLeaf(input, nodes, leaves[at]!, leaves.length)
    leaves[at] = left
    leaves.push(right)
  }
  return { tree: toTree(nodes), leaves }
}

const emptyNodes = (): Nodes => ({
  feature: [],
  threshold: [],
  missingLeft: [],
  child: [],
  value: [],
  rows: [],
  gain: [],
})

const toTree = (nodes: Nodes): Tree => ({
  feature: Int32Array.from(nodes.feature),
  threshold: Float64Array.from(nodes.threshold),
  missingLeft: Uint8Array.from(nodes.missingLeft),
  child: Int32Array.from(nodes.child),
  value: Float64Array.from(nodes.value),
  rows: Float64Array.from(nodes.rows),
  gain: Float64Array.from(nodes.gain),
})

/** The leaf that gains most, the first of equals; -1 when none gains enough. */
function bestOf(leaves: readonly Leaf[], gainMin: number): number {
  let best = -1
  let gain = gainMin
  leaves.forEach(({ split }, i) => {
    if (split === null || split.gain <= gain) return
    best = i
    gain = split.gain
  })
  return best
}

function plantRoot(input: GrowInput, nodes: Nodes): Leaf {
  const { derivatives, order } = input.w
  let gradient = 0
  let hessian = 0
  for (let i = 0; i < input.rows; i++) {
    const at = 2 * order[i]!
    gradient += derivatives[at]!
    hessian += derivatives[at + 1]!
  }
  const root = addNode(input, nodes, {
    from: 0,
    to: input.rows,
    slot: 0,
    depth: 0,
    lowest: Number.NEGATIVE_INFINITY,
    highest: Number.POSITIVE_INFINITY,
    gradient,
    hessian,
    split: null,
  })
  measure(input, root, null)
  return root
}

/** A node that is a leaf so far, with the value that it would have. */
function addNode(input: GrowInput, nodes: Nodes, leaf: Omit<Leaf, 'node'>): Leaf {
  const node = nodes.feature.length
  nodes.feature.push(-1)
  nodes.threshold.push(0)
  nodes.missingLeft.push(0)
  nodes.child.push(-1)
  nodes.value.push(input.parameters.learningRate * bestValue(input.w, leaf, leaf))
  nodes.rows.push(leaf.to - leaf.from)
  nodes.gain.push(0)
  return { ...leaf, node }
}

/** Best value within bounds of what has these sums. */
function bestValue(
  { settings }: TreeWorkspace,
  sums: { readonly gradient: number; readonly hessian: number },
  { lowest, highest }: Bounds,
): number {
  const gradient = sums.gradient * settings[SETTING.gradientUnit]!
  const hessian = sums.hessian * settings[SETTING.hessianUnit]!
  return boundedValue(settings, gradient, hessian, lowest, highest)
}

/** The smaller half is measured into the free slot; the other takes over that of its parent. */
function splitLeaf(
  input: GrowInput,
  nodes: Nodes,
  leaf: Leaf,
  freeSlot: number,
): readonly [Leaf, Leaf] {
  const { w, kernels, edges } = input
  const { from, to, node } = leaf
  const split = leaf.split!
  const { feature, bin, missingLeft } = split
  const middle = from + kernels.divide(w, { from, to, feature, bin, missingLeft })
  nodes.feature[node] = feature
  nodes.threshold[node] = edges[feature]![bin] ?? ABOVE_ALL
  nodes.missingLeft[node] = missingLeft ? 1 : 0
  nodes.child[node] = nodes.feature.length
  nodes.gain[node] = split.gain
  const isLeftSmaller = middle - from <= to - middle
  const common = { depth: leaf.depth + 1, split: null }
  const bounds = childBounds(input, leaf, split)
  const left = addNode(input, nodes, {
    ...common,
    ...bounds.left,
    from,
    to: middle,
    slot: isLeftSmaller ? freeSlot : leaf.slot,
    gradient: split.gradient,
    hessian: split.hessian,
  })
  const right = addNode(input, nodes, {
    ...common,
    ...bounds.right,
    from: middle,
    to,
    slot: isLeftSmaller ? leaf.slot : freeSlot,
    gradient: leaf.gradient - split.gradient,
    hessian: leaf.hessian - split.hessian,
  })
  if (isLeftSmaller) measure(input, left, right)
  else measure(input, right, left)
  return [left, right]
}

/**
 * A constrained feature divides its parent's range of values: no leaf may pass the other side's.
 */
function childBounds({ w }: GrowInput, leaf: Leaf, split: Split): { left: Bounds; right: Bounds } {
  const { lowest, highest } = leaf
  const direction = w.monotone[split.feature]!
  const same = { lowest, highest }
  if (direction === 0) return { left: same, right: same }
  const rest = {
    gradient: leaf.gradient - split.gradient,
    hessian: leaf.hessian - split.hessian,
  }
  const border = (bestValue(w, split, leaf) + bestValue(w, rest, leaf)) / 2
  const below = { lowest, highest: border }
  const above = { lowest: border, highest }
  return direction > 0 ? { left: below, right: above } : { left: above, right: below }
}

/** Finds the best splits of a leaf by its histogram, and of its sibling by what is left. */
function measure(input: GrowInput, leaf: Leaf, sibling: Leaf | null): void {
  const { w, kernels, parameters } = input
  const isOpen = ({ from, to, depth }: Leaf): boolean =>
    to - from >= 2 * parameters.rowsMin && depth < parameters.depthMax
  const isSiblingOpen = sibling !== null && isOpen(sibling)
  if (!isOpen(leaf) && !isSiblingOpen) return
  w.task[TASK.from] = leaf.from
  w.task[TASK.to] = leaf.to
  w.task[TASK.slot] = leaf.slot
  w.task[TASK.siblingSlot] = isSiblingOpen ? sibling.slot : -1
  writeNode(w, 0, leaf, isOpen(leaf))
  if (sibling !== null) writeNode(w, 1, sibling, isSiblingOpen)
  else w.task[TASK.nodes + NODE.length + NODE.isOpen] = 0
  kernels.measure(w)
  leaf.split = readSplit(w, 0)
  if (sibling !== null) sibling.split = readSplit(w, 1)
}

function writeNode({ task, settings }: TreeWorkspace, number: number, leaf: Leaf, isOpen: boolean) {
  const at = TASK.nodes + number * NODE.length
  const { gradient, hessian, lowest, highest } = leaf
  task[at + NODE.gradient] = gradient
  task[at + NODE.hessian] = hessian
  task[at + NODE.rows] = leaf.to - leaf.from
  task[at + NODE.lowest] = lowest
  task[at + NODE.highest] = highest
  const g = gradient * settings[SETTING.gradientUnit]!
  const h = hessian * settings[SETTING.hessianUnit]!
  task[at + NODE.score] = nodeScore(settings, g, h, lowest, highest)
  task[at + NODE.isOpen] = isOpen ? 1 : 0
}

/** The best split of all parts; of equal ones that of the first feature. */
function readSplit({ shape, splits }: TreeWorkspace, node: number): Split | null {
  let best = -1
  for (let part = 0; part < shape.parts; part++) {
    const at = (part * 2 + node) * SPLIT.length
    if (splits[at + SPLIT.feature]! < 0) continue
    if (best < 0 || splits[at + SPLIT.gain]! > splits[best + SPLIT.gain]!) best = at
  }
  if (best < 0) return null
  return {
    gain: splits[best + SPLIT.gain]!,
    feature: splits[best + SPLIT.feature]!,
    bin: splits[best + SPLIT.bin]!,
    missingLeft: splits[best + SPLIT.missingLeft] === 1,
    gradient: splits[best + SPLIT.gradient]!,
    hessian: splits[best + SPLIT.hessian]!,
    rows: splits[best + SPLIT.rows]!,
  }
}
