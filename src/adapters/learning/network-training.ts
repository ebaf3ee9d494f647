import { createRandom, type Random } from '../../core/mod.ts'
import {
  DEFAULT_PREPARATION,
  fitNetworkTargets,
  fitPreparation,
  groupByHour,
  type HourRows,
  initialParameters,
  membersMax,
  NETWORK_IMPLEMENTATIONS,
  type NetworkArchitecture,
  networkModel,
  parameterBlocks,
  refused,
  regressorNames,
  type Trained,
  type TrainingInput,
} from '../../models/mod.ts'
import { AdamW } from './adamw.ts'
import {
  type BatchShape,
  type BatchSource,
  batchAt,
  emptyBatch,
  fillBatch,
  type NetworkBatch,
  padded,
  rowsOfHours,
} from './network-batch.ts'
import { NETWORK_TRAINER, type NetworkProgram, openNetworkProgram } from './network-program.ts'

/** How a network is built and trained. */
export interface NetworkSettings extends Omit<NetworkArchitecture, 'inputs'> {
  /** Hours of a step. */
  readonly batchHours: number
  readonly learningRate: number
  readonly weightDecay: number
  readonly epochsMax: number
  /** Epochs without a better validation loss after which training ends. */
  readonly patience: number
  /** Weights of the tasks, each measured against forecasting nothing. */
  readonly returnWeight: number
  readonly downsideWeight: number
}

/** How far a training is. */
export interface NetworkProgress {
  /** From 1. */
  readonly epoch: number
  readonly trainingLoss: number
  readonly validationLoss: number | null
  readonly seconds: number
}

/** A gradient over all parameters is cut to this length. */
const GRADIENT_MAX = 2

/**
 * Trains a network on the rows' hours; validation rows choose the epoch and nothing else. The same
 * input and settings give the same model on one machine. Refused where no rows qualify, and where
 * the loss stops being a number.
 */
export async function trainNetwork(
  input: TrainingInput,
  settings: NetworkSettings,
  onEpoch: (progress: NetworkProgress) => void = () => {},
): Promise<Trained> {
  const { features, labels, rows, validationRows, seed } = input
  const preparation = fitPreparation(features, rows, DEFAULT_PREPARATION)
  if (preparation.kind === 'refused') return preparation
  const targets = fitNetworkTargets(labels, rows)
  if (targets.kind === 'refused') return targets
  const { set, width, setWidth, points } = settings
  const inputs = regressorNames(preparation).length
  const architecture = { set, inputs, width, setWidth, points }
  const hours = groupByHour(rows, features.bars)
  const validation = groupByHour(validationRows, features.bars)
  const shape = {
    hours: Math.min(settings.batchHours, hours.bars.length),
    members: padded(Math.max(membersMax(hours), membersMax(validation))),
    inputs: padded(inputs),
  }
  const source: BatchSource = { features, labels, preparation, targets, weights: settings }
  const program = await openNetworkProgram(architecture, shape)
  try {
    const random = createRandom(seed)
    const course = { architecture, settings, program, shape, source, hours, validation, random }
    const fitted = await follow(course, onEpoch)
    if (fitted.kind === 'refused') return fitted
    const { kind: _, parameters, ...history } = fitted
    const training = {
      trainer: NETWORK_TRAINER,
      seed,
      settings: numbersOf(settings),
      hours: hours.bars.length,
      validationHours: validation.bars.length,
      ...history,
    }
    const network = { architecture, parameters, preparation, targets, training }
    return { kind: 'trained', model: networkModel(network) }
  } finally {
    program.close()
  }
}

const numbersOf = ({ set: _, ...numbers }: NetworkSettings): Readonly<Record<string, number>> =>
  numbers

interface Course {
  readonly architecture: NetworkArchitecture
  readonly settings: NetworkSettings
  readonly program: NetworkProgram
  readonly shape: BatchShape
  readonly source: BatchSource
  readonly hours: HourRows
  readonly validation: HourRows
  readonly random: Random
}

/** Epoch by epoch until the validation loss no longer falls; the best epoch's parameters. */
async function follow(course: Course, onEpoch: (progress: NetworkProgress) => void) {
  const { architecture, settings, validation, random } = course
  const parameters = initialParameters(architecture, random)
  const optimiser = new AdamW(decayedOf(architecture), { ...settings, gradientMax: GRADIENT_MAX })
  const judged = validation.bars.length > 0
  const trainingLoss: (number | null)[] = [null]
  const validationLoss = [judged ? await lossOver(course, parameters, validation) : Number.NaN]
  let best = { epoch: 0, loss: Number.POSITIVE_INFINITY, parameters }
  for (let epoch = 1; epoch <= settings.epochsMax; epoch++) {
    const started = performance.now()
    const loss = await trainEpoch(course, parameters, optimiser)
    const judgement = judged ? await lossOver(course, parameters, validation) : loss
    if (!Number.isFinite(loss) || !Number.isFinite(judgement)) {
      return refused(
        `${NETWORK_IMPLEMENTATIONS[architecture.set]}: the loss of epoch ${epoch} is no number ` +
          `at a learning rate of ${settings.learningRate}: a lower one may hold`,
      )
    }
    trainingLoss.push(loss)
    validationLoss.push(judgement)
    if (!judged || judgement < best.loss) {
      best = { epoch, loss: judgement, parameters: parameters.slice() }
    }
    const seconds = (performance.now() - started) / 1000
    onEpoch({ epoch, trainingLoss: loss, validationLoss: judged ? judgement : null, seconds })
    if (epoch - best.epoch >= settings.patience) break
  }
  return {
    kind: 'fitted',
    parameters: best.parameters,
    trainingLoss,
    validationLoss: judged ? validationLoss : null,
    bestEpoch: best.epoch,
  } as const
}

/** Weights decay, biases and learned points do not. */
function decayedOf(architecture: NetworkArchitecture): Uint8Array {
  const blocks = parameterBlocks(architecture)
  const last = blocks.at(-1)!
  const isDecayed = new Uint8Array(last.offset + last.length)
  for (const { name, offset, length } of blocks) {
    if (/weight$/i.test(name)) isDecayed.fill(1, offset, offset + length)
  }
  return isDecayed
}

/** One step for every batch of hours in an order of its own; the mean loss of its rows. */
async function trainEpoch(course: Course, parameters: Float32Array, optimiser: AdamW) {
  const { program, hours, random } = course
  const gradient = new Float32Array(parameters.length)
  const order = shuffled(hours.bars.length, random)
  return meanOver(course, hours, order, (batch) => {
    const loss = program.step(parameters, batch, gradient)
    const length = optimiser.step(parameters, gradient)
    return Number.isFinite(length) ? loss : Number.NaN
  })
}

function lossOver(course: Course, parameters: Float32Array, hours: HourRows): Promise<number> {
  const order = Int32Array.from(hours.bars.keys())
  return meanOver(course, hours, order, (batch) => course.program.loss(parameters, batch))
}

/** Rows that are made ready together. */
const SHARD_ROWS = 2 ** 17

/** Mean over rows of what batches of hours come to, in the order given; NaN as soon as one does. */
async function meanOver(
  { shape, source }: Course,
  all: HourRows,
  order: Int32Array,
  work: (batch: NetworkBatch) => number,
): Promise<number> {
  const batches = Math.max(1, Math.floor(SHARD_ROWS / (shape.hours * shape.members)))
  const shard = {
    ...shape,
    hours: shape.hours * Math.min(batches, Math.ceil(order.length / shape.hours)),
  }
  const filled = emptyBatch(shard)
  let sum = 0
  for (let first = 0; first < order.length; first += shard.hours) {
    const chosen = order.subarray(first, first + shard.hours)
    fillBatch(filled, shard, source, { all, chosen, batchHours: shape.hours })
    for (let at = 0; at < chosen.length; at += shape.hours) {
      const loss = work(batchAt(filled, shape, at))
      if (!Number.isFinite(loss)) return Number.NaN
      sum += loss * rowsOfHours(all, chosen.subarray(at, at + shape.hours))
      // Lets others run: progress is written, interrupts are heard.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return sum / all.rows.length
}

function shuffled(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const other = order[j]!
    order[j] = order[i]!
    order[i] = other
  }
  return order
}
