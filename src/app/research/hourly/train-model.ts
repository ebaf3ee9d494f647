import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { writeFileAtomically } from '../../../adapters/mod.ts'
import {
  type Calibration,
  type Fold,
  type ModelJson,
  type TimeWindow,
  trainedTimes,
  trainingInput,
  windowsOf,
} from '../../../models/mod.ts'
import type { RouteSettings } from '../../config/hourly-model-schema.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'
import type { Learners } from './learners.ts'
import type { Study, Tell } from './study.ts'
import { calibrationOf, refusal, requireLabels } from './work-fold.ts'

/** Names the form of a saved model. */
export const MODEL_SCHEMA = 'ornstein.hourly-model/1'

/** SHA-256 of what a file of models holds besides it, as JSON in its order; lower-case hex. */
export const digestOf = (held: object): string =>
  createHash('sha256').update(JSON.stringify(held)).digest('hex')

/** A route that was trained on everything, and how its scores are brought to common units. */
export interface TrainedRoute {
  readonly name: string
  /** Share of the blend, 0 to 1. */
  readonly weight: number
  readonly implementation: string
  readonly computes: string
  readonly rows: number
  readonly calibration: Calibration
  readonly model: ModelJson
}

/** The bars of a panel that have a label. */
export const labelledBars = ({ data: { spans } }: Study): Int32Array =>
  Int32Array.from(spans.last.keys()).filter((bar) => spans.last[bar]! >= 0)

/** Models of everything that a panel holds, for what comes after it. */
export interface TrainedModel {
  readonly file: string
  readonly routes: readonly TrainedRoute[]
  /** They must not forecast any of this. */
  readonly trainedOn: readonly TimeWindow[]
}

/** Trains every route on all labelled rows and writes `model.json`. Throws InputError (4). */
export async function trainModel(
  config: HourlyConfig,
  study: Study,
  where: { readonly folder: string; readonly learners: Learners; readonly tell: Tell },
): Promise<TrainedModel> {
  const { data, panel } = study
  const { folder, learners, tell } = where
  requireLabels(study)
  const bars = labelledBars(study)
  const routes: TrainedRoute[] = []
  for (const [i, route] of config.models.entries()) {
    tell(`train ${route.name}`, i, config.models.length)
    routes.push(await trainRoute(config, study, { route, bars, learners }))
  }
  tell('train', 1, 1)
  const trainedOn = trainedTimes(windowsOf(data.spans, bars), panel.grid)
  const file = join(folder, 'model.json')
  const { labels } = config
  const held = { schema: MODEL_SCHEMA, name: config.name, labels, trainedOn, routes }
  const document = { ...held, sha256: digestOf(held) }
  writeFileAtomically(file, `${JSON.stringify(document)}\n`, { mode: 0o644 })
  return { file, routes, trainedOn }
}

async function trainRoute(
  config: HourlyConfig,
  study: Study,
  work: {
    readonly route: RouteSettings
    readonly bars: Int32Array
    readonly learners: Learners
  },
): Promise<TrainedRoute> {
  const { route, bars } = work
  const { name, weight } = route
  const { input } = trainingInput(study.data, bars, route)
  if (input.rows.length === 0) throw refusal('no training rows qualify')
  const learner = work.learners.of(route)
  const fold = wholeFold(bars)
  const calibration = await calibrationOf(config, study, learner, { fold, route })
  const trained = await learner.train(input)
  if (trained.kind === 'refused') throw refusal(`${name}: ${trained.reason}`)
  const { implementation } = trained.model
  const { computes } = learner
  const rows = input.rows.length
  return {
    name,
    weight,
    implementation,
    computes,
    rows,
    calibration,
    model: trained.model.toJson(),
  }
}

/** Everything is for training, nothing for a test. */
export const wholeFold = (bars: Int32Array): Fold => ({
  name: 'all of the data',
  trainBars: bars,
  testBars: new Int32Array(0),
  purgedBars: new Int32Array(0),
  embargoedBars: new Int32Array(0),
  testGroups: [],
})
