import {
  type FeatureMatrix,
  type FittedModel,
  type LabelColumns,
  type LabelSpans,
  type Refused,
  refused,
  type Trained,
  type TrainingInput,
} from '../learner.ts'
import { type BarWindow, type Fold, rowsOfBars, windowsOf } from './folds.ts'

/** What models are trained and tested on. */
export interface ValidationData {
  readonly names: number
  readonly features: FeatureMatrix
  readonly labels: LabelColumns
  readonly spans: LabelSpans
  /** 1 where the row may be trained on and forecast: a member known as such at the bar. */
  readonly isUsed: Uint8Array
}

/** Asks whoever drives the validation, at once or after a while, for a model. */
export interface TrainingRequest {
  /** For example "rolling 3", or "rolling 3, part 2 of 4" where forecasts for calibration are made. */
  readonly name: string
  readonly input: TrainingInput
}

/** Work that asks for models one after the other: answer each request with what came of it. */
export type TrainingSteps<Result> = Generator<TrainingRequest, Result, Trained>

/** Answers every request with one learner, at once. */
export function runTraining<Result>(
  steps: TrainingSteps<Result>,
  learner: { train(input: TrainingInput): Trained },
): Result {
  let step = steps.next()
  while (!step.done) step = steps.next(learner.train(step.value.input))
  return step.value
}

/** A model and the bars that it and its labels saw. */
export interface DatedModel {
  readonly model: FittedModel
  /** From the first decision to the last label's end of each run of training bars. */
  readonly trainedOn: readonly BarWindow[]
}

/**
 * Forecasts of bars by a model that has seen neither them nor their labels; refused, with the bars,
 * where its training and the bars' own windows meet.
 */
export function forecastHeldOut(
  { model, trainedOn }: DatedModel,
  data: ValidationData,
  bars: Int32Array,
): HeldOut | Refused {
  const overlap = firstOverlap(trainedOn, windowsOf(data.spans, bars))
  if (overlap !== null) return refused(overlap)
  const panel = { names: data.names, bars: data.features.bars, isUsed: data.isUsed }
  const rows = rowsOfBars(bars, panel)
  const forecast = model.predict(data.features, rows)
  return { kind: 'heldOut', implementation: model.implementation, rows, ...forecast }
}

/** Forecasts of rows by models that had not seen them; null where none is made of that kind. */
export interface HeldOut {
  readonly kind: 'heldOut'
  readonly implementation: string
  readonly rows: Int32Array
  readonly excessReturn: Float64Array | null
  readonly downsideProbability: Float64Array | null
}

/** The first place where training windows meet test windows, in words; null where none do. */
export function firstOverlap(
  training: readonly BarWindow[],
  test: readonly BarWindow[],
): string | null {
  for (const a of training) {
    for (const b of test) {
      if (a.first > b.last || b.first > a.last) continue
      return (
        `trained on bars ${a.first} to ${a.last} with their labels, ` +
        `which meet bars ${b.first} to ${b.last} to be forecast`
      )
    }
  }
  return null
}

/** How a fold's own training bars are used. */
export interface TrainingOptions {
  readonly seed: number
  /** Share of the training bars, the last ones, kept for choices while training; 0: none. */
  readonly validationShare: number
}

/** Training on a fold: rows of its bars that are in use and have a label, validation purged. */
export function trainingInput(
  data: ValidationData,
  bars: Int32Array,
  { seed, validationShare }: TrainingOptions,
): { input: TrainingInput; trainedOn: readonly BarWindow[] } {
  const { features, labels, spans, names, isUsed } = data
  const held = Math.floor(bars.length * validationShare)
  const validation = bars.subarray(bars.length - held)
  const windows = windowsOf(spans, validation)
  const training = bars
    .subarray(0, bars.length - held)
    .filter(
      (bar) => !windows.some((window) => spans.last[bar]! >= window.first && bar <= window.last),
    )
  const panel = { names, bars: features.bars, isUsed }
  const hasLabel = (row: number): boolean => !Number.isNaN(labels.excessReturn[row]!)
  const rowsOf = (some: Int32Array): Int32Array => rowsOfBars(some, panel).filter(hasLabel)
  return {
    input: { features, labels, rows: rowsOf(training), validationRows: rowsOf(validation), seed },
    // Validation rows chose among fits: they were seen as well.
    trainedOn: windowsOf(spans, bars),
  }
}

/** Trains on a fold and forecasts its test bars. */
export function* trainFold(
  data: ValidationData,
  fold: Fold,
  options: TrainingOptions,
): TrainingSteps<{ kind: 'tested'; dated: DatedModel; heldOut: HeldOut } | Refused> {
  const { input, trainedOn } = trainingInput(data, fold.trainBars, options)
  if (input.rows.length === 0) return refused(`${fold.name}: no training rows qualify`)
  const trained = yield { name: fold.name, input }
  if (trained.kind === 'refused') return refused(`${fold.name}: ${trained.reason}`)
  const dated = { model: trained.model, trainedOn }
  const heldOut = forecastHeldOut(dated, data, fold.testBars)
  if (heldOut.kind === 'refused') return refused(`${fold.name}: ${heldOut.reason}`)
  return { kind: 'tested', dated, heldOut }
}
