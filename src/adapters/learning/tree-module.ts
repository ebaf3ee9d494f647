import { Buffer } from 'node:buffer'
import {
  type Forest,
  layTreeWorkspace,
  TREE_LAYOUT,
  type TreeDivision,
  type TreeWorkspace,
  type TreeWorkspaceShape,
  treeWorkspaceBytes,
} from '../../models/mod.ts'
import { wasm } from './trees-wasm.ts'

/** As much of it as is needed here: its types come with those of browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: TreeMemory } },
  ) => { readonly exports: unknown }
  readonly Memory: new (limits: {
    readonly initial: number
    readonly maximum: number
    readonly shared: true
  }) => TreeMemory
}

/** Memory of a module that threads can share. */
export interface TreeMemory {
  readonly buffer: SharedArrayBuffer
}

/** What the module exports (kernels/trees.ts); places are bytes from the start of its memory. */
interface Exports {
  assign(
    values: number,
    count: number,
    edges: number,
    column: number,
    bins: number,
    stride: number,
  ): void
  gather(order: number, count: number, derivatives: number, gathered: number): void
  histogram(
    bins: number,
    stride: number,
    groups: number,
    isHalf: 0 | 1,
    order: number,
    count: number,
    gathered: number,
    into: number,
  ): void
  subtract(from: number, taken: number, groups: number): void
  divide(
    order: number,
    count: number,
    bins: number,
    last: number,
    missingLeft: number,
    spare: number,
  ): number
  addTrees(
    values: number,
    stride: number,
    count: number,
    nodes: number,
    leaves: number,
    roots: number,
    trees: number,
    scores: number,
  ): void
  useNode(settings: number, node: number): void
  scan(bins: number, lastBin: number, feature: number, monotone: number, out: number): void
}

/** Where a workspace may begin: what lies below is the module's own. */
export const WORKSPACE_START = 65_536
const PAGE = 65_536
const PAGES_MAXIMUM = 65_536

const { GROUP, BINS, TASK, NODE, SPLIT } = TREE_LAYOUT
const FEATURE_BYTES = BINS * 16
const GROUP_BYTES = GROUP * FEATURE_BYTES

let compiled: object | null = null

/** Memory for a workspace of this shape; throws RangeError when that takes more than 4 GiB. */
export function treeMemory(shape: TreeWorkspaceShape): TreeMemory {
  const bytes = WORKSPACE_START + treeWorkspaceBytes(shape)
  if (bytes > PAGES_MAXIMUM * PAGE) {
    const { rows, features } = shape
    throw new RangeError(
      `${rows} rows of ${features} features take more than 4 GiB for their trees`,
    )
  }
  return moduleMemory(bytes)
}

/** Zeroed memory of so many bytes, at most 4 GiB. */
export function moduleMemory(bytes: number): TreeMemory {
  const pages = Math.ceil(bytes / PAGE)
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
}

/** The workspace in its memory: the same on every thread. */
export const workspaceIn = (memory: TreeMemory, shape: TreeWorkspaceShape): TreeWorkspace =>
  layTreeWorkspace(shape, memory.buffer, WORKSPACE_START)

/** The compiled kernels over a memory, for one thread. */
export class TreeModule {
  readonly #kernels: Exports

  constructor(memory: TreeMemory) {
    compiled ??= new WebAssembly.Module(Buffer.from(wasm, 'base64'))
    this.#kernels = new WebAssembly.Instance(compiled, { env: { memory } }).exports as Exports
  }

  /** Twin of the assignment in TypeScript; the values go where derivatives are gathered later. */
  assign(w: TreeWorkspace, feature: number, values: Float32Array, edges: Float64Array): void {
    const { buffer } = w.gathered
    const valuesAt = w.gathered.byteOffset
    const edgesAt = w.histograms.byteOffset
    w.lastBins[feature] = edges.length
    new Float32Array(buffer, valuesAt, values.length).set(values)
    const all = new Float64Array(buffer, edgesAt, BINS)
    all.fill(Number.POSITIVE_INFINITY)
    all.set(edges)
    this.#kernels.assign(
      valuesAt,
      values.length,
      edgesAt,
      w.binColumns.byteOffset + feature * w.shape.rows,
      w.bins.byteOffset + feature,
      w.groups * GROUP,
    )
  }

  /** Twin of the division in TypeScript. */
  divide(w: TreeWorkspace, { from, to, feature, bin, missingLeft }: TreeDivision): number {
    return this.#kernels.divide(
      w.order.byteOffset + 4 * from,
      to - from,
      w.binColumns.byteOffset + feature * w.shape.rows,
      bin,
      missingLeft ? 1 : 0,
      w.spare.byteOffset,
    )
  }

  /** Prepares rows `from` to `to` - 1 of the task for {@link measure}. */
  gather(w: TreeWorkspace, from: number, to: number): void {
    this.#kernels.gather(
      w.order.byteOffset + 4 * from,
      to - from,
      w.derivatives.byteOffset,
      w.gathered.byteOffset + 16 * from,
    )
  }

  /** One of so many stretches of the task's rows. */
  gatherStretch(w: TreeWorkspace, stretch: number, stretches: number): void {
    const from = w.task[TASK.from]!
    const rows = w.task[TASK.to]! - from
    const border = (of: number) => from + Math.floor((rows * of) / stretches)
    this.gather(w, border(stretch), border(stretch + 1))
  }

  /** Histograms and best splits of one part of the features, of rows that were gathered. */
  measure(w: TreeWorkspace, part: number): void {
    const first = w.parts[part]!
    const end = w.parts[part + 1]!
    const from = w.task[TASK.from]!
    const slots = [w.task[TASK.slot]!, w.task[TASK.siblingSlot]!] as const
    const lastFeatures = w.shape.features - (end - 1) * GROUP
    const isHalf = end > first && lastFeatures <= GROUP / 2 ? 1 : 0
    this.#kernels.histogram(
      w.bins.byteOffset + first * GROUP,
      w.groups * GROUP,
      end - first,
      isHalf,
      w.order.byteOffset + 4 * from,
      w.task[TASK.to]! - from,
      w.gathered.byteOffset + 16 * from,
      histogramAt(w, slots[0], first),
    )
    if (slots[1] >= 0) {
      const sibling = histogramAt(w, slots[1], first)
      this.#kernels.subtract(sibling, histogramAt(w, slots[0], first), end - first)
    }
    for (const node of [0, 1] as const) this.#scan(w, part, node, slots[node])
  }

  /** Adds to the scores of rows what the trees of a forest give them; places in bytes. */
  addTrees(
    { nodes, leaves, roots }: Forest,
    rows: {
      readonly values: number
      readonly stride: number
      readonly count: number
      readonly scores: number
    },
  ): void {
    this.#kernels.addTrees(
      rows.values,
      rows.stride,
      rows.count,
      nodes.byteOffset,
      leaves.byteOffset,
      roots.byteOffset,
      roots.length,
      rows.scores,
    )
  }

  #scan(w: TreeWorkspace, part: number, node: 0 | 1, slot: number): void {
    const out = (part * 2 + node) * SPLIT.length
    w.splits[out + SPLIT.gain] = 0
    w.splits[out + SPLIT.feature] = -1
    const at = TASK.nodes + node * NODE.length
    if (w.task[at + NODE.isOpen] !== 1) return
    this.#kernels.useNode(w.settings.byteOffset, w.task.byteOffset + 8 * at)
    const end = Math.min(w.parts[part + 1]! * GROUP, w.shape.features)
    for (let feature = w.parts[part]! * GROUP; feature < end; feature++) {
      if (w.isActive[feature] !== 1) continue
      this.#kernels.scan(
        histogramAt(w, slot, 0) + feature * FEATURE_BYTES,
        w.lastBins[feature]!,
        feature,
        w.monotone[feature]!,
        w.splits.byteOffset + 8 * out,
      )
    }
  }
}

const histogramAt = (w: TreeWorkspace, slot: number, group: number): number =>
  w.histograms.byteOffset + (slot * w.groups + group) * GROUP_BYTES
