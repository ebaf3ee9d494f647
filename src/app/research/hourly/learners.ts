import { NETWORK_TRAINER, openTreeKernels, trainNetwork } from '../../../adapters/mod.ts'
import {
  type FeatureMatrix,
  type FittedModel,
  forecastOf,
  type Learner,
  labelledRows,
  linearLearner,
  momentumBaseline,
  NETWORK_IMPLEMENTATIONS,
  problemOfTraining,
  randomBaseline,
  refused,
  type SetPart,
  TREES_IMPLEMENTATION,
  type Trained,
  type TrainingInput,
  type TrainingSteps,
  type TreeKernels,
  type TreeLoss,
  type TreesModel,
  type TreeTraining,
  trainTrees,
  writeTrees,
} from '../../../models/mod.ts'
import type { ModelSettings } from '../../config/hourly-model-schema.ts'
import type { Tell } from './study.ts'

/** A learner of a route; it may take its time. */
export interface RouteLearner extends Pick<Learner, 'implementation'> {
  /** What computes it, for reports. */
  readonly computes: string
  train(input: TrainingInput): Trained | Promise<Trained>
}

/** Learners and what they hold until they are closed. */
export interface Learners {
  /** The learner that settings ask for; no other ever takes its place. */
  readonly of: (settings: ModelSettings) => RouteLearner
  readonly close: () => Promise<void>
}

/** Learners that use so many threads, this one among them: the same models, sooner. */
export async function openLearners(threads: number, tell: Tell): Promise<Learners> {
  const kernels = await openTreeKernels(threads)
  const computes = `compiled kernels (${kernels.name}) on ${threads} thread${threads > 1 ? 's' : ''}`
  const plain = (learner: Learner): RouteLearner => ({ ...learner, computes: 'plain, one thread' })
  return {
    of(settings) {
      switch (settings.route) {
        case 'trees':
          return { ...treesLearner(settings, kernels), computes }
        case 'network':
          return networkLearner(settings, settings.network.attention, tell)
        case 'mlp':
          return networkLearner(settings, 'none', tell)
        case 'linear':
          return plain(linearLearner())
        case 'momentum':
          return plain(momentumBaseline('mom_10h'))
        case 'random':
          return plain(randomBaseline())
      }
    },
    close: kernels.close,
  }
}

/** Answers every request of a training with one learner, in turn. */
export async function runTrainings<Result>(
  steps: TrainingSteps<Result>,
  learner: Pick<RouteLearner, 'train'>,
): Promise<Result> {
  let step = steps.next()
  while (!step.done) step = steps.next(await learner.train(step.value.input))
  return step.value
}

/** A network for both labels at once, which tells of every epoch. */
function networkLearner({ network }: ModelSettings, set: SetPart, tell: Tell): RouteLearner {
  const { attention: _, ...rest } = network
  return {
    implementation: NETWORK_IMPLEMENTATIONS[set],
    computes: `${NETWORK_TRAINER}, one thread`,
    train: (input) =>
      trainNetwork(input, { ...rest, set }, (progress) => {
        const { epoch, trainingLoss, validationLoss, seconds } = progress
        const judged = validationLoss === null ? '' : `, validation ${validationLoss.toFixed(4)}`
        const loss = `loss ${trainingLoss.toFixed(4)}${judged}`
        tell(`epoch ${epoch}: ${loss}, ${seconds.toFixed(1)} s`, epoch, network.epochsMax)
      }),
  }
}

/** Trees for excess returns and for downside events, each with its own labelled rows. */
function treesLearner(settings: ModelSettings, kernels: TreeKernels): Learner {
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
    kernels.score(model, matrix.columns, rows)
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
