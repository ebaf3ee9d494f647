import { workerData } from 'node:worker_threads'
import { computeCrossSection, computeNames, featureJob } from '../../models/mod.ts'
import { FEATURE_CONTROL, type FeatureThreadStart } from './feature-threads.ts'

/** Names, and bars, that a thread takes at once. */
const NAMES = 8
const BARS = 256

const { panel, options, buffer, control } = workerData as FeatureThreadStart
const words = new Int32Array(control)
const { nextName, namesDone, nextBar } = FEATURE_CONTROL
const job = featureJob(panel, options, buffer)

for (;;) {
  const first = Atomics.add(words, nextName, NAMES)
  if (first >= job.nameCount) break
  const end = Math.min(first + NAMES, job.nameCount)
  computeNames(job, first, end)
  Atomics.add(words, namesDone, end - first)
  Atomics.notify(words, namesDone)
}
// Ranks need every name.
for (;;) {
  const done = Atomics.load(words, namesDone)
  if (done >= job.nameCount) break
  Atomics.wait(words, namesDone, done)
}
for (;;) {
  const first = Atomics.add(words, nextBar, BARS)
  if (first >= job.barCount) break
  computeCrossSection(job, first, Math.min(first + BARS, job.barCount))
}
