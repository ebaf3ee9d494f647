import { parentPort, workerData } from 'node:worker_threads'
import type { RecordingInfo } from '../../../adapters/mod.ts'
import { type Instrument, viewBatch } from '../../../core/mod.ts'
import { parseObject } from '../../config/load.ts'
import { applyPoint, type GridPoint } from './grid.ts'
import { runTrial } from './trial.ts'

/** What a worker is started with; the market lies in memory that all workers share. */
export interface SweepWorkerData {
  readonly configuration: unknown
  readonly path: string
  readonly points: readonly GridPoint[]
  readonly instruments: readonly Instrument[]
  readonly info: RecordingInfo
  readonly records: SharedArrayBuffer
  readonly count: number
  readonly pool: SharedArrayBuffer
  /** One int32: the next point nobody has taken. */
  readonly next: SharedArrayBuffer
  readonly codeHash: string
  readonly commit: string
  readonly intervalUs: number
}

/** One finished trial. */
export interface SweepMessage {
  readonly index: number
  readonly configurationHash: string
  readonly metrics: Readonly<Record<string, number | null>>
  readonly returns: Float64Array
  readonly failure: string | null
}

/** Takes points until none is left; a trial that throws is reported, not fatal. */
function work(data: SweepWorkerData): void {
  const next = new Int32Array(data.next)
  const batch = viewBatch(data.records, data.count, new Float64Array(data.pool))
  const recording = { instruments: data.instruments, batch, info: data.info }
  for (;;) {
    const index = Atomics.add(next, 0, 1)
    const point = data.points[index]
    if (point === undefined) return
    parentPort?.postMessage(runPoint(data, recording, { index, point }))
  }
}

function runPoint(
  data: SweepWorkerData,
  recording: Parameters<typeof runTrial>[1],
  task: { readonly index: number; readonly point: GridPoint },
): SweepMessage {
  const { index, point } = task
  try {
    const loaded = parseObject(applyPoint(data.configuration, point), data.path)
    const { metrics, returns } = runTrial(loaded, recording, data)
    return { index, configurationHash: loaded.hash, metrics, returns, failure: null }
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error)
    return { index, configurationHash: '', metrics: {}, returns: new Float64Array(0), failure }
  }
}

work(workerData as SweepWorkerData)
