import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { buildCTwin, type CLine } from './c-twin.ts'
import { makeColumnsMarket } from './columns-market.ts'
import {
  type Benchmark,
  duel,
  median,
  type Result,
  requireEqual,
  significant,
  threadSeconds,
  timed,
} from './harness.ts'
import { TRIALS, TrialRunner } from './sweep-kernel.ts'
import type { SweepShare } from './sweep-worker.ts'

const WORKERS = 2
const ROUNDS = 7
const RATIO_MAX = 2

/** A thousand trials over a hundred thousand bars, z columns shared between trials. */
export const sweep: Benchmark = {
  name: 'sweep',
  summary: 'column tier: 1000 trials x 100k bars, one thread against C, then two workers',
  async run({ folder, shrink }) {
    const rows = Math.floor(100_000 / shrink)
    const { closes, imbalance, files } = makeColumnsMarket(rows, folder)
    const runner = new TrialRunner({ closes, imbalance })
    const results = new Float64Array(3 * TRIALS)
    const all = () => {
      runner.forget()
      for (let number = 0; number < TRIALS; number++) runner.run(number, results)
    }
    const twin = buildCTwin('column-backtest', folder)
    let lines: readonly CLine[] = []
    const reference = (): number => {
      if (twin.kind === 'missing') return Number.NaN
      lines = twin.run(['sweep', files.closes, files.imbalance, rows, 1])
      return lines[0]![0]!
    }
    all()
    const alone = duel(
      () => timed(all, threadSeconds),
      twin.kind === 'built' ? reference : null,
      ROUNDS,
    )
    const sums = totalsOf(results)
    for (const [, gross, turnover, trades] of lines) {
      requireEqual('gross', sums[0]!, gross!)
      requireEqual('turnover', sums[1]!, turnover!)
      requireEqual('trades', sums[2]!, trades!)
    }
    const rate = (seconds: number) => significant((rows * TRIALS) / seconds / 1e6)
    const note =
      twin.kind === 'missing'
        ? twin.reason
        : `${sums[2]} trades in all, same sums as C; C ${rate(alone.reference!)}`
    const single: Result = {
      name: 'sweep 1000 x 100k, one thread',
      value: rate(alone.seconds),
      unit: 'M bar-trials/s',
      ratio: alone.ratio === null ? null : significant(alone.ratio),
      target: `<= ${RATIO_MAX} x C`,
      met: alone.ratio === null ? null : alone.ratio <= RATIO_MAX,
      note,
    }
    const job = { closes, imbalance, sums, rate, reference: alone.reference }
    return [single, await withWorkers(job)]
  },
}

interface Job {
  readonly closes: Float64Array
  readonly imbalance: Float64Array
  readonly sums: readonly number[]
  readonly rate: (seconds: number) => number
  /** Seconds of C. */
  readonly reference: number | null
}

/** The same with workers that share memory and take the next trial off one counter. */
async function withWorkers(job: Job): Promise<Result> {
  const share: SweepShare = {
    closes: shared(job.closes),
    imbalance: shared(job.imbalance),
    results: new SharedArrayBuffer(24 * TRIALS),
    counter: new SharedArrayBuffer(4),
  }
  const workers = Array.from(
    { length: WORKERS },
    () => new Worker(new URL('sweep-worker.ts', import.meta.url), { workerData: share }),
  )
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  const round = async () => {
    Atomics.store(new Int32Array(share.counter), 0, 0)
    const start = performance.now()
    const done = workers.map((worker) => once(worker, 'message'))
    for (const worker of workers) worker.postMessage('go')
    const busy = (await Promise.all(done)).map(([seconds]) => Number(seconds))
    const worked = busy.reduce((sum, seconds) => sum + seconds, 0)
    return { wall: (performance.now() - start) / 1000, worked }
  }
  await round()
  const rounds: Awaited<ReturnType<typeof round>>[] = []
  for (let i = 0; i < ROUNDS; i++) rounds.push(await round())
  const wall = median(rounds.map((each) => each.wall))
  const worked = median(rounds.map((each) => each.worked))
  await Promise.all(workers.map((worker) => worker.terminate()))
  const totals = totalsOf(new Float64Array(share.results))
  totals.forEach((value, i) => {
    requireEqual('sum of the workers', value, job.sums[i]!)
  })
  const ratio = job.reference === null ? null : worked / job.reference
  return {
    name: `sweep 1000 x 100k, ${WORKERS} workers`,
    value: job.rate(worked / WORKERS),
    unit: 'M bar-trials/s',
    ratio: ratio === null ? null : significant(ratio),
    target: `<= ${RATIO_MAX} x C per thread`,
    met: ratio === null ? null : ratio <= RATIO_MAX,
    note: `by processor time, as on cores of their own; ${job.rate(wall)} by the wall clock`,
  }
}

function shared(values: Float64Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(values.byteLength)
  new Float64Array(buffer).set(values)
  return buffer
}

/** Sums over all trials; whole numbers, so exact in any order. */
function totalsOf(results: Float64Array): readonly number[] {
  const sums = [0, 0, 0]
  results.forEach((value, i) => {
    sums[i % 3]! += value
  })
  return sums
}
