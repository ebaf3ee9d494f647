import type { FeatureMatrix, FittedModel, Forecast, ModelJson } from '../learner.ts'
import { logistic } from '../linear/logistic.ts'
import { fillRows, type Preparation, regressorNames } from '../linear/preparation.ts'
import {
  NETWORK_IMPLEMENTATIONS,
  type NetworkArchitecture,
  parameterBlocks,
} from './architecture.ts'
import { networkForward } from './forward.ts'
import { groupByHour, membersMax } from './hours.ts'
import { type NetworkTargets, unbalancedLogit } from './targets.ts'

/** A trained network and everything that its forecasts need. */
export interface Network {
  readonly architecture: NetworkArchitecture
  readonly parameters: Float32Array
  readonly preparation: Preparation
  readonly targets: NetworkTargets
  readonly training: NetworkHistory
}

/** How a network came to its parameters. */
export interface NetworkHistory {
  /** What computed the gradients. */
  readonly trainer: string
  readonly seed: number
  readonly settings: Readonly<Record<string, number>>
  /** Hours that were trained on, and those that only chose the epoch. */
  readonly hours: number
  readonly validationHours: number
  /** By epoch, from before the first: 1 for each task forecast by its mean or base rate. */
  readonly trainingLoss: readonly (number | null)[]
  /** Null without validation hours. */
  readonly validationLoss: readonly number[] | null
  /** Epoch whose parameters these are. */
  readonly bestEpoch: number
}

/** A network as a model: rows of one hour are forecast together. */
export function networkModel(network: Network): FittedModel {
  const implementation = NETWORK_IMPLEMENTATIONS[network.architecture.set]
  const features = network.preparation.columns.map(({ name }) => name)
  return {
    implementation,
    features,
    predict: (matrix, rows) => predict(network, matrix, rows),
    toJson: () => toJson(network, implementation, features),
  }
}

function predict(network: Network, features: FeatureMatrix, rows: Int32Array): Forecast {
  const { architecture, parameters, preparation, targets } = network
  const { inputs } = architecture
  const hours = groupByHour(rows, features.bars)
  const forward = networkForward(architecture, parameters)
  const excessReturn = new Float64Array(rows.length)
  const downsideProbability = new Float64Array(rows.length)
  const inOrder = Int32Array.from({ length: membersMax(hours) }, (_, i) => i)
  const regressors = new Float32Array(inOrder.length * inputs)
  for (let h = 0; h < hours.bars.length; h++) {
    const from = hours.starts[h]!
    const to = hours.starts[h + 1]!
    const members = { rows: hours.rows.subarray(from, to), places: inOrder.subarray(0, to - from) }
    fillRows(regressors, inputs, members, { preparation, features })
    const { excess, downsideLogit } = forward(regressors, to - from)
    for (let at = from; at < to; at++) {
      const place = hours.places[at]!
      excessReturn[place] = targets.excessMean + targets.excessDeviation * excess[at - from]!
      downsideProbability[place] = logistic(unbalancedLogit(targets, downsideLogit[at - from]!))
    }
  }
  return { excessReturn, downsideProbability }
}

function toJson(network: Network, implementation: string, features: readonly string[]): ModelJson {
  const { architecture, preparation, targets, training, parameters } = network
  const blocks = parameterBlocks(architecture).map(({ name, shape, offset, length }) => {
    const values = Array.from(parameters.subarray(offset, offset + length), shortest)
    return [name, { shape, values }]
  })
  return {
    implementation,
    features,
    regressors: regressorNames(preparation),
    architecture: { ...architecture },
    preparation: { ...preparation },
    targets: { ...targets },
    parameters: Object.fromEntries(blocks),
    training: { ...training },
  }
}

/** Nine significant digits, which give back the same single-precision number. */
const shortest = (value: number): number => Number(value.toPrecision(9))
