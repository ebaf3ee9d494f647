import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Recording } from '../../../adapters/mod.ts'
import type { SweepAxis } from '../../../core/mod.ts'
import type { LoadedConfig } from '../../config/load.ts'
import { type GridPoint, gridPoints } from './grid.ts'
import type { SweepMessage, SweepWorkerData } from './worker.ts'

/** What a sweep runs. */
export interface SweepRequest {
  readonly loaded: LoadedConfig
  /** The configuration as parsed from its file, before defaults. */
  readonly configuration: unknown
  readonly recording: Recording
  readonly axes: readonly SweepAxis[]
  readonly codeHash: string
  readonly commit: string
  readonly progress?: (done: number, total: number, last: SweepMessage) => void
}

/** A trial with its point of the grid. */
export interface FinishedTrial extends SweepMessage {
  readonly point: GridPoint
}

/** Runs every point of the grid on all cores, each as a whole event-tier backtest; in grid order. */
export async function runSweep(request: SweepRequest): Promise<readonly FinishedTrial[]> {
  const points = gridPoints(request.axes)
  const data = shareMarket(request, points)
  const trials: (FinishedTrial | undefined)[] = points.map(() => undefined)
  let done = 0
  const count = Math.min(availableParallelism(), points.length)
  const workers = Array.from({ length: count }, () => startWorker(data))
  try {
    await Promise.all(
      workers.map((worker) =>
        follow(worker, (message) => {
          trials[message.index] = { ...message, point: points[message.index]! }
          done++
          request.progress?.(done, points.length, message)
        }),
      ),
    )
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  return trials.filter((trial) => trial !== undefined)
}

function startWorker(data: SweepWorkerData): Worker {
  const source = new URL('./worker.ts', import.meta.url)
  const built = new URL('./worker.js', import.meta.url)
  return new Worker(existsSync(source) ? source : built, { workerData: data })
}

function follow(worker: Worker, take: (message: SweepMessage) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on('message', take)
    worker.on('error', reject)
    worker.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`a sweep worker ended with code ${code}`))
    })
  })
}

/** Copies the market into memory that every worker reads without copying it again. */
function shareMarket(request: SweepRequest, points: readonly GridPoint[]): SweepWorkerData {
  const { recording, loaded } = request
  const { batch } = recording
  const records = new SharedArrayBuffer(Math.max(8, batch.count * 40))
  new Uint8Array(records).set(batch.u8.subarray(0, batch.count * 40))
  const pool = new SharedArrayBuffer(Math.max(8, batch.pool.length * 8))
  new Float64Array(pool).set(batch.pool)
  return {
    configuration: request.configuration,
    path: loaded.path,
    points,
    instruments: recording.instruments,
    info: recording.info,
    records,
    count: batch.count,
    pool,
    next: new SharedArrayBuffer(4),
    codeHash: request.codeHash,
    commit: request.commit,
    intervalUs: loaded.config.signal.interval,
  }
}
