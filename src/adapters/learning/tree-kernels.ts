import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { TREE_LAYOUT, type TreeKernels } from '../../models/mod.ts'
import { TreeModule, treeMemory, workspaceIn } from './tree-module.ts'
import { TeamControl, type TeamStart, type TeamTraining } from './tree-team.ts'

const { TASK } = TREE_LAYOUT

/** Compiled kernels for one training after another, on this thread. */
export function compiledTreeKernels(): TreeKernels {
  let module: TreeModule | null = null
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
  }
}

/** Kernels that hold threads until they are closed. */
export interface ThreadedTreeKernels extends TreeKernels {
  readonly close: () => Promise<void>
}

/**
 * Compiled kernels on so many threads, this one among them: the same bits, sooner. One training at a
 * time; while it runs this thread waits without letting others run on it.
 */
export async function openTreeKernels(threads: number): Promise<ThreadedTreeKernels> {
  const single = compiledTreeKernels()
  if (threads <= 1) return { ...single, close: async () => {} }
  const control = new TeamControl(threads)
  const workers = Array.from({ length: threads - 1 }, (_, i) => startWorker(control, i + 1))
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  for (const worker of workers) worker.unref()
  let module: TreeModule | null = null
  return {
    name: single.name,
    parts: threads,
    open(shape) {
      const memory = treeMemory(shape)
      module = new TreeModule(memory)
      for (const worker of workers) worker.postMessage({ memory, shape } satisfies TeamTraining)
      control.begin('open')
      control.finish()
      return workspaceIn(memory, shape)
    },
    assign: (w, feature, values, edges) => module!.assign(w, feature, values, edges),
    divide: (w, division) => module!.divide(w, division),
    measure(w) {
      control.begin('measure')
      control.measure(module!, w, 0)
      control.finish()
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

function startWorker(control: TeamControl, part: number): Worker {
  const source = new URL('./tree-worker.ts', import.meta.url)
  const built = new URL('./tree-worker.js', import.meta.url)
  const workerData: TeamStart = { control: control.buffer, part, threads: control.threads }
  return new Worker(existsSync(source) ? source : built, { workerData })
}
