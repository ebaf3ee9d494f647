import { compiledTreeKernels } from '../../../adapters/mod.ts'
import { assert } from '../../../core/mod.ts'
import {
  type FeatureMatrix,
  type FittedModel,
  forecastOf,
  type Learner,
  labelledRows,
  type ModelJson,
  problemOfTraining,
  readTrees,
  refused,
  TREES_IMPLEMENTATION,
  type Trained,
  type TrainingInput,
  type TreeKernels,
  type TreeLoss,
  type TreesModel,
  type TreeTraining,
  trainTrees,
  writeTrees,
} from '../../../models/mod.ts'
import type { ModelSettings } from '../../config/hourly-model-schema.ts'

/** Trees for excess returns and for downside events, each with its own labelled rows. */
export function treesLearner(settings: ModelSettings, kernels: TreeKernels): Learner {
  return {
    implementation: TREES_IMPLEMENTATION,
    train(input) {
      const { excessReturn, downsideEvent } = input.labels
      const training = (loss: TreeLoss, label: Float32Array | Float64Array): TreeTraining =>
        trainingOf(input, settings, { loss, label, kernels })
      const excess = training('squared', excessReturn)
      const event = training('logistic', downsideEvent)
      const problem = problemOfTraining(excess) ?? problemOfTraining(event)
      if (problem !== null) return refused(`${TREES_IMPLEMENTATION}: ${problem}`)
      return { kind: 'trained', model: treesModel(trainTrees(excess), trainTrees(event), kernels) }
    },
  }
}

function trainingOf(
  { features, rows, validationRows, seed }: TrainingInput,
  settings: ModelSettings,
  of: {
    readonly loss: TreeLoss
    readonly label: Float32Array | Float64Array
    readonly kernels: TreeKernels
  },
): TreeTraining {
  const { trees, learningRate, leavesMax, rowsMin, l1, l2, rowsMax, patience } = settings
  const { loss, label, kernels } = of
  const validation = labelledRows(label, validationRows)
  return {
    columns: features.columns,
    features: features.names,
    target: label,
    rows: thinned(labelledRows(label, rows), rowsMax),
    ...(validation.length > 0 ? { validation } : {}),
    parameters: { loss, trees, learningRate, leavesMax, rowsMin, l1, l2, patience },
    ...{ kernels, seed },
  }
}

/** At most so many rows, evenly spread over names and time. */
function thinned(rows: Int32Array, most: number): Int32Array {
  if (rows.length <= most) return rows
  return Int32Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)]!)
}

function treesModel(excess: TreesModel, event: TreesModel, kernels: TreeKernels): FittedModel {
  const { implementation, features } = excess
  const score = (model: TreesModel, matrix: FeatureMatrix, rows: Int32Array): Float64Array =>
    kernels.score(model, treeColumns(model, matrix), rows)
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

/** The columns that trees read, in their order. Asserts that all are there. */
export function treeColumns(
  { features }: TreesModel,
  { names, columns }: FeatureMatrix,
): readonly Float32Array[] {
  return features.map((feature) => {
    const column = columns[names.indexOf(feature)]
    assert(column !== undefined, `feature ${feature} is not there`)
    return column
  })
}

/** The trees of a saved route: for excess returns and downside events; or what is wrong. */
export function readTreesPair(json: ModelJson): readonly [TreesModel, TreesModel] | string {
  const models: TreesModel[] = []
  for (const key of ['excessReturn', 'downsideEvent'] as const) {
    const reading = readTrees(JSON.stringify(json[key] ?? null))
    if (reading.kind === 'invalid') return `${key}: ${reading.problem}`
    if (reading.model.features.join() !== json.features.join()) {
      return `${key}: its features are not those of the route`
    }
    models.push(reading.model)
  }
  return [models[0]!, models[1]!]
}

/** Reads what a route of trees saved: one that forecasts the same, or what is wrong with it. */
export function readTreesRoute(json: ModelJson): Trained {
  const pair = readTreesPair(json)
  return typeof pair === 'string'
    ? refused(pair)
    : { kind: 'trained', model: treesModel(...pair, compiledTreeKernels()) }
}
