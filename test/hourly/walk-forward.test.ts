import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { parseHourly } from '../../src/app/config/load-hourly.ts'
import { diagnose } from '../../src/app/research/hourly/diagnose.ts'
import { writeHourlyReport } from '../../src/app/research/hourly/hourly-report.ts'
import { openLearners } from '../../src/app/research/hourly/learners.ts'
import { makeStudy } from '../../src/app/research/hourly/study.ts'
import { trainModel } from '../../src/app/research/hourly/train-model.ts'
import { walkForward } from '../../src/app/research/hourly/walk-forward.ts'

const folder = mkdtempSync(join(tmpdir(), 'hourly-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const { config } = parseHourly(
  `name: t
data: { kind: generated, seed: 3, names: 24, sessions: 200, edge: { column: sentiment_score, bpPer5Bars: 60 } }
model: { route: linear }
validation: { trainBars: 910, testBars: 245 }`,
  't.yaml',
)
const quiet = () => {}
const study = await makeStudy(config, quiet)
const learners = await openLearners(1, quiet)
const where = { folder, tell: quiet, learners }
const run = (more: { codeHash?: string } = {}) =>
  walkForward(config, study, { ...where, codeHash: 'a', ...more })

it('recovers a planted edge, in basis points, and calls it that', async () => {
  const forecasts = await run()
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
  const first = await run({ codeHash: 'b' })
  const again = await run({ codeHash: 'b' })
  expect(first.folds.every(({ wasKept }) => !wasKept)).toBe(true)
  expect(again.folds.every(({ wasKept }) => wasKept)).toBe(true)
  expect(again.paths).toEqual(first.paths)
  expect((await run({ codeHash: 'c' })).folds.some(({ wasKept }) => wasKept)).toBe(false)
})

it('makes a report again without training, or says what is missing and loses nothing', async () => {
  const kept = { folder, tell: quiet, keptOnly: true, learners }
  await expect(walkForward(config, study, { ...kept, codeHash: 'z' })).rejects.toMatchObject({
    code: 'ORN-HOUR-003',
    exitCode: 4,
  })
  const again = await walkForward(config, study, { ...kept, codeHash: 'c' })
  expect(again.folds.every(({ wasKept }) => wasKept)).toBe(true)
})

it('trains a model of all the data that says what it has seen', async () => {
  const { file, routes, trainedOn } = await trainModel(config, study, where)
  const { rows } = routes[0]!
  const model = JSON.parse(readFileSync(file, 'utf8'))
  expect(rows).toBeGreaterThan(20_000)
  expect(model.trainedOn).toEqual(trainedOn)
  expect(trainedOn.at(-1)!.toTime).toBe(study.panel.grid.closeTime.at(-1))
})

it('is refused where the data are too few, naming what was asked for', async () => {
  const long = { ...config, validation: { ...config.validation, trainBars: 90_000 } }
  await expect(walkForward(long, study, { ...where, codeHash: 'a' })).rejects.toThrow(/too few/)
})

it('writes a report of valid JSON that says what was trained and that the data are generated', async () => {
  const diagnosis = diagnose(config, study, await run())
  const facts = { config, configurationHash: 'f', codeHash: 'a', command: 'ornstein hourly demo' }
  const path = writeHourlyReport(folder, { ...facts, panel: study.panel, diagnosis, record: null })
  const page = readFileSync(path, 'utf8')
  for (const text of [
    'generated panel',
    diagnosis.routes[0]!.implementation,
    'Planted edge',
    'expanding',
  ]) {
    expect(page).toContain(text)
  }
  expect(page).not.toContain('NaN')
  const data = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))
  expect(data).toMatchObject({
    schema: 'ornstein.hourly/1',
    data: { kind: 'generated', names: 24 },
  })
})
