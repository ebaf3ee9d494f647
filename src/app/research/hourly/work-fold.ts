import { InputError } from '../../../adapters/mod.ts'
import {
  calibrate,
  calibrated,
  type Fold,
  outOfFold,
  sessionBlocks,
  trainedTimes,
  trainFold,
} from '../../../models/mod.ts'
import type { RouteSettings } from '../../config/hourly-model-schema.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'
import { type FoldForecast, type foldFiles, keepFold, keptFold } from './fold-files.ts'
import { type RouteLearner, runTrainings } from './learners.ts'
import type { Study } from './study.ts'

/** A fold of a route: which, under what key it is kept, and where. */
export interface FoldWork {
  readonly fold: Fold
  readonly route: RouteSettings
  readonly key: string
  readonly files: ReturnType<typeof foldFiles>
}

/** What a fold forecast. */
export interface FoldResult {
  readonly forecast: FoldForecast
  readonly wasKept: boolean
}

/** Runs that a fold's training bars are cut into: the later ones are forecast for calibration. */
const CALIBRATION_PARTS = 4

/**
 * Trains a route on a fold, calibrates it and forecasts the test, or takes all of that from its
 * files. Throws InputError (4) where nothing can be trained, naming the fold.
 */
export async function workFold(
  config: HourlyConfig,
  study: Study,
  learner: RouteLearner,
  { fold, route, key, files }: FoldWork,
): Promise<FoldResult> {
  const kept = keptFold(files, { key, name: fold.name })
  if (kept !== null) return { forecast: kept, wasKept: true }
  const { data } = study
  const calibration = await calibrationOf(config, study, learner, { fold, route })
  const tested = await runTrainings(trainFold(data, fold, route), learner)
  if (tested.kind === 'refused') throw refusal(`${route.name}: ${tested.reason}`)
  const { heldOut, dated } = tested
  const { rows, implementation, excessReturn } = heldOut
  const { computes } = learner
  const common = calibrated(calibration, heldOut)
  const forecast = { implementation, computes, rows, excessReturn, ...common }
  const model = {
    ...dated.model.toJson(),
    trainedOn: trainedTimes(dated.trainedOn, study.panel.grid),
    calibration,
  }
  keepFold(files, { key, name: fold.name, model }, forecast)
  return { forecast, wasKept: false }
}

/** What scores of the fold's own later training bars came to, by models that had not seen them. */
export async function calibrationOf(
  config: HourlyConfig,
  { data, panel, labels }: Study,
  learner: RouteLearner,
  { fold, route }: Pick<FoldWork, 'fold' | 'route'>,
) {
  const options = { ...route, parts: CALIBRATION_PARTS }
  const heldOut = await runTrainings(outOfFold(data, fold, options), learner)
  if (heldOut.kind === 'refused') throw refusal(`${route.name}: ${heldOut.reason}`)
  const calibration = calibrate(heldOut, {
    excessReturn: labels.excessReturn,
    downsideEvent: labels.downsideEvent,
    bars: data.features.bars,
    blockOfBar: sessionBlocks(panel.grid.sessionDay, config.validation.blockSessions),
  })
  if (calibration.kind === 'refused') {
    throw refusal(`${route.name}: ${fold.name}: ${calibration.reason}`)
  }
  return calibration
}

/** Throws InputError (4) where no row has a label, saying what they lack. */
export function requireLabels({ labels: { counts }, panel }: Study): void {
  if (counts.labelled > 0) return
  if (panel.benchmark === null) {
    throw refusal('no row has a label: the data have no benchmark to compare with (data.benchmark)')
  }
  const { incomplete, missingPrice } = counts
  throw refusal(
    `no row has a label: ${incomplete} windows leave the data, ${missingPrice} miss a price`,
  )
}

/** Data that do not allow a training or its validation. */
export const refusal = (reason: string): InputError =>
  new InputError({
    code: 'ORN-HOUR-001',
    exitCode: 4,
    message: `The data do not allow this validation: ${reason}`,
    fix: 'Give more sessions, or other settings of validation: trainBars and testBars, or groups and testGroups',
  })
