import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { parseHourly } from '../../src/app/config/load-hourly.ts'
import { diagnose } from '../../src/app/research/hourly/diagnose.ts'
import { openLearners } from '../../src/app/research/hourly/learners.ts'
import { makeStudy } from '../../src/app/research/hourly/study.ts'
import { trainModel } from '../../src/app/research/hourly/train-model.ts'
import { walkForward } from '../../src/app/research/hourly/walk-forward.ts'
import { readNetwork } from '../../src/models/mod.ts'

const folder = mkdtempSync(join(tmpdir(), 'hourly-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const { config } = parseHourly(
  `name: t
data: { kind: generated, seed: 3, names: 20, sessions: 150, edge: { column: sentiment_score, bpPer5Bars: 60 } }
model: { route: linear }
validation: { trainBars: 560, testBars: 245, blockSessions: 3 }`,
  't.yaml',
)
const quiet = () => {}
const study = await makeStudy(config, { tell: quiet })
const learners = await openLearners(1, quiet)
const where = { folder, tell: quiet, learners }
const quick = { ...config, models: [{ ...config.models[0]!, route: 'momentum' as const }] }
const run = (codeHash: string) => walkForward(quick, study, { ...where, codeHash })

it('recovers a planted edge, in basis points, and calls it that', async () => {
  const forecasts = await walkForward(config, study, { ...where, codeHash: 'a' })
  const { scores, baselines } = diagnose(config, study, forecasts)
  expect(scores.rankIc.mean.neweyWest.low).toBeGreaterThan(0)
  expect(baselines.map(({ name }) => name)).toEqual([
    'random',
    'equal weights',
    'momentum of 10 bars',
  ])
  expect(baselines[0]!.scores.rankIc.mean.neweyWest.low).toBeLessThan(0)
  // Only members are forecast, and only bars after the first training window.
  const values = forecasts.paths[0]!.excessReturnBps!
  const bars = study.panel.grid.openTime.length
  values.forEach((value, row) => {
    if (Number.isNaN(value)) return
    expect(study.panel.isMember[row]).toBe(1)
    expect(row % bars).toBeGreaterThanOrEqual(forecasts.firstBar)
  })
})

it('takes finished folds from an equal run, and none from another', async () => {
  const first = await run('b')
  const again = await run('b')
  expect(first.folds.every(({ wasKept }) => !wasKept)).toBe(true)
  expect(again.folds.every(({ wasKept }) => wasKept)).toBe(true)
  expect(again.paths).toEqual(first.paths)
  expect((await run('c')).folds.some(({ wasKept }) => wasKept)).toBe(false)
  const fewer = { ...quick, features: 'seed' as const }
  const other = await walkForward(fewer, study, { ...where, codeHash: 'c' })
  expect(other.folds.some(({ wasKept }) => wasKept)).toBe(false)
  await run('c')
})

it('makes a report again without training, or says what is missing and loses nothing', async () => {
  const kept = { folder, tell: quiet, keptOnly: true, learners }
  await expect(walkForward(quick, study, { ...kept, codeHash: 'z' })).rejects.toMatchObject({
    code: 'ORN-HOUR-003',
    exitCode: 4,
  })
  const again = await walkForward(quick, study, { ...kept, codeHash: 'c' })
  expect(again.folds.every(({ wasKept }) => wasKept)).toBe(true)
})

it('trains a model of all the data that says what it has seen', async () => {
  const { file, routes, trainedOn } = await trainModel(config, study, where)
  const { rows } = routes[0]!
  const model = JSON.parse(readFileSync(file, 'utf8'))
  expect(rows).toBeGreaterThan(15_000)
  expect(model.trainedOn).toEqual(trainedOn)
  expect(trainedOn.at(-1)!.toTime).toBe(study.panel.grid.closeTime.at(-1))
})

it('trains networks as it trains everything, and says which in every file', async () => {
  const { config: asked } = parseHourly(
    `name: n
data: { kind: generated, seed: 3, names: 24, sessions: 200 }
models:
  - { name: hour, route: network, weight: 50%, network: { epochsMax: 1, attention: pooling } }
  - { name: alone, route: mlp, weight: 50%, network: { epochsMax: 1 } }
validation: { trainBars: 910, testBars: 490 }`,
    'n.yaml',
  )
  const told: string[] = []
  const tell = (phase: string) => told.push(phase)
  const networks = await openLearners(1, tell)
  const work = { folder, tell, learners: networks, codeHash: 'n' }
  const forecasts = await walkForward(asked, study, work).finally(networks.close)
  expect(forecasts.routes.map(({ implementation }) => implementation)).toEqual([
    'set-pooling-network/1',
    'multilayer-perceptron/1',
  ])
  expect(told.filter((phase) => phase.startsWith('epoch 1: loss '))).toHaveLength(6)
  const saved = JSON.parse(readFileSync(join(folder, 'folds', 'hour', '001.model.json'), 'utf8'))
  expect(saved).toMatchObject({
    implementation: 'set-pooling-network/1',
    training: { trainer: 'jax-js 0.1.25, wasm' },
  })
  const [first] = saved.trainedOn
  expect(first.toTime).toBeLessThanOrEqual(study.panel.grid.openTime[forecasts.firstBar]!)
  // What was saved forecasts to the bit what the fold did.
  const read = readNetwork(saved)
  if (read.kind === 'refused') throw new Error(read.reason)
  const scores = forecasts.routes[0]!.paths[0]!.scores!
  const rows = Int32Array.from(scores.keys()).filter((row) => !Number.isNaN(scores[row]!))
  expect(read.model.predict(study.features, rows).excessReturn).toEqual(
    Float64Array.from(rows, (row) => scores[row]!),
  )
})

it('is refused where the data are too few, naming what was asked for', async () => {
  const long = { ...config, validation: { ...config.validation, trainBars: 90_000 } }
  await expect(walkForward(long, study, { ...where, codeHash: 'a' })).rejects.toThrow(/too few/)
})
