import { InputError } from '../../../adapters/mod.ts'
import {
  calibrate,
  calibrated,
  described,
  type Fold,
  outOfFold,
  runTraining,
  type SplitPlan,
  sessionBlocks,
  splitBars,
  trainedTimes,
  trainFold,
  type ValidationData,
} from '../../../models/mod.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'
import { hashOf } from '../../config/load.ts'
import { clearFolds, type FoldForecast, foldFiles, keepFold, keptFold } from './fold-files.ts'
import { learnerOf } from './learners.ts'
import type { Study, Tell } from './study.ts'

/** Forecasts of a panel, each by a model that had not seen it; NaN where there is none. */
export interface WalkForward {
  /** The plan in words. */
  readonly plan: string
  /** What was really trained. */
  readonly implementation: string
  readonly folds: readonly FoldSummary[]
  /** Scores in the models' own units, of the shape of a feature column. */
  readonly excessReturn: Float64Array | null
  /** The same calibrated: basis points over the benchmark, and honest probabilities. */
  readonly excessReturnBps: Float64Array | null
  readonly downsideProbability: Float64Array | null
  /** First and last bar that is forecast. */
  readonly firstBar: number
  readonly lastBar: number
}

/** One fold in figures. */
export interface FoldSummary {
  readonly name: string
  readonly trainBars: number
  readonly testBars: number
  readonly purgedBars: number
  readonly embargoedBars: number
  readonly forecastRows: number
  /** True when it was there already, from an interrupted or equal run. */
  readonly wasKept: boolean
}

/** How far training choices look: none of the learners chooses by validation rows yet. */
const VALIDATION_SHARE = 0
/** Runs that a fold's training bars are cut into: the later ones are forecast for calibration. */
const CALIBRATION_PARTS = 4

/**
 * Trains fold by fold and forecasts what each had not seen. A fold that is finished is kept in the
 * folder with its model; an equal run takes it from there. Throws InputError (4) where the data do
 * not allow the plan.
 */
export function walkForward(
  config: HourlyConfig,
  study: Study,
  where: {
    readonly folder: string
    readonly codeHash: string
    readonly tell: Tell
    /** Refuses to train: every fold must be there already. */
    readonly keptOnly?: boolean
  },
): WalkForward {
  const { data } = study
  const plan = planOf(config)
  const split = splitBars(data.spans, plan)
  if (split.kind === 'refused') throw refusal(split.reason)
  const { data: panel, labels, model, validation } = config
  const key = hashOf({ panel, labels, model, validation, code: where.codeHash })
  const { folds } = split
  if (where.keptOnly === true) requireKept(where.folder, folds, key)
  if (keptFold(foldFiles(where.folder, 0), key) === null) clearFolds(where.folder)
  const results = folds.map((fold, index) => {
    where.tell(`train ${fold.name}`, index, folds.length)
    return workFold(config, study, { fold, key, files: foldFiles(where.folder, index) })
  })
  where.tell('train', folds.length, folds.length)
  return joined(data, { plan, folds, results })
}

function requireKept(folder: string, folds: readonly Fold[], key: string): void {
  const missing = folds.filter((_, i) => keptFold(foldFiles(folder, i), key) === null)
  if (missing.length === 0) return
  throw new InputError({
    code: 'ORN-HOUR-003',
    exitCode: 4,
    message: `${folder} lacks ${missing.length} of ${folds.length} folds of this configuration and code`,
    details: missing.slice(0, 5).map(({ name }) => name),
    fix: 'Train them: ornstein hourly walk-forward CONFIG, or hourly backtest CONFIG',
  })
}

function planOf({ validation }: HourlyConfig): SplitPlan {
  const { kind, trainBars, testBars, embargoBars } = validation
  return kind === 'rolling'
    ? { kind, trainBars, testBars, embargoBars }
    : { kind, trainBarsMin: trainBars, testBars, embargoBars }
}

interface FoldWork {
  readonly fold: Fold
  readonly key: string
  readonly files: ReturnType<typeof foldFiles>
}

interface FoldResult {
  readonly forecast: FoldForecast
  readonly wasKept: boolean
}

function workFold(config: HourlyConfig, study: Study, { fold, key, files }: FoldWork): FoldResult {
  const kept = keptFold(files, key)
  if (kept !== null) return { forecast: kept, wasKept: true }
  const { data } = study
  const learner = learnerOf(config)
  const options = { seed: config.model.seed, validationShare: VALIDATION_SHARE }
  const calibration = calibrationOf(config, study, fold)
  const tested = runTraining(trainFold(data, fold, options), learner)
  if (tested.kind === 'refused') throw refusal(tested.reason)
  const { heldOut, dated } = tested
  const { rows, implementation, excessReturn } = heldOut
  const forecast = { implementation, rows, excessReturn, ...calibrated(calibration, heldOut) }
  const model = {
    ...dated.model.toJson(),
    trainedOn: trainedTimes(dated.trainedOn, study.panel.grid),
    calibration,
  }
  keepFold(files, { key, name: fold.name, model }, forecast)
  return { forecast, wasKept: false }
}

/** What scores of the fold's own later training bars came to, by models that had not seen them. */
function calibrationOf(config: HourlyConfig, { data, panel, labels }: Study, fold: Fold) {
  const options = { seed: config.model.seed, validationShare: 0, parts: CALIBRATION_PARTS }
  const heldOut = runTraining(outOfFold(data, fold, options), learnerOf(config))
  if (heldOut.kind === 'refused') throw refusal(heldOut.reason)
  const calibration = calibrate(heldOut, {
    excessReturn: labels.excessReturn,
    downsideEvent: labels.downsideEvent,
    bars: data.features.bars,
    blockOfBar: sessionBlocks(panel.grid.sessionDay, config.validation.blockSessions),
  })
  if (calibration.kind === 'refused') throw refusal(`${fold.name}: ${calibration.reason}`)
  return calibration
}

function joined(
  { names, features }: ValidationData,
  run: {
    readonly plan: SplitPlan
    readonly folds: readonly Fold[]
    readonly results: FoldResult[]
  },
): WalkForward {
  const { plan, folds, results } = run
  const fill = (pick: (forecast: FoldForecast) => Float64Array | null): Float64Array | null => {
    if (results.some(({ forecast }) => pick(forecast) === null)) return null
    const all = new Float64Array(names * features.bars).fill(Number.NaN)
    for (const { forecast } of results) {
      const values = pick(forecast)!
      for (let i = 0; i < values.length; i++) all[forecast.rows[i]!] = values[i]!
    }
    return all
  }
  const tested = folds.flatMap(({ testBars }) => [...testBars])
  return {
    plan: described(plan),
    implementation: results[0]!.forecast.implementation,
    folds: folds.map((fold, i) => ({
      name: fold.name,
      trainBars: fold.trainBars.length,
      testBars: fold.testBars.length,
      purgedBars: fold.purgedBars.length,
      embargoedBars: fold.embargoedBars.length,
      forecastRows: results[i]!.forecast.rows.length,
      wasKept: results[i]!.wasKept,
    })),
    excessReturn: fill(({ excessReturn }) => excessReturn),
    excessReturnBps: fill(({ excessReturnBps }) => excessReturnBps),
    downsideProbability: fill(({ downsideProbability }) => downsideProbability),
    firstBar: tested[0]!,
    lastBar: tested.at(-1)!,
  }
}

const refusal = (reason: string): InputError =>
  new InputError({
    code: 'ORN-HOUR-001',
    exitCode: 4,
    message: `The data do not allow this validation: ${reason}`,
    fix: 'Give more sessions, or other validation.trainBars and testBars',
  })
