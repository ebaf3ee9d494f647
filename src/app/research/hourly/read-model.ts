import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { InputError } from '../../../adapters/mod.ts'
import {
  type Calibration,
  type FittedModel,
  LINEAR_IMPLEMENTATION,
  type ModelJson,
  NETWORK_IMPLEMENTATIONS,
  readBaseline,
  readLinear,
  readNetwork,
  type TimeWindow,
  TREES_IMPLEMENTATION,
  type Trained,
} from '../../../models/mod.ts'
import type { FoldFiles } from './fold-files.ts'
import { digestOf, MODEL_SCHEMA } from './train-model.ts'
import { readTreesRoute } from './trees-route.ts'

/** A route read from a file. */
export interface SavedRoute {
  readonly name: string
  /** Share of the blend, 0 to 1. */
  readonly weight: number
  readonly calibration: Calibration
  readonly model: FittedModel
  readonly json: ModelJson
}

/** Models that were trained before, and what they have seen. */
export interface SavedModel {
  readonly file: string
  /** SHA-256 of the file. */
  readonly hash: string
  /** Of the labels that it forecasts. */
  readonly horizonBars: number
  readonly downsideThreshold: number
  readonly trainedOn: readonly TimeWindow[]
  readonly routes: readonly SavedRoute[]
}

const numbers = z.array(z.number()).min(1)
const common = { rows: z.number() }

const returns = z.looseObject({
  kind: z.literal('returnCalibration'),
  scores: numbers,
  bps: numbers,
})

const probability = z.discriminatedUnion('method', [
  z.strictObject({
    ...{ kind: z.literal('probabilityCalibration'), method: z.literal('platt') },
    ...{ intercept: z.number(), slope: z.number(), ...common },
  }),
  z.strictObject({
    ...{ kind: z.literal('probabilityCalibration'), method: z.literal('isotonic') },
    ...{ scores: numbers, probabilities: numbers, ...common },
  }),
])

const stored = z.strictObject({
  schema: z.literal(MODEL_SCHEMA),
  name: z.string(),
  labels: z.strictObject({
    horizonBars: z.number().int().min(1),
    downsideThreshold: z.number().positive(),
  }),
  trainedOn: z.array(z.strictObject({ fromTime: z.number(), toTime: z.number() })).min(1),
  routes: z
    .array(
      z.strictObject({
        ...{ name: z.string(), weight: z.number().min(0).max(1) },
        ...{ implementation: z.string(), computes: z.string(), ...common },
        calibration: z.strictObject({
          ...{ kind: z.literal('calibration'), implementation: z.string() },
          ...{ returns: returns.nullable(), probability: probability.nullable() },
        }),
        model: z.looseObject({ implementation: z.string(), features: z.array(z.string()) }),
      }),
    )
    .min(1),
  sha256: z.string(),
})

/** Reads what `hourly train` wrote. Throws InputError (4) that names the file and what is wrong. */
export function readSavedModel(file: string): SavedModel {
  let value: unknown
  let hash = ''
  try {
    const bytes = readFileSync(file)
    hash = createHash('sha256').update(bytes).digest('hex')
    value = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw damaged(file, (cause as Error).message)
  }
  const read = stored.safeParse(value)
  if (!read.success) {
    const [issue] = read.error.issues
    throw damaged(file, `${issue!.path.join('.') || 'the file'}: ${issue!.message}`)
  }
  const { sha256, ...held } = value as object & { sha256: string }
  if (sha256 !== digestOf(held)) {
    throw damaged(file, 'sha256 is not that of the rest: it was changed after it was written')
  }
  const { labels, trainedOn, routes } = read.data
  return {
    ...{ file, hash, ...labels, trainedOn },
    routes: routes.map(({ name, weight, calibration, model }) => {
      const trained = readRoute(model as ModelJson)
      if (trained.kind === 'refused') throw damaged(file, `${name}: ${trained.reason}`)
      const json = model as ModelJson
      return { name, weight, calibration: calibration as Calibration, model: trained.model, json }
    }),
  }
}

/** The model of a fold that is kept. Throws InputError (4) where the file is damaged. */
export function keptModel({ model: file }: FoldFiles): {
  readonly json: ModelJson
  readonly model: FittedModel
} {
  let json: ModelJson
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw damaged(file, (cause as Error).message)
  }
  const trained = readRoute(json)
  if (trained.kind === 'refused') throw damaged(file, trained.reason)
  return { json, model: trained.model }
}

/** A model of any implementation as its `toJson` made it, or what is wrong with it. */
export function readRoute(json: ModelJson): Trained {
  switch (json.implementation) {
    case TREES_IMPLEMENTATION:
      return readTreesRoute(json)
    case LINEAR_IMPLEMENTATION:
      return readLinear(json)
    default:
      return Object.values(NETWORK_IMPLEMENTATIONS).includes(json.implementation)
        ? readNetwork(json)
        : readBaseline(json)
  }
}

const damaged = (file: string, problem: string): InputError =>
  new InputError({
    code: 'ORN-HOUR-005',
    exitCode: 4,
    message: `${file} holds no models of the hourly portfolio: ${problem}`,
    fix: 'ornstein hourly train CONFIG writes model.json',
  })
