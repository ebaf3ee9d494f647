import { parentPort, workerData } from 'node:worker_threads'
import { threadSeconds } from './harness.ts'
import { type SweepJob, TRIALS, TrialRunner } from './sweep-kernel.ts'

/** What the main thread hands over: the plan over shared memory, and where results go. */
export interface SweepShare {
  readonly job: SweepJob
  readonly results: SharedArrayBuffer
  /** Number of the next trial. */
  readonly counter: SharedArrayBuffer
}

const share = workerData as SweepShare
const results = new Float64Array(share.results)
const counter = new Int32Array(share.counter)
const runner = new TrialRunner(share.job)
const port = parentPort!
port.on('message', () => {
  const start = threadSeconds()
  for (let number = next(); number < TRIALS; number = next()) runner.run(number, results)
  port.postMessage(threadSeconds() - start)
})
port.postMessage(0)

function next(): number {
  return Atomics.add(counter, 0, 1)
}
