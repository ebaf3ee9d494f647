import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { type ForestRoom, forestIn, scoreUnit } from './tree-forest.ts'
import { TreeModule, workspaceIn } from './tree-module.ts'
import { TeamControl, type TeamScoring, type TeamStart, type TeamTraining } from './tree-team.ts'

/** What is worked on: a training, or the scoring of rows. */
interface Work {
  readonly number: number
  readonly module: TreeModule
  readonly w: ReturnType<typeof workspaceIn> | null
  readonly forest: ForestRoom | null
}

const { words, stretches } = workerData as TeamStart
const port = parentPort!
let current: Work | null = null
port.postMessage('ready')
new TeamControl(words).follow((order, unit, number) => {
  while (current === null || current.number < number) current = nextWork(current?.number ?? 0)
  const { module, w, forest } = current
  if (order === 'gather') module.gatherStretch(w!, unit, stretches)
  else if (order === 'measure') module.measure(w!, unit)
  else scoreUnit(module, forest!, unit)
})

/** What the leader has sent next. */
function nextWork(done: number): Work {
  const sent = receiveMessageOnPort(port)!.message as TeamTraining | TeamScoring
  const { memory } = sent
  return {
    number: done + 1,
    module: new TreeModule(memory),
    w: 'shape' in sent ? workspaceIn(memory, sent.shape) : null,
    forest: 'forest' in sent ? forestIn(memory, sent.forest) : null,
  }
}
