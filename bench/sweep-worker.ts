import { parentPort, workerData } from 'node:worker_threads'
import { threadSeconds } from './harness.ts'
import { TRIALS, TrialRunner } from './sweep-kernel.ts'

/** What the main thread hands over: shared memory only. */
export interface SweepShare {
  readonly closes: SharedArrayBuffer
  readonly imbalance: SharedArrayBuffer
  readonly results: SharedArrayBuffer
  /** Number of the next trial. */
  readonly counter: SharedArrayBuffer
}

const share = workerData as SweepShare
const results = new Float64Array(share.results)
const counter = new Int32Array(share.counter)
const runner = new TrialRunner({
  closes: new Float64Array(share.closes),
  imbalance: new Float64Array(share.imbalance),
})
const port = parentPort!
port.on('message', () => {
  const start = threadSeconds()
  runner.forget()
  for (let number = next(); number < TRIALS; number = next()) runner.run(number, results)
  port.postMessage(threadSeconds() - start)
})
port.postMessage(0)

function next(): number {
  return Atomics.add(counter, 0, 1)
}
