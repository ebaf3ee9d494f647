import { NETWORK_TRAINER, openTreeKernels, trainNetwork } from '../../../adapters/mod.ts'
import {
  type Learner,
  linearLearner,
  momentumBaseline,
  NETWORK_IMPLEMENTATIONS,
  randomBaseline,
  type SetPart,
  type Trained,
  type TrainingInput,
  type TrainingSteps,
} from '../../../models/mod.ts'
import type { ModelSettings } from '../../config/hourly-model-schema.ts'
import type { Tell } from './study.ts'
import { treesLearner } from './trees-route.ts'

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
