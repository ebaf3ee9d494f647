import { type ModelJson, type Refused, refused, type Trained } from '../learner.ts'
import { problemOfPreparation } from '../linear/linear-json.ts'
import { type Preparation, regressorNames } from '../linear/preparation.ts'
import {
  NETWORK_IMPLEMENTATIONS,
  type NetworkArchitecture,
  parameterBlocks,
  parameterCount,
  type SetPart,
} from './architecture.ts'
import { type NetworkHistory, networkModel } from './network-model.ts'
import type { NetworkTargets } from './targets.ts'

/** Reads what a network's `toJson` made: one that forecasts to the bit the same, or what is wrong. */
export function readNetwork(json: ModelJson): Trained {
  const set = (Object.keys(NETWORK_IMPLEMENTATIONS) as SetPart[]).find(
    (each) => NETWORK_IMPLEMENTATIONS[each] === json.implementation,
  )
  if (set === undefined) {
    const known = Object.values(NETWORK_IMPLEMENTATIONS).join(', ')
    return refused(`implementation is ${show(json.implementation)}, none of ${known}`)
  }
  const problem = problemOfPreparation(json['preparation'])
  if (problem !== null) return refused(`preparation: ${problem}`)
  const preparation = json['preparation'] as Preparation
  const found =
    problemOfArchitecture(json['architecture'], set, regressorNames(preparation).length) ??
    problemOfTargets(json['targets']) ??
    (isRecord(json['training']) ? null : 'training is no object')
  if (found !== null) return refused(found)
  const architecture = json['architecture'] as NetworkArchitecture
  const parameters = parametersOf(json['parameters'], architecture)
  if (!(parameters instanceof Float32Array)) return parameters
  return {
    kind: 'trained',
    model: networkModel({
      architecture,
      parameters,
      preparation,
      targets: json['targets'] as NetworkTargets,
      training: json['training'] as NetworkHistory,
    }),
  }
}

type Fields = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function problemOfArchitecture(value: unknown, set: SetPart, inputs: number): string | null {
  if (!isRecord(value)) return 'architecture is no object'
  if (value['set'] !== set) return `architecture.set is ${show(value['set'])}, not ${set}`
  for (const key of ['inputs', 'width', 'setWidth', 'points'] as const) {
    if (!Number.isInteger(value[key]) || (value[key] as number) < 1) {
      return `architecture.${key} is ${show(value[key])}, not a whole number from 1`
    }
  }
  if (value['inputs'] === inputs) return null
  return `architecture.inputs is ${show(value['inputs'])}, but there are ${inputs} regressors`
}

const TARGETS = [
  'excessMean',
  'excessDeviation',
  'excessBaseLoss',
  'excessRows',
  'eventShare',
  'eventRows',
] as const satisfies readonly (keyof NetworkTargets)[]

function problemOfTargets(value: unknown): string | null {
  if (!isRecord(value)) return 'targets are no object'
  for (const key of TARGETS) {
    if (!Number.isFinite(value[key])) return `targets.${key} is ${show(value[key])}`
  }
  const share = value['eventShare'] as number
  return share > 0 && share < 1 ? null : `targets.eventShare is ${share}, not within 0 and 1`
}

function parametersOf(value: unknown, architecture: NetworkArchitecture): Float32Array | Refused {
  if (!isRecord(value)) return refused('parameters are no object')
  const parameters = new Float32Array(parameterCount(architecture))
  for (const { name, shape, offset, length } of parameterBlocks(architecture)) {
    const block = value[name]
    if (!isRecord(block)) return refused(`parameters: ${name} is missing`)
    if (show(block['shape']) !== show(shape)) {
      return refused(`${name} has the shape ${show(block['shape'])}, not ${show(shape)}`)
    }
    const { values } = block
    const isList = Array.isArray(values) && values.every((each) => Number.isFinite(each))
    if (!isList || values.length !== length) {
      return refused(`${name} is no list of ${length} numbers`)
    }
    parameters.set(values, offset)
  }
  return parameters
}

const show = (value: unknown): string => JSON.stringify(value) ?? 'missing'
