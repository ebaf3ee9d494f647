import { parentPort, workerData } from 'node:worker_threads'
import type { Recording, RecordingInfo } from '../../../adapters/mod.ts'
import { type Instrument, viewBatch } from '../../../core/mod.ts'
import { parseObject } from '../../config/load.ts'
import type { Tier } from './choose-tier.ts'
import { ColumnRunner, type ColumnShare, type ColumnTrial } from './column-trial.ts'
import { applyPoint, type GridPoint } from './grid.ts'
import type { ReturnSpan } from './return-span.ts'
import { runTrial } from './trial.ts'

/** One trial as a worker gets it. */
export interface SweepTask {
  readonly point: GridPoint
  readonly configurationHash: string
  /** Null: it runs on the event tier. */
  readonly columns: ColumnTrial | null
}

/** What a worker is started with; the market lies in memory that all workers share. */
export interface SweepWorkerData {
  readonly configuration: unknown
  readonly path: string
  readonly tasks: readonly SweepTask[]
  readonly instruments: readonly Instrument[]
  readonly info: RecordingInfo
  readonly records: SharedArrayBuffer
  readonly count: number
  readonly pool: SharedArrayBuffer
  /** Null: every trial runs on the event tier. */
  readonly share: ColumnShare | null
  readonly span: ReturnSpan
  /** One int32: the next task nobody has taken. */
  readonly next: SharedArrayBuffer
  readonly codeHash: string
  readonly commit: string
}

/** One finished trial. */
export interface SweepMessage {
  readonly index: number
  readonly configurationHash: string
  readonly tier: Tier
  /** Why a trial that was planned as columns ran on the event tier; null otherwise. */
  readonly bound: string | null
  readonly metrics: Readonly<Record<string, number | null>>
  readonly returns: Float64Array
  readonly failure: string | null
}

/** Takes tasks until none is left; a trial that throws is reported, not fatal. */
function work(data: SweepWorkerData): void {
  const next = new Int32Array(data.next)
  const batch = viewBatch(data.records, data.count, new Float64Array(data.pool))
  const recording = { instruments: data.instruments, batch, info: data.info }
  const runner = data.share === null ? null : new ColumnRunner(data.share)
  for (;;) {
    const index = Atomics.add(next, 0, 1)
    const task = data.tasks[index]
    if (task === undefined) return
    const message = { index, ...runTask(data, recording, runner, task) }
    const { buffer } = message.returns
    parentPort?.postMessage(message, buffer instanceof ArrayBuffer ? [buffer] : [])
  }
}

function runTask(
  data: SweepWorkerData,
  recording: Recording,
  runner: ColumnRunner | null,
  task: SweepTask,
): Omit<SweepMessage, 'index'> {
  const { configurationHash, columns } = task
  const head = { configurationHash, tier: 'events', bound: null, failure: null } as const
  try {
    const outcome = columns === null || runner === null ? null : runner.run(columns)
    if (outcome !== null && 'result' in outcome) {
      return { ...head, tier: 'columns', ...outcome.result }
    }
    const loaded = parseObject(applyPoint(data.configuration, task.point), data.path)
    return { ...head, bound: outcome?.bound ?? null, ...runTrial(loaded, recording, data) }
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error)
    return { ...head, metrics: {}, returns: new Float64Array(0), failure }
  }
}

work(workerData as SweepWorkerData)
