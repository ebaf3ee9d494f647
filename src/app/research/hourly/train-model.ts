import { join } from 'node:path'
import { InputError, writeFileAtomically } from '../../../adapters/mod.ts'
import { type TimeWindow, trainedTimes, trainingInput, windowsOf } from '../../../models/mod.ts'
import type { HourlyConfig } from '../../config/hourly-schema.ts'
import { learnerOf } from './learners.ts'
import type { Study } from './study.ts'

/** A model of everything that a panel holds, for what comes after it. */
export interface TrainedModel {
  readonly file: string
  readonly implementation: string
  readonly rows: number
  /** It must not forecast any of this. */
  readonly trainedOn: readonly TimeWindow[]
}

/** Trains on every labelled row and writes `model.json`. Throws InputError (4). */
export function trainModel(
  config: HourlyConfig,
  { data, panel }: Study,
  folder: string,
): TrainedModel {
  const bars = Int32Array.from(data.spans.last.keys()).filter((bar) => data.spans.last[bar]! >= 0)
  const options = { seed: config.model.seed, validationShare: 0 }
  const { input } = trainingInput(data, bars, options)
  const trained = input.rows.length === 0 ? null : learnerOf(config).train(input)
  if (trained === null || trained.kind === 'refused') {
    throw new InputError({
      code: 'ORN-HOUR-001',
      exitCode: 4,
      message: `No model can be trained: ${trained?.reason ?? 'no training rows qualify'}`,
      fix: 'Give more sessions, or another model.route',
    })
  }
  const { implementation } = trained.model
  const trainedOn = trainedTimes(windowsOf(data.spans, bars), panel.grid)
  const file = join(folder, 'model.json')
  const model = { ...trained.model.toJson(), trainedOn }
  writeFileAtomically(file, `${JSON.stringify(model)}\n`, { mode: 0o644 })
  return { file, implementation, rows: input.rows.length, trainedOn }
}
