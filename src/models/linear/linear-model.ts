import type {
  FeatureMatrix,
  FittedModel,
  Forecast,
  Learner,
  ModelJson,
  Trained,
  TrainingInput,
} from '../learner.ts'
import { fitLogistic, logistic } from './logistic.ts'
import {
  DEFAULT_PREPARATION,
  fitPreparation,
  type Preparation,
  type PreparationOptions,
  regressorNames,
} from './preparation.ts'
import { chooseRidge, collectMoments, type LinearFit, linearPredictor } from './ridge.ts'

/** Names what was trained; a model file of another shape has another name. */
export const LINEAR_IMPLEMENTATION = 'ridge-and-logistic/1'

/** Settings of the linear baseline. */
export interface LinearOptions {
  /** Per row, on standardised regressors; of several the validation rows choose. */
  readonly ridgePenalties: readonly number[]
  readonly logisticPenalty: number
  readonly preparation: PreparationOptions
}

/** One penalty of 0.1 each, not tuned. */
export const DEFAULT_LINEAR: LinearOptions = {
  ridgePenalties: [0.1],
  logisticPenalty: 0.1,
  preparation: DEFAULT_PREPARATION,
}

/** The linear baseline: ridge for excess returns, logistic regression for downside events. */
export function linearLearner(options: LinearOptions = DEFAULT_LINEAR): Learner {
  return { implementation: LINEAR_IMPLEMENTATION, train: (input) => train(input, options) }
}

function train(input: TrainingInput, options: LinearOptions): Trained {
  const { features, labels, rows, validationRows } = input
  const preparation = fitPreparation(features, rows, options.preparation)
  if (preparation.kind === 'refused') return preparation
  const moments = (some: Int32Array) =>
    collectMoments(
      preparation,
      features,
      labels.excessReturn,
      labelledRows(labels.excessReturn, some),
    )
  const needsChoice = options.ridgePenalties.length > 1
  const ridge = chooseRidge(
    moments(rows),
    needsChoice ? moments(validationRows) : null,
    options.ridgePenalties,
  )
  if (ridge.kind === 'refused') return ridge
  const event = fitLogistic(preparation, features, labels.downsideEvent, {
    rows: labelledRows(labels.downsideEvent, rows),
    l2: options.logisticPenalty,
  })
  if (event.kind === 'refused') return event
  return { kind: 'trained', model: linearModel(preparation, ridge, event) }
}

/** Rows that have a label, in their order. */
export function labelledRows(label: Float32Array | Float64Array, rows: Int32Array): Int32Array {
  return rows.filter((row) => !Number.isNaN(label[row]!))
}

/** A linear model of what was fitted. */
export function linearModel(
  preparation: Preparation,
  ridge: LinearFit,
  event: LinearFit,
): FittedModel {
  const features = preparation.columns.map(({ name }) => name)
  return {
    implementation: LINEAR_IMPLEMENTATION,
    features,
    predict: (matrix, rows) => predict(preparation, ridge, event, matrix, rows),
    toJson: (): ModelJson => ({
      implementation: LINEAR_IMPLEMENTATION,
      features,
      regressors: regressorNames(preparation),
      preparation: { ...preparation },
      ridge: { ...ridge, coefficients: [...ridge.coefficients] },
      logistic: { ...event, coefficients: [...event.coefficients] },
    }),
  }
}

function predict(
  preparation: Preparation,
  ridge: LinearFit,
  event: LinearFit,
  features: FeatureMatrix,
  rows: Int32Array,
): Forecast {
  return {
    excessReturn: linearPredictor(preparation, ridge, features, rows),
    downsideProbability: linearPredictor(preparation, event, features, rows).map(logistic),
  }
}
