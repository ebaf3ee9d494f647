import { computeFeaturesOnThreads } from '../src/adapters/learning/feature-threads.ts'
import { generatePanel, type HourPanel } from '../src/core/mod.ts'
import {
  computeCrossSection,
  computeNames,
  FeatureEngine,
  featureBytes,
  featureJob,
  features,
  SEED_FEATURE_OPTIONS,
} from '../src/models/mod.ts'
import {
  type Benchmark,
  median,
  type Result,
  requireEqual,
  significant,
  threadSeconds,
  timed,
} from './harness.ts'

const NAMES = 500
const SESSIONS = 1260
const ROUNDS = 3
const THREADS = 2
const ONE_THREAD_SECONDS_MAX = 5
const TWO_THREADS_SECONDS_MAX = 3
const PEAK_GB_MAX = 2.5
const ENGINE_BARS = 200

/** All features of five years of 500 names: on one thread, on two, and of one bar at a time. */
export const featureColumns: Benchmark = {
  name: 'features',
  summary: `${features.length} features of ${NAMES} names x ${SESSIONS} sessions of hours`,
  async run({ shrink }) {
    const panel = generatePanel({ seed: 5, names: Math.floor(NAMES / shrink), sessions: SESSIONS })
    const rows = panel.symbols.length * panel.grid.openTime.length
    const isWhole = shrink === 1
    const alone = onOneThread(panel)
    // The columns of the first run must not count for the second.
    globalThis.gc?.()
    const before = process.cpuUsage()
    const start = performance.now()
    const together = await computeFeaturesOnThreads(panel, { threads: THREADS })
    const wall = (performance.now() - start) / 1000
    const used = process.cpuUsage(before)
    const worked = (used.user + used.system) / 1e6 / THREADS
    requireEqual('sum of the columns', checksum(together.values), alone.checksum)
    const peak = process.resourceUsage().maxRSS / 1e6
    const million = (seconds: number) => significant(rows / seconds / 1e6)
    const within = (value: number, most: number) => (isWhole ? value <= most : null)
    const title = `${features.length} features x ${significant(rows / 1e6)}M rows`
    return [
      {
        name: `${title}, one thread`,
        value: significant(alone.seconds),
        unit: 's',
        ratio: null,
        target: `<= ${ONE_THREAD_SECONDS_MAX} s`,
        met: within(alone.seconds, ONE_THREAD_SECONDS_MAX),
        note: `${million(alone.seconds)}M rows/s by processor time; ${alone.parts}`,
      },
      {
        name: `${title}, ${THREADS} threads`,
        value: significant(worked),
        unit: 's',
        ratio: significant(worked / alone.seconds),
        target: `<= ${TWO_THREADS_SECONDS_MAX} s`,
        met: within(worked, TWO_THREADS_SECONDS_MAX),
        note: `same bits; by processor time, as on cores of their own, threads started; ${significant(wall)} s by the clock`,
      },
      {
        name: `${title}, peak memory`,
        value: significant(peak),
        unit: 'GB',
        ratio: null,
        target: `<= ${PEAK_GB_MAX} GB`,
        met: within(peak, PEAK_GB_MAX),
        note: `of the process: the panel, its shared copy, ${significant(together.values.byteLength / 1e9)} GB of columns`,
      },
      oneBar(panel),
    ]
  },
}

/** Median processor time of the work, and what says that two runs gave the same. */
function onOneThread(panel: HourPanel) {
  const job = featureJob(panel, SEED_FEATURE_OPTIONS, new ArrayBuffer(featureBytes(panel)))
  const byName: number[] = []
  const byBar: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    byName.push(timed(() => computeNames(job, 0, job.nameCount), threadSeconds))
    byBar.push(timed(() => computeCrossSection(job, 0, job.barCount), threadSeconds))
  }
  const [names, bars] = [median(byName), median(byBar)]
  return {
    seconds: names + bars,
    parts: `${significant(names)} s by name, ${significant(bars)} s across`,
    checksum: checksum(job.values),
  }
}

/** What an hourly decision waits for. */
function oneBar(panel: HourPanel): Result {
  const engine = new FeatureEngine(panel)
  const seconds: number[] = []
  while (engine.nextBar < ENGINE_BARS) {
    seconds.push(
      timed(
        () => engine.next(engine.nextBar),
        () => performance.now() / 1000,
      ),
    )
  }
  return {
    name: `features of one bar of ${panel.symbols.length} names`,
    value: significant(median(seconds) * 1000),
    unit: 'ms',
    ratio: null,
    target: null,
    met: null,
    note: 'by the engine that goes bar by bar, by the clock',
  }
}

/** Sum of the bits of all values, modulo 2^32: the same for any order of making them. */
function checksum(values: Float32Array): number {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length)
  let sum = 0
  for (let i = 0; i < bits.length; i++) sum = (sum + bits[i]!) | 0
  return sum
}
