import { computeFeaturesOnThreads } from '../src/adapters/mod.ts'
import { generatePanel, type HourPanel } from '../src/core/mod.ts'
import {
  computeCrossSection,
  computeNames,
  FeatureEngine,
  type FeatureOptions,
  featureBytes,
  featureJob,
  featuresOfSet,
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

/**
 * The features of five years of 500 names on one thread and on two: the 59 of the published system,
 * which have targets, and all; and all of one bar at a time.
 */
export const featureColumns: Benchmark = {
  name: 'features',
  summary: `features of ${NAMES} names x ${SESSIONS} sessions of hours`,
  async run({ shrink }) {
    const panel = generatePanel({ seed: 5, names: Math.floor(NAMES / shrink), sessions: SESSIONS })
    const results: Result[] = []
    for (const set of ['seed', 'all'] as const) {
      results.push(...(await columnsOfSet(panel, { ...SEED_FEATURE_OPTIONS, set }, shrink === 1)))
    }
    const peak = process.resourceUsage().maxRSS / 1e6
    const memory: Result = {
      name: 'columns of features, peak memory',
      value: significant(peak),
      unit: 'GB',
      ratio: null,
      target: `<= ${PEAK_GB_MAX} GB`,
      met: shrink === 1 ? peak <= PEAK_GB_MAX : null,
      note: `of the process: the panel, its shared copy, ${significant(featureBytes(panel, SEED_FEATURE_OPTIONS) / 1e9)} GB of all columns`,
    }
    return [...results, memory, oneBar(panel)]
  },
}

async function columnsOfSet(
  panel: HourPanel,
  options: FeatureOptions,
  isWhole: boolean,
): Promise<readonly Result[]> {
  const rows = panel.symbols.length * panel.grid.openTime.length
  const alone = onOneThread(panel, options)
  const { worked, wall, checksum } = await onThreads(panel, options)
  requireEqual('sum of the columns', checksum, alone.checksum)
  const hasTarget = options.set === 'seed'
  const title = `${featuresOfSet(options.set).length} features x ${significant(rows / 1e6)}M rows`
  const line = (threads: number, value: number, most: number) => ({
    name: `${title}, ${threads === 1 ? 'one thread' : `${threads} threads`}`,
    value: significant(value),
    unit: 's',
    ratio: threads === 1 ? null : significant(value / alone.seconds),
    target: hasTarget ? `<= ${most} s` : null,
    met: hasTarget && isWhole ? value <= most : null,
  })
  const million = significant(rows / alone.seconds / 1e6)
  return [
    {
      ...line(1, alone.seconds, ONE_THREAD_SECONDS_MAX),
      note: `${million}M rows/s by processor time, the fastest of ${ROUNDS} rounds of each piece; ${alone.parts}`,
    },
    {
      ...line(THREADS, worked, TWO_THREADS_SECONDS_MAX),
      note: `same bits; by processor time, as on cores of their own, threads started; ${significant(wall)} s by the clock`,
    },
  ]
}

/**
 * Processor time of the work, each piece by the fastest of its rounds: memory that neighbours keep
 * busy slows every store, and this work is full of them.
 */
function onOneThread(panel: HourPanel, options: FeatureOptions) {
  const job = featureJob(panel, options, new ArrayBuffer(featureBytes(panel, options)))
  const names = inPieces(job.nameCount, 10, (from, to) => computeNames(job, from, to))
  const bars = inPieces(job.barCount, 256, (from, to) => computeCrossSection(job, from, to))
  return {
    seconds: names + bars,
    parts: `${significant(names)} s by name, ${significant(bars)} s across`,
    checksum: checksum(job.values),
  }
}

function inPieces(count: number, size: number, work: (from: number, to: number) => void): number {
  const fastest = new Float64Array(Math.ceil(count / size)).fill(Number.POSITIVE_INFINITY)
  for (let round = 0; round < ROUNDS; round++) {
    for (let piece = 0; piece < fastest.length; piece++) {
      const from = piece * size
      const to = Math.min(count, from + size)
      const seconds = timed(() => work(from, to), threadSeconds)
      fastest[piece] = Math.min(fastest[piece]!, seconds)
    }
  }
  return fastest.reduce((sum, seconds) => sum + seconds, 0)
}

/** The whole way, threads started and stopped. */
async function onThreads(panel: HourPanel, options: FeatureOptions) {
  // The columns of the first run must not count for this one.
  globalThis.gc?.()
  const before = process.cpuUsage()
  const start = performance.now()
  const { values } = await computeFeaturesOnThreads(panel, options, THREADS)
  const wall = (performance.now() - start) / 1000
  const used = process.cpuUsage(before)
  const worked = (used.user + used.system) / 1e6 / THREADS
  return { worked, wall, checksum: checksum(values) }
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
