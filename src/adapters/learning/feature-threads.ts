import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { HourPanel } from '../../core/mod.ts'
import {
  columnsOf,
  computeFeatures,
  type FeatureColumns,
  type FeatureOptions,
  featureBytes,
  featureJob,
} from '../../models/mod.ts'
import { FEATURE_CONTROL_BYTES, type FeatureThreadStart, FeatureWork } from './feature-work.ts'
import { sharePanel } from './shared-panel.ts'

/**
 * All features of a panel on so many threads, the caller's among them: it is busy until the end.
 * The same bits for any number; with more than one the columns lie in shared memory. Rejects when
 * a thread fails; then none is left running.
 */
export async function computeFeaturesOnThreads(
  panel: HourPanel,
  options: FeatureOptions,
  threads: number,
): Promise<FeatureColumns> {
  if (threads === 1) return computeFeatures(panel, options)
  const buffer = new SharedArrayBuffer(featureBytes(panel, options))
  const start: FeatureThreadStart = {
    panel: sharePanel(panel),
    options,
    buffer,
    control: new SharedArrayBuffer(FEATURE_CONTROL_BYTES),
  }
  const workers = Array.from({ length: threads - 1 }, () => startWorker(start))
  const others = Promise.all(workers.map(finished))
  others.catch(() => {})
  try {
    const own = new FeatureWork(start)
    own.names()
    await Promise.race([own.waited(), others])
    own.bars()
    await others
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  return columnsOf(featureJob(panel, options, buffer))
}

function startWorker(workerData: FeatureThreadStart): Worker {
  const source = new URL('./feature-worker.ts', import.meta.url)
  const built = new URL('./feature-worker.js', import.meta.url)
  return new Worker(existsSync(source) ? source : built, { workerData })
}

function finished(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`a feature thread ended with exit code ${code}`))
    })
  })
}
