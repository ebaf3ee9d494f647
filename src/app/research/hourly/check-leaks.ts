import { InputError } from '../../../adapters/mod.ts'
import { barCount, type HourPanel, panelFrom } from '../../../core/mod.ts'
import {
  computeFeatures,
  cutTraining,
  detectLeaks,
  type FeatureOptions,
  type Fold,
  type FutureLeakInput,
  featuresOfSet,
  type LeakPlaces,
  type LeakReport,
  scrambledAfter,
  type TrainingInput,
  trainingInput,
  trainingLeakSteps,
} from '../../../models/mod.ts'
import type { RouteSettings } from '../../config/hourly-model-schema.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'
import { formatTime } from '../report/format.ts'
import { type Learners, runTrainings } from './learners.ts'
import type { Study, Tell } from './study.ts'

/** What was looked at before anything was trained; null where that was skipped on demand. */
export type LeakChecks = LeakReport['checks'] | null

/** What a report says where nothing was looked for. */
export const LEAKS_SKIPPED = 'Leak checks were skipped: --skip-leak-checks'

/** Last bars of a panel whose future is scrambled. */
const BARS_SCRAMBLED = 280
/** Rows that the training of each route is tried on, twice. */
const ROWS_TRAINED = 4000

/**
 * Looks for what could not have been known: in features, folds, members and the training of each
 * route (null: not trained now). Throws InputError (4) that names what was found.
 */
export async function checkLeaks(
  config: HourlyConfig,
  study: Study,
  by: { readonly folds: readonly Fold[]; readonly learners: Learners | null; readonly tell: Tell },
): Promise<NonNullable<LeakChecks>> {
  const { data, panel, featureOptions } = study
  const { folds, learners, tell } = by
  const { excessReturn, downsideEvent, nextBar } = config.leaks
  tell('leak checks', 0, 1)
  const { checks, leaks } = detectLeaks({
    features: {
      data,
      horizonBars: config.labels.horizonBars,
      nextBarReturn: nextBarReturn(panel),
      plausible: { excessReturn, downsideEvent, nextBar },
    },
    folds,
    membership: { isMember: panel.isMember, sessionDay: panel.grid.sessionDay },
    future: futureOf(panel, featureOptions),
    training: null,
    places: placesOf(panel),
  })
  const found = [...leaks]
  const trainings = learners === null ? [] : config.models
  let areTrained = trainings.length > 0
  for (const route of trainings) {
    const learner = learners!.of(route)
    const steps = trainingLeakSteps(learner.implementation, someTraining(study, folds[0]!, route))
    let isTrained = false
    const more = await runTrainings(steps, {
      async train(input) {
        const trained = await learner.train(input)
        isTrained ||= trained.kind === 'trained'
        return trained
      },
    })
    areTrained &&= isTrained
    found.push(...more)
  }
  tell('leak checks', 1, 1)
  if (found.length > 0) throw leaked(found.map(({ check, message }) => `${check}: ${message}`))
  const areTested = folds.some(({ testBars }) => testBars.length > 0)
  const made = checks.filter((each) => areTested || each !== 'folds against label windows')
  // A sample of rows may be too poor to train on: what was not looked at is not listed.
  return areTrained ? [...made, 'training against scrambled rows'] : made
}

const leaked = (details: readonly string[]): InputError =>
  new InputError({
    code: 'ORN-HOUR-004',
    exitCode: 4,
    message: 'The data or the training know what could not have been known',
    details,
    fix: 'Mend the data; what you planted yourself is made plausible under leaks: in the configuration; --skip-leak-checks goes on without looking, and the report says so',
  })

/** Symbols and decision times of a panel. */
function placesOf({ symbols, grid }: HourPanel): LeakPlaces {
  const bar = (at: number): string => `${formatTime(grid.decisionTime[at]!)} UTC`
  return { bar, row: (name, at) => `${symbols[name]} at ${bar(at)}` }
}

/** Log return from the open to the close of the bar after the decision. */
function nextBarReturn({ bars, grid }: HourPanel): Float64Array {
  const count = barCount(grid)
  return bars.close.map((_, cell) =>
    (cell + 1) % count === 0 ? Number.NaN : Math.log(bars.close[cell + 1]! / bars.open[cell + 1]!),
  )
}

/** Features of the last bars, as they are and with what comes after a bar replaced. */
function futureOf(panel: HourPanel, options: FeatureOptions): FutureLeakInput {
  const last = panelFrom(panel, Math.max(0, barCount(panel.grid) - BARS_SCRAMBLED))
  const bars = barCount(last.grid)
  const cuts = [Math.floor(bars * 0.6), bars - 9]
  return {
    ...{
      names: featuresOfSet(options.set).map(({ name }) => name),
      bars,
      cuts,
      places: placesOf(last),
    },
    compute: (cut) =>
      computeFeatures(cut === null ? last : scrambledAfter(last, cut, cut), options).columns,
  }
}

/**
 * A fold's training on evenly spaced bars of the panel, by themselves: about as many rows as a check
 * needs, beside rows of bars that are not for training.
 */
function someTraining({ data }: Study, { trainBars }: Fold, route: RouteSettings): TrainingInput {
  const { names, features } = data
  const stride = Math.max(1, Math.floor((trainBars.length * names) / ROWS_TRAINED))
  const { input } = trainingInput(
    data,
    trainBars.filter((bar) => bar % stride === 0),
    route,
  )
  const all = Int32Array.from({ length: features.bars }, (_, bar) => bar)
  return cutTraining(
    input,
    all.filter((bar) => bar % stride === 0),
    names,
  )
}
