import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { TreeModule, workspaceIn } from './tree-module.ts'
import { TeamControl, type TeamStart, type TeamTraining } from './tree-team.ts'

const { words, stretches } = workerData as TeamStart
const port = parentPort!
let training = { number: 0, module: null as TreeModule | null, w: null as Workspace | null }
port.postMessage('ready')
new TeamControl(words).follow((order, unit, number) => {
  while (training.number < number) join()
  const { module, w } = training
  if (order === 'gather') module!.gatherStretch(w!, unit, stretches)
  else module!.measure(w!, unit)
})

type Workspace = ReturnType<typeof workspaceIn>

/** The next training that the leader has sent. */
function join(): void {
  const { memory, shape } = receiveMessageOnPort(port)!.message as TeamTraining
  const w = workspaceIn(memory, shape)
  training = { number: training.number + 1, module: new TreeModule(memory), w }
}
