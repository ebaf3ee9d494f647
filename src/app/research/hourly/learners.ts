import { compiledTreeKernels } from '../../../adapters/mod.ts'
import {
  type FeatureMatrix,
  type FittedModel,
  forecastOf,
  type Learner,
  linearLearner,
  momentumBaseline,
  problemOfTraining,
  randomBaseline,
  refused,
  scoreTrees,
  TREES_IMPLEMENTATION,
  type TrainingInput,
  type TreeLoss,
  type TreesModel,
  type TreeTraining,
  trainTrees,
  writeTrees,
} from '../../../models/mod.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'

/** The learner that a configuration asks for; no other ever takes its place. */
export function learnerOf({ model }: HourlyConfig): Learner {
  switch (model.route) {
    case 'trees':
      return treesLearner(model)
    case 'linear':
      return linearLearner()
    case 'momentum':
      return momentumBaseline('mom_10h')
    case 'random':
      return randomBaseline()
  }
}

/** Trees for excess returns and for downside events, each with its own labelled rows. */
function treesLearner(settings: HourlyConfig['model']): Learner {
  return {
    implementation: TREES_IMPLEMENTATION,
    train(input) {
      const { excessReturn, downsideEvent } = input.labels
      const excess = trainingOf(input, settings, { loss: 'squared', label: excessReturn })
      const event = trainingOf(input, settings, { loss: 'logistic', label: downsideEvent })
      const problem = problemOfTraining(excess) ?? problemOfTraining(event)
      if (problem !== null) return refused(`${TREES_IMPLEMENTATION}: ${problem}`)
      return { kind: 'trained', model: treesModel(trainTrees(excess), trainTrees(event)) }
    },
  }
}

function trainingOf(
  { features, rows, seed }: TrainingInput,
  settings: HourlyConfig['model'],
  { loss, label }: { readonly loss: TreeLoss; readonly label: Float32Array | Float64Array },
): TreeTraining {
  const { trees, learningRate, leavesMax, rowsMin, l1, l2, rowsMax } = settings
  const labelled = rows.filter((row) => !Number.isNaN(label[row]!))
  return {
    columns: features.columns,
    features: features.names,
    target: label,
    rows: thinned(labelled, rowsMax),
    parameters: { loss, trees, learningRate, leavesMax, rowsMin, l1, l2 },
    kernels: compiledTreeKernels(),
    seed,
  }
}

/** At most so many rows, evenly spread over names and time. */
function thinned(rows: Int32Array, most: number): Int32Array {
  if (rows.length <= most) return rows
  return Int32Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)]!)
}

function treesModel(excess: TreesModel, event: TreesModel): FittedModel {
  const { implementation, features } = excess
  const score = (model: TreesModel, matrix: FeatureMatrix, rows: Int32Array): Float64Array =>
    scoreTrees(model, matrix.columns, rows)
  return {
    implementation,
    features,
    predict: (matrix, rows) => ({
      excessReturn: score(excess, matrix, rows),
      downsideProbability: score(event, matrix, rows).map((each) => forecastOf('logistic', each)),
    }),
    toJson: () => ({
      implementation,
      features,
      excessReturn: JSON.parse(writeTrees(excess)),
      downsideEvent: JSON.parse(writeTrees(event)),
    }),
  }
}
