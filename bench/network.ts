import { type NetworkSettings, trainNetwork } from '../src/adapters/mod.ts'
import { parseHourly } from '../src/app/config/load-hourly.ts'
import { generatePanel } from '../src/core/mod.ts'
import {
  computeFeatures,
  computeLabels,
  DEFAULT_LABELS,
  type FittedModel,
  type SetPart,
  type TrainingInput,
  trainingInput,
} from '../src/models/mod.ts'
import { type Benchmark, median, type Result, significant, timed } from './harness.ts'

const NAMES = 500
const SESSIONS = 1260
const HOURS = 8750
const MINUTES_MAX = 20
/** One in so many hours makes the short epoch that the whole one is compared with. */
const SUBSET = 8
/** Hours that are forecast one by one. */
const FORECASTS = 50

/** One fold of a network that sees the hour, to the end of its training, and epochs of the others. */
export const network: Benchmark = {
  name: 'network',
  summary: `networks on one fold of ${NAMES} names x ${HOURS} hours: an epoch, and the whole training`,
  async run({ shrink }) {
    const { input, settings } = foldOf(shrink)
    const size = `${Math.floor(NAMES / shrink)} names x ${HOURS} hours`
    const few = await train(hoursOf(input, SUBSET), settings, 'inducing', 2)
    const whole = await train(input, settings, 'inducing', settings.epochsMax)
    const epoch = median(whole.epochs)
    const results: Result[] = [
      {
        name: `network, epoch of ${size}`,
        value: significant(epoch),
        unit: 's',
        ratio: null,
        target: null,
        met: null,
        note: `${significant(input.rows.length / epoch / 1000)}k rows/s with the validation rows' loss; from one in ${SUBSET} hours ${significant(few.epochs[1]! * SUBSET)} s; ${significant(process.resourceUsage().maxRSS / 1e6)} GB at most`,
      },
      {
        name: `network, fold of ${size}`,
        value: significant(whole.seconds / 60),
        unit: 'min',
        ratio: null,
        target: `<= ${MINUTES_MAX} min`,
        met: shrink === 1 ? whole.seconds <= MINUTES_MAX * 60 : null,
        note: `${whole.epochs.length} epochs of at most ${settings.epochsMax} until it got no better; ${significant((epoch * settings.epochsMax) / 60)} min if it went on to the last`,
      },
    ]
    results.push(oneHour(whole.model, input))
    for (const set of ['pooling', 'none', 'full'] as const) {
      // The first epoch has all that is done once; members squared need fewer hours still.
      const part = set === 'full' ? 8 * SUBSET : SUBSET
      const { epochs } = await train(hoursOf(input, part), settings, set, 2)
      const seconds = epochs[1]! * part
      results.push({
        name: `${NAMES_OF[set]}, epoch of ${size}`,
        value: significant(seconds),
        unit: 's',
        ratio: significant(seconds / epoch),
        target: null,
        met: null,
        note: `to the network with learned points; from one in ${part} hours`,
      })
    }
    return results
  },
}

const NAMES_OF = {
  pooling: 'the mean of the hour',
  none: 'each name alone',
  full: 'every name with every other',
} as const

/** What an hourly decision waits for. */
function oneHour(model: FittedModel, { features, rows }: TrainingInput): Result {
  const seconds = Array.from({ length: FORECASTS }, (_, i) => {
    const hour = rows.filter((row) => row % features.bars === i)
    return timed(
      () => model.predict(features, hour),
      () => performance.now() / 1000,
    )
  })
  return {
    name: 'network, forecast of one hour',
    value: significant(median(seconds) * 1000),
    unit: 'ms',
    ratio: null,
    target: null,
    met: null,
    note: 'both forecasts of every member, in TypeScript, by the clock',
  }
}

/** A generated panel with an edge, and the settings that a configuration has by default. */
function foldOf(shrink: number): { input: TrainingInput; settings: Omit<NetworkSettings, 'set'> } {
  const { config } = parseHourly('name: bench\nmodel: { route: network }', 'bench')
  const { network: settings, seed, validationShare } = config.models[0]!
  const panel = generatePanel({
    seed: 5,
    names: Math.floor(NAMES / shrink),
    sessions: SESSIONS,
    edge: { column: 'sentiment_score', bpPer5Bars: 10 },
  })
  const features = computeFeatures(panel)
  const labels = computeLabels(panel, DEFAULT_LABELS)
  const { spans } = labels
  const data = { names: panel.symbols.length, features, labels, spans, isUsed: panel.isMember }
  const bars = Int32Array.from({ length: HOURS }, (_, bar) => bar)
  const { input } = trainingInput(data, bars, { seed, validationShare })
  return { input, settings }
}

/** Rows of one in so many hours. */
function hoursOf(input: TrainingInput, part: number): TrainingInput {
  const { bars } = input.features
  const some = (rows: Int32Array): Int32Array => rows.filter((row) => (row % bars) % part === 0)
  return { ...input, rows: some(input.rows), validationRows: some(input.validationRows) }
}

/** Seconds of processor time, of each epoch and in all, with the making ready of columns. */
async function train(
  input: TrainingInput,
  settings: Omit<NetworkSettings, 'set'>,
  set: SetPart,
  epochsMax: number,
) {
  const start = cpuSeconds()
  const ends: number[] = []
  const firsts = [start]
  const trained = await trainNetwork(input, { ...settings, set, epochsMax }, ({ epoch }) => {
    ends.push(cpuSeconds())
    firsts[epoch] = ends.at(-1)!
    process.stderr.write(`  ${set}, epoch ${epoch}: ${(ends.at(-1)! - start).toFixed(0)} s\n`)
  })
  if (trained.kind === 'refused') throw new Error(trained.reason)
  const epochs = ends.map((end, i) => end - firsts[i]!)
  return { seconds: cpuSeconds() - start, epochs, model: trained.model }
}

/** Of the whole process: collecting garbage counts. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
