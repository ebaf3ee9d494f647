import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import { Worker } from 'node:worker_threads'
import { InputError, type Recording } from '../../../adapters/mod.ts'
import { type LoadedConfig, parseObject } from '../../config/load.ts'
import type { ColumnPlan } from './column-plan.ts'
import { applyPoint, type GridPoint } from './grid.ts'
import type { ReturnSpan } from './return-span.ts'
import type { SweepMessage, SweepTask, SweepWorkerData } from './worker.ts'

/** A point of the grid with its validated configuration. */
export interface SweepPoint {
  readonly point: GridPoint
  readonly loaded: LoadedConfig
}

/** What a sweep runs. */
export interface SweepRequest {
  readonly points: readonly SweepPoint[]
  /** The configuration as parsed from its file, before defaults. */
  readonly configuration: unknown
  readonly recording: Recording
  readonly span: ReturnSpan
  /** Null: everything on the event tier. */
  readonly plan: ColumnPlan | null
  readonly codeHash: string
  readonly commit: string
  /** Default: as many as there are cores. */
  readonly workers?: number
  /** Stops the sweep: trials under way are dropped, finished ones stay. */
  readonly signal?: AbortSignal
  readonly progress?: (done: number, total: number, last: SweepMessage) => void
}

/** A trial with its point of the grid. */
export interface FinishedTrial extends SweepMessage {
  readonly point: GridPoint
}

/** Validates every point before any is run: a misspelt key costs no time. Throws InputError. */
export const loadPoints = (
  configuration: unknown,
  path: string,
  points: readonly GridPoint[],
): readonly SweepPoint[] =>
  points.map((point) => ({ point, loaded: loadPoint(configuration, path, point) }))

/** The configuration has no mistake by itself: what is wrong with a point is the grid's. */
function loadPoint(configuration: unknown, path: string, point: GridPoint): LoadedConfig {
  try {
    return parseObject(applyPoint(configuration, point), path)
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause
    const set = Object.entries(point).map(([key, value]) => `--grid ${key}=${value}`)
    throw new InputError({
      code: 'ORN-SWEEP-001',
      exitCode: 2,
      message: `${set.join(' ')}: the configuration cannot be set like this`,
      // Lines of a text that was made of the values say nothing.
      details: cause.details.map((text) => text.replace(`${basename(path)}:1  `, '')),
      fix: 'ornstein config schema prints every key with its unit and default',
      cause,
    })
  }
}

/**
 * Runs every point on all cores, on the tier that its plan says; in the order of the points,
 * whatever the number of threads. Stopped early it returns the trials that are finished.
 */
export async function runSweep(request: SweepRequest): Promise<readonly FinishedTrial[]> {
  const { points, signal } = request
  const data = shareMarket(request)
  const trials: (FinishedTrial | undefined)[] = points.map(() => undefined)
  let done = 0
  const count = Math.min(request.workers ?? availableParallelism(), points.length)
  if (signal?.aborted === true) return []
  const workers = Array.from({ length: count }, () => startWorker(data))
  const stop = () => {
    for (const worker of workers) void worker.terminate()
  }
  signal?.addEventListener('abort', stop)
  try {
    await Promise.all(
      workers.map((worker) =>
        follow(worker, signal, (message) => {
          trials[message.index] = { ...message, point: points[message.index]!.point }
          done++
          request.progress?.(done, points.length, message)
        }),
      ),
    )
  } finally {
    signal?.removeEventListener('abort', stop)
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  return trials.filter((trial) => trial !== undefined)
}

function startWorker(data: SweepWorkerData): Worker {
  const source = new URL('./worker.ts', import.meta.url)
  const built = new URL('./worker.js', import.meta.url)
  return new Worker(existsSync(source) ? source : built, { workerData: data })
}

function follow(
  worker: Worker,
  signal: AbortSignal | undefined,
  take: (message: SweepMessage) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on('message', take)
    worker.on('error', reject)
    worker.on('exit', (code) => {
      if (code === 0 || signal?.aborted === true) resolve()
      else reject(new Error(`a sweep worker ended with code ${code}`))
    })
  })
}

/** Copies the market into memory that every worker reads without copying it again. */
function shareMarket(request: SweepRequest): SweepWorkerData {
  const { recording, points, plan } = request
  const { batch } = recording
  const records = new SharedArrayBuffer(Math.max(8, batch.count * 40))
  new Uint8Array(records).set(batch.u8.subarray(0, batch.count * 40))
  const pool = new SharedArrayBuffer(Math.max(8, batch.pool.length * 8))
  new Float64Array(pool).set(batch.pool)
  const tasks = points.map(
    ({ point, loaded }, i): SweepTask => ({
      point,
      configurationHash: loaded.hash,
      columns: plan?.trials[i] ?? null,
    }),
  )
  return {
    configuration: request.configuration,
    path: points[0]?.loaded.path ?? '',
    tasks,
    instruments: recording.instruments,
    info: recording.info,
    records,
    count: batch.count,
    pool,
    share: plan?.share ?? null,
    span: request.span,
    next: new SharedArrayBuffer(4),
    codeHash: request.codeHash,
    commit: request.commit,
  }
}
