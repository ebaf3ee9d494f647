import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { parseHourly } from '../../src/app/config/load-hourly.ts'
import { diagnose } from '../../src/app/research/hourly/diagnose.ts'
import { writeHourlyReport } from '../../src/app/research/hourly/hourly-report.ts'
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
const run = (more: { codeHash?: string } = {}) =>
  walkForward(config, study, { folder, codeHash: 'a', tell: quiet, ...more })

it('recovers a planted edge, in basis points, and calls it that', () => {
  const forecasts = run()
  const { scores, baselines } = diagnose(config, study, forecasts)
  expect(scores.rankIc.mean.neweyWest.low).toBeGreaterThan(0)
  expect(baselines.map(({ name }) => name)).toEqual(['random', 'momentum of 10 bars'])
  expect(baselines[0]!.scores.rankIc.mean.neweyWest.low).toBeLessThan(0)
  // Only members are forecast, and only bars after the first training window.
  const values = forecasts.excessReturnBps!
  const bars = study.panel.grid.openTime.length
  values.forEach((value, row) => {
    if (Number.isNaN(value)) return
    expect(study.panel.isMember[row]).toBe(1)
    expect(row % bars).toBeGreaterThanOrEqual(forecasts.firstBar)
  })
})

it('takes finished folds from an equal run, and none from another', () => {
  const first = run({ codeHash: 'b' })
  const again = run({ codeHash: 'b' })
  expect(first.folds.every(({ wasKept }) => !wasKept)).toBe(true)
  expect(again.folds.every(({ wasKept }) => wasKept)).toBe(true)
  expect(again.excessReturnBps).toEqual(first.excessReturnBps)
  expect(run({ codeHash: 'c' }).folds.some(({ wasKept }) => wasKept)).toBe(false)
})

it('makes a report again without training, or says what is missing and loses nothing', () => {
  const kept = { folder, tell: quiet, keptOnly: true }
  expect(() => walkForward(config, study, { ...kept, codeHash: 'z' })).toThrow(
    expect.objectContaining({ code: 'ORN-HOUR-003', exitCode: 4 }),
  )
  const again = walkForward(config, study, { ...kept, codeHash: 'c' })
  expect(again.folds.every(({ wasKept }) => wasKept)).toBe(true)
})

it('trains a model of all the data that says what it has seen', () => {
  const { file, rows, trainedOn } = trainModel(config, study, folder)
  const model = JSON.parse(readFileSync(file, 'utf8'))
  expect(rows).toBeGreaterThan(20_000)
  expect(model.trainedOn).toEqual(trainedOn)
  expect(trainedOn.at(-1)!.toTime).toBe(study.panel.grid.closeTime.at(-1))
})

it('is refused where the data are too few, naming what was asked for', () => {
  const long = { ...config, validation: { ...config.validation, trainBars: 90_000 } }
  expect(() => walkForward(long, study, { folder, codeHash: 'a', tell: quiet })).toThrow(/too few/)
})

it('writes a report of valid JSON that says what was trained and that the data are generated', () => {
  const diagnosis = diagnose(config, study, run())
  const facts = { config, configurationHash: 'f', codeHash: 'a', command: 'ornstein hourly demo' }
  const path = writeHourlyReport(folder, { ...facts, panel: study.panel, diagnosis, record: null })
  const page = readFileSync(path, 'utf8')
  for (const text of ['generated panel', diagnosis.implementation, 'Planted edge', 'expanding']) {
    expect(page).toContain(text)
  }
  expect(page).not.toContain('NaN')
  const data = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))
  expect(data).toMatchObject({
    schema: 'ornstein.hourly/1',
    data: { kind: 'generated', names: 24 },
  })
})
