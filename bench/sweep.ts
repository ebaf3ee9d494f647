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
import {
  FIGURES,
  forgetSignals,
  planSweep,
  type SweepJob,
  TRIALS,
  TrialRunner,
  writeTwinInput,
} from './sweep-kernel.ts'
import type { SweepShare } from './sweep-worker.ts'

const WORKERS = 2
const ROUNDS = 7
const RATIO_MAX = 2
/** Of sums that both add up in an order of their own. */
const TOLERANCE = 1e-9

/**
 * A thousand trials over a hundred thousand bars by the code that `ornstein sweep` runs: trades,
 * equity, limits, returns and figures of each; signal columns shared between trials.
 */
export const sweep: Benchmark = {
  name: 'sweep',
  summary: 'column tier: 1000 trials x 100k bars, one thread against C, then two workers',
  async run({ folder, shrink }) {
    const rows = Math.floor(100_000 / shrink)
    const job = planSweep(makeColumnsMarket(rows, folder).closes)
    const runner = new TrialRunner(job)
    const results = new Float64Array(FIGURES * TRIALS)
    const all = () => {
      forgetSignals(job)
      for (let number = 0; number < TRIALS; number++) runner.run(number, results)
    }
    const twin = buildCTwin('sweep', folder)
    const input = writeTwinInput(job, folder)
    let lines: readonly CLine[] = []
    const reference = (): number => {
      if (twin.kind === 'missing') return Number.NaN
      lines = twin.run(input)
      return lines[0]![0]!
    }
    all()
    const alone = duel(
      () => timed(all, threadSeconds),
      twin.kind === 'built' ? reference : null,
      ROUNDS,
    )
    const sums = totalsOf(results)
    for (const [, trades, equity, drawdown, squares, bound] of lines) {
      requireEqual('trades', sums[0]!, trades!)
      requireEqual('final equity', sums[1]!, equity!, TOLERANCE)
      requireEqual('trials at a limit', 0, bound!)
      // Fewer bars would be thinned less, which the twin does not.
      if (shrink !== 1) continue
      requireEqual('drawdown', sums[2]!, drawdown!, TOLERANCE)
      requireEqual('squared returns', sums[3]!, squares!, TOLERANCE)
    }
    const rate = (seconds: number) => significant((rows * TRIALS) / seconds / 1e6)
    const note =
      twin.kind === 'missing'
        ? twin.reason
        : `${sums[0]} trades in all, same sums as C; C ${rate(alone.reference!)}`
    const single: Result = {
      name: 'sweep 1000 x 100k, one thread',
      value: rate(alone.seconds),
      unit: 'M bar-trials/s',
      ratio: alone.ratio === null ? null : significant(alone.ratio),
      target: `<= ${RATIO_MAX} x C`,
      met: alone.ratio === null ? null : alone.ratio <= RATIO_MAX,
      note,
    }
    return [single, await withWorkers({ job, sums, rate, reference: alone.reference })]
  },
}

interface Measured {
  readonly job: SweepJob
  readonly sums: readonly number[]
  readonly rate: (seconds: number) => number
  /** Seconds of C. */
  readonly reference: number | null
}

/** The same with workers that share memory and take the next trial off one counter. */
async function withWorkers(measured: Measured): Promise<Result> {
  const { job, sums, rate, reference } = measured
  const share: SweepShare = {
    job,
    results: new SharedArrayBuffer(8 * FIGURES * TRIALS),
    counter: new SharedArrayBuffer(4),
  }
  const workers = Array.from(
    { length: WORKERS },
    () => new Worker(new URL('sweep-worker.ts', import.meta.url), { workerData: share }),
  )
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  const round = async () => {
    Atomics.store(new Int32Array(share.counter), 0, 0)
    forgetSignals(job)
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
    requireEqual('sum of the workers', value, sums[i]!)
  })
  const ratio = reference === null ? null : worked / reference
  return {
    name: `sweep 1000 x 100k, ${WORKERS} workers`,
    value: rate(worked / WORKERS),
    unit: 'M bar-trials/s',
    ratio: ratio === null ? null : significant(ratio),
    target: `<= ${RATIO_MAX} x C per thread`,
    met: ratio === null ? null : ratio <= RATIO_MAX,
    note: `by processor time, as on cores of their own; ${rate(wall)} by the wall clock`,
  }
}

/** Sums over all trials, in their order. */
function totalsOf(results: Float64Array): readonly number[] {
  const sums = Array.from({ length: FIGURES }, () => 0)
  results.forEach((value, i) => {
    sums[i % FIGURES]! += value
  })
  return sums
}
