import {
  type Forest,
  type ForestShape,
  forestShape,
  TREE_LAYOUT,
  type TreesModel,
  writeForest,
  writeForestRows,
} from '../../models/mod.ts'
import { moduleMemory, type TreeMemory, TreeModule, WORKSPACE_START } from './tree-module.ts'

const { NODE_WORDS, FEATURE_COPIES } = TREE_LAYOUT
/** Rows that are scored by one thread before it looks for more, and those written at a time. */
const UNIT_ROWS = 128
const BATCH_UNITS = 32
const BATCH_ROWS = UNIT_ROWS * BATCH_UNITS

/** A forest and rows to be scored, in memory that threads share. */
export interface ForestRoom extends Forest {
  readonly shape: ForestShape
  readonly values: Float32Array
  readonly scores: Float64Array
}

/** Has units of a batch scored; by one thread or several. */
type RunUnits = (units: number, work: (unit: number) => void) => void

/** Memory for a forest of this shape and a batch of rows. */
const forestMemory = (shape: ForestShape): TreeMemory =>
  moduleMemory(WORKSPACE_START + 8 * (shape.nodes + BATCH_ROWS) + 4 * wordsOf(shape))

const wordsOf = ({ nodes, trees, features }: ForestShape): number =>
  nodes * NODE_WORDS + trees + BATCH_ROWS * FEATURE_COPIES * features

/** Where everything lies in such memory: the same on every thread. */
export function forestIn({ buffer }: TreeMemory, shape: ForestShape): ForestRoom {
  const { nodes, trees, features } = shape
  let at = WORKSPACE_START
  const place = (bytes: number): number => {
    at += bytes
    return at - bytes
  }
  return {
    shape,
    leaves: new Float64Array(buffer, place(8 * nodes), nodes),
    scores: new Float64Array(buffer, place(8 * BATCH_ROWS), BATCH_ROWS),
    nodes: new Int32Array(buffer, place(4 * NODE_WORDS * nodes), NODE_WORDS * nodes),
    roots: new Int32Array(buffer, place(4 * trees), trees),
    values: new Float32Array(buffer, place(0), BATCH_ROWS * FEATURE_COPIES * features),
  }
}

/** Adds what all trees give the rows of one unit of a batch. */
export function scoreUnit(module: TreeModule, room: ForestRoom, unit: number): void {
  const first = unit * UNIT_ROWS
  const stride = 4 * FEATURE_COPIES * room.shape.features
  module.addTrees(room, {
    values: room.values.byteOffset + first * stride,
    stride,
    count: UNIT_ROWS,
    scores: room.scores.byteOffset + 8 * first,
  })
}

/** A model's trees in memory of their own, and what works on it. */
export interface OpenForest {
  readonly memory: TreeMemory
  readonly room: ForestRoom
  readonly module: TreeModule
}

/** Lays a model's trees out for scoring. */
export function openForest(model: TreesModel): OpenForest {
  const shape = forestShape(model)
  const memory = forestMemory(shape)
  const room = forestIn(memory, shape)
  writeForest(model, room)
  return { memory, room, module: new TreeModule(memory) }
}

/** Twin of `scoreTrees`: the same bits, several times sooner. `run` has the units of a batch done. */
export function scoreForest(
  { room, module }: OpenForest,
  base: number,
  { columns, rows }: { readonly columns: readonly Float32Array[]; readonly rows: Int32Array },
  run: RunUnits,
): Float64Array {
  const scores = new Float64Array(rows.length)
  for (let first = 0; first < rows.length; first += BATCH_ROWS) {
    const count = Math.min(BATCH_ROWS, rows.length - first)
    writeForestRows(columns, rows, { first, count }, room.values)
    room.scores.fill(base)
    run(Math.ceil(count / UNIT_ROWS), (unit) => scoreUnit(module, room, unit))
    scores.set(room.scores.subarray(0, count), first)
  }
  return scores
}
