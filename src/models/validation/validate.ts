import { type Refused, refused } from '../learner.ts'
import { type Fold, foldsWithin, type SplitPlan, splitBars } from './folds.ts'
import {
  type DatedModel,
  type HeldOut,
  type TrainingOptions,
  type TrainingSteps,
  trainFold,
  type ValidationData,
} from './held-out.ts'
import { pathColumns } from './paths.ts'

/** One fold's test, with the model that made it. */
export interface TestedFold {
  readonly fold: Fold
  readonly dated: DatedModel
  readonly heldOut: HeldOut
}

/**
 * Forecasts of a whole panel by models that had not seen what they forecast, NaN elsewhere; of the
 * shape of a feature column.
 */
export interface ForecastPath {
  readonly excessReturn: Float64Array | null
  readonly downsideProbability: Float64Array | null
}

/** What a validation came to. */
export interface Validated {
  readonly kind: 'validated'
  readonly folds: readonly TestedFold[]
  /** One for walk-forward; for combinatorial folds every way through the panel. */
  readonly paths: readonly ForecastPath[]
}

/**
 * Trains on every fold of a plan in turn and forecasts its test. The generator asks for each model;
 * {@link runTraining} answers at once. Refused as a whole when any fold is, naming it.
 */
export function* validate(
  data: ValidationData,
  plan: SplitPlan,
  options: TrainingOptions,
): TrainingSteps<Validated | Refused> {
  const split = splitBars(data.spans, plan)
  if (split.kind === 'refused') return split
  const folds: TestedFold[] = []
  for (const fold of split.folds) {
    const tested = yield* trainFold(data, fold, options)
    if (tested.kind === 'refused') return tested
    folds.push({ fold, dated: tested.dated, heldOut: tested.heldOut })
  }
  return { kind: 'validated', folds, paths: pathsOf(folds, data) }
}

/**
 * Forecasts of a fold's later training bars by models trained on earlier ones: what a calibration is
 * fitted on. Bars are cut into `parts` runs, at least two; each of the later half is forecast.
 */
export function* outOfFold(
  data: ValidationData,
  fold: Fold,
  options: TrainingOptions & { readonly parts: number },
): TrainingSteps<HeldOut | Refused> {
  const parts: HeldOut[] = []
  for (const part of foldsWithin(data.spans, fold.trainBars, options.parts)) {
    const named = { ...part, name: `${fold.name}, ${part.name}` }
    const tested = yield* trainFold(data, named, options)
    if (tested.kind === 'refused') return tested
    parts.push(tested.heldOut)
  }
  return parts.length > 0
    ? joined(parts)
    : refused(`${fold.name}: too few bars for ${options.parts} parts`)
}

function joined(parts: readonly HeldOut[]): HeldOut {
  const size = parts.reduce((sum, { rows }) => sum + rows.length, 0)
  const rows = new Int32Array(size)
  const join = (pick: (part: HeldOut) => Float64Array | null): Float64Array | null => {
    const all = new Float64Array(size)
    let at = 0
    for (const part of parts) {
      const column = pick(part)
      if (column === null) return null
      all.set(column, at)
      at += column.length
    }
    return all
  }
  let at = 0
  for (const part of parts) {
    rows.set(part.rows, at)
    at += part.rows.length
  }
  return {
    kind: 'heldOut',
    implementation: parts[0]!.implementation,
    rows,
    excessReturn: join(({ excessReturn }) => excessReturn),
    downsideProbability: join(({ downsideProbability }) => downsideProbability),
  }
}

function pathsOf(folds: readonly TestedFold[], data: ValidationData): readonly ForecastPath[] {
  const shape = { names: data.names, bars: data.features.bars }
  const columns = (pick: (heldOut: HeldOut) => Float64Array | null) =>
    pathColumns(
      folds.map(({ fold, heldOut }) => ({
        testBars: fold.testBars,
        rows: heldOut.rows,
        values: pick(heldOut),
      })),
      shape,
    )
  const downside = columns(({ downsideProbability }) => downsideProbability)
  return columns(({ excessReturn }) => excessReturn).map((excessReturn, i) => ({
    excessReturn,
    downsideProbability: downside[i]!,
  }))
}
