import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { TREE_LAYOUT, type TreeKernels, type TreesModel } from '../../models/mod.ts'
import { type OpenForest, openForest, scoreForest } from './tree-forest.ts'
import { TreeModule, treeMemory, workspaceIn } from './tree-module.ts'
import { TeamControl, type TeamScoring, type TeamStart, type TeamTraining } from './tree-team.ts'

const { TASK } = TREE_LAYOUT

/** Compiled kernels for one training after another, on this thread. */
export function compiledTreeKernels(): TreeKernels {
  let module: TreeModule | null = null
  // A model that forecasts hour by hour is laid out once.
  const forests = new WeakMap<TreesModel, OpenForest>()
  return {
    name: 'wasm',
    parts: 1,
    open(shape) {
      const memory = treeMemory(shape)
      module = new TreeModule(memory)
      return workspaceIn(memory, shape)
    },
    assign: (w, feature, values, edges) => module!.assign(w, feature, values, edges),
    divide: (w, division) => module!.divide(w, division),
    measure(w) {
      module!.gather(w, w.task[TASK.from]!, w.task[TASK.to]!)
      module!.measure(w, 0)
    },
    score(model, columns, rows) {
      const forest = forests.get(model) ?? openForest(model)
      forests.set(model, forest)
      return scoreForest(forest, model.base, { columns, rows }, runAlone)
    },
  }
}

function runAlone(units: number, work: (unit: number) => void): void {
  for (let unit = 0; unit < units; unit++) work(unit)
}

/** Kernels that hold threads until they are closed. */
export interface ThreadedTreeKernels extends TreeKernels {
  readonly close: () => Promise<void>
}

/** Parts of the features for each thread: more than one, so that the faster one takes more. */
const PARTS_EACH = 2
/** Rows from which on gathering them is shared. */
const SHARED_ROWS = 8192
/** Rows from which on scoring them is shared. */
const SCORED_ROWS = 4096

/**
 * Compiled kernels on so many threads, this one among them: the same bits, sooner. One training at
 * a time; while it runs this thread does nothing else.
 */
export async function openTreeKernels(threads: number): Promise<ThreadedTreeKernels> {
  const single = compiledTreeKernels()
  if (threads <= 1) return { ...single, close: async () => {} }
  const control = new TeamControl()
  const start: TeamStart = { words: control.buffer, stretches: threads }
  const workers = Array.from({ length: threads - 1 }, () => startWorker(start))
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  for (const worker of workers) worker.unref()
  let module: TreeModule | null = null
  return {
    name: single.name,
    parts: threads * PARTS_EACH,
    open(shape) {
      const memory = treeMemory(shape)
      module = new TreeModule(memory)
      for (const worker of workers) worker.postMessage({ memory, shape } satisfies TeamTraining)
      control.announce()
      return workspaceIn(memory, shape)
    },
    assign: (w, feature, values, edges) => module!.assign(w, feature, values, edges),
    divide: (w, division) => module!.divide(w, division),
    measure(w) {
      const from = w.task[TASK.from]!
      const to = w.task[TASK.to]!
      if (to - from < SHARED_ROWS) module!.gather(w, from, to)
      else control.run('gather', threads, (_, unit) => module!.gatherStretch(w, unit, threads))
      control.run('measure', w.shape.parts, (_, part) => module!.measure(w, part))
    },
    score(model, columns, rows) {
      if (rows.length < SCORED_ROWS) return single.score(model, columns, rows)
      const forest = openForest(model)
      const sent: TeamScoring = { memory: forest.memory, forest: forest.room.shape }
      for (const worker of workers) worker.postMessage(sent)
      control.announce()
      return scoreForest(forest, model.base, { columns, rows }, (units, work) =>
        control.run('score', units, (_, unit) => work(unit)),
      )
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

function startWorker(workerData: TeamStart): Worker {
  const source = new URL('./tree-worker.ts', import.meta.url)
  const built = new URL('./tree-worker.js', import.meta.url)
  return new Worker(existsSync(source) ? source : built, { workerData })
}
