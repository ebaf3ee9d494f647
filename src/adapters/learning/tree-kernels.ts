import { TREE_LAYOUT, type TreeKernels } from '../../models/mod.ts'
import { TreeModule, treeMemory, WORKSPACE_START } from './tree-module.ts'

const { TASK } = TREE_LAYOUT

/** Compiled kernels for one training after another, on this thread. */
export function compiledTreeKernels(): TreeKernels {
  let module: TreeModule | null = null
  return {
    name: 'wasm',
    parts: 1,
    allocate(bytes) {
      const memory = treeMemory(bytes)
      module = new TreeModule(memory)
      return { buffer: memory.buffer, start: WORKSPACE_START }
    },
    divide: (w, division) => module!.divide(w, division),
    measure(w) {
      module!.gather(w, w.task[TASK.from]!, w.task[TASK.to]!)
      module!.measure(w, 0)
    },
  }
}
