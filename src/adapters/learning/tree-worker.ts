import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { TreeWorkspace } from '../../models/mod.ts'
import { TreeModule, workspaceIn } from './tree-module.ts'
import { TeamControl, type TeamStart, type TeamTraining } from './tree-team.ts'

const { control: buffer, part, threads } = workerData as TeamStart
const control = new TeamControl(threads, buffer)
const port = parentPort!
port.postMessage('ready')
follow()

/** Follows the leader until the thread is ended. */
function follow(): never {
  let training: { readonly module: TreeModule; readonly w: TreeWorkspace } | null = null
  try {
    for (let turn = 0; ; ) {
      const next = control.nextTurn(turn)
      turn = next.turn
      if (next.order === 'open') {
        const { memory, shape } = receiveMessageOnPort(port)!.message as TeamTraining
        training = { module: new TreeModule(memory), w: workspaceIn(memory, shape) }
      } else control.measure(training!.module, training!.w, part)
      control.report()
    }
  } catch (cause) {
    control.fail()
    throw cause
  }
}
