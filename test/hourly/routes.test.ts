import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { parseHourly } from '../../src/app/config/load-hourly.ts'
import { applyModel } from '../../src/app/research/hourly/apply-model.ts'
import { checkLeaks } from '../../src/app/research/hourly/check-leaks.ts'
import { diagnose } from '../../src/app/research/hourly/diagnose.ts'
import { writeHourlyReport } from '../../src/app/research/hourly/hourly-report.ts'
import { countHourlyTrial, spreadReturns } from '../../src/app/research/hourly/hourly-trials.ts'
import { openLearners } from '../../src/app/research/hourly/learners.ts'
import { readSavedModel } from '../../src/app/research/hourly/read-model.ts'
import { makeStudy } from '../../src/app/research/hourly/study.ts'
import { trainModel } from '../../src/app/research/hourly/train-model.ts'
import { foldsOf, walkForward } from '../../src/app/research/hourly/walk-forward.ts'
import { computeLabels } from '../../src/models/mod.ts'

const folder = mkdtempSync(join(tmpdir(), 'routes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const parsed = (more: string) =>
  parseHourly(
    `name: t
data: { kind: generated, seed: 5, names: 16, sessions: 90, edge: { column: sentiment_score, bpPer5Bars: 60 } }
models:
  - { name: trees, route: trees, weight: 75%, trees: 8, validationShare: 20%, patience: 2 }
  - { name: random, route: random, weight: 25% }
leaks: { excessReturn: 0.7, nextBar: 0.7 }
${more}`,
    't.yaml',
  ).config
const config = parsed('validation: { trainBars: 420, testBars: 200, blockSessions: 2 }')
const tell = () => {}
const study = await makeStudy(config, { tell })
const learners = await openLearners(1, tell)
const where = { folder, tell, learners, codeHash: 'a' }

describe('a blend of routes', () => {
  it('is traded by stated weights, and each route is reported beside it', async () => {
    const leaks = await checkLeaks(config, study, { folds: foldsOf(config, study), learners, tell })
    expect(leaks).toHaveLength(5)
    const forecasts = await walkForward(config, study, where)
    const [trees, random] = forecasts.routes.map(({ paths }) => paths[0]!.excessReturnBps!)
    const both = forecasts.paths[0]!.excessReturnBps!
    const row = both.findIndex((value) => !Number.isNaN(value))
    expect(both[row]).toBeCloseTo(0.75 * trees![row]! + 0.25 * random![row]!, 9)
    const diagnosis = diagnose(config, study, forecasts)
    expect(diagnosis.forecast).toBe('blend of 75 % trees, 25 % random')
    expect(diagnosis.routes[0]!.explanation.features[0]!.feature).toMatch(/^sent_level/)
    expect(diagnosis.routes[1]!.explanation.features).toEqual([])
    const trials = countHourlyTrial(
      join(folder, 'runs.sqlite'),
      {
        ...{
          name: 't',
          configurationHash: 'h',
          dataHash: 'd',
          codeHash: 'a',
          commit: 'c',
          seed: 1,
        },
        ...{ parameters: {}, metrics: {}, returnInterval: 'session', reportPath: folder },
        sessions: spreadReturns(study, forecasts.paths[0]!),
      },
      true,
    )
    const facts = { config, configurationHash: 'f', codeHash: 'a', command: 'ornstein hourly demo' }
    const found = { diagnosis, record: null, outcomes: [], leaks, trials }
    const path = writeHourlyReport(folder, { ...facts, study, ...found })
    const page = readFileSync(path, 'utf8')
    for (const text of [
      ...['generated panel', 'histogram-trees/1, compiled kernels', 'Planted edge', 'expanding'],
      ...['Rank IC by sector', 'over a night', 'Members without data', 'decides.limits.nameMax'],
      ...[
        'fewer than two trials',
        'features against scrambled futures',
        'Population stability index',
        'Permutation test',
      ],
    ]) {
      expect(page.includes(text), text).toBe(true)
    }
    expect(page.includes('NaN')).toBe(false)
    const data = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))
    expect(data).toMatchObject({ schema: 'ornstein.hourly/1', data: { names: 16 } })
  })

  it('goes every way through combinatorial folds', async () => {
    const other = parsed(
      'validation: { kind: combinatorial, groups: 3, testGroups: 2, blockSessions: 1 }',
    )
    const route = { ...other.models[1]!, route: 'linear', weight: 1 } as const
    const forecasts = await walkForward({ ...other, models: [route] }, study, where)
    expect(forecasts.plan).toBe('combinatorial purged folds, 2 of 3 groups, embargo 7 bars')
    expect(forecasts.folds.map(({ name }) => name)).toEqual([
      ...['combinatorial 1+2', 'combinatorial 1+3', 'combinatorial 2+3'],
    ])
    expect(forecasts.folds[2]).toMatchObject({ purgedBars: 6, embargoedBars: 0 })
    expect(forecasts.folds[0]!.embargoedBars).toBeGreaterThan(0)
    expect(forecasts.paths).toHaveLength(2)
    expect(forecasts.firstBar).toBe(0)
  })
})

it('refuses a fold without a row to train on, naming route and fold', async () => {
  const isUsed = study.data.isUsed.map((used, row) => (row % 630 < 430 ? 0 : used))
  const none = { ...study, data: { ...study.data, isUsed } }
  const random = { ...config, models: [{ ...config.models[1]!, weight: 1 }] }
  await expect(walkForward(random, none, { ...where, codeHash: 'b' })).rejects.toMatchObject({
    code: 'ORN-HOUR-001',
    exitCode: 4,
    message: expect.stringMatching(/random: expanding 1.*: no training rows qualify/),
  })
})

it('says that without a benchmark there is nothing to learn', async () => {
  const labels = computeLabels({ ...study.panel, benchmark: null }, study.labelOptions)
  const alone = { ...study, labels, panel: { ...study.panel, benchmark: null } }
  const refused = { code: 'ORN-HOUR-001', message: expect.stringContaining('data.benchmark') }
  await expect(walkForward(config, alone, { ...where, codeHash: 'n' })).rejects.toMatchObject(
    refused,
  )
  await expect(trainModel(config, alone, where)).rejects.toMatchObject(refused)
})

describe('saved models', () => {
  it('forecast what comes later and refuse what they have seen, with the dates', async () => {
    const { file } = await trainModel(config, study, where)
    const saved = readSavedModel(file)
    expect(() => applyModel(saved, study, null)).toThrow(
      /model.json was trained on 2019-01-02 to 2019-05-\d\d and is asked to forecast 2019-01-02 to/,
    )
    const text = 'data: { kind: generated, seed: 6, names: 16, sessions: 40, firstDay: 2020-01-02 }'
    const later = parseHourly(`name: t\n${text}`, 't.yaml').config
    const after = await makeStudy(later, { tell })
    const forecasts = applyModel(saved, after, null)
    expect(forecasts.plan).toContain('nothing was trained here')
    expect(forecasts.paths[0]!.excessReturnBps!.some((value) => !Number.isNaN(value))).toBe(true)
    for (const [key, value] of Object.entries({ horizonBars: 9, downsideThreshold: 0.03 })) {
      const other = { ...after, labelOptions: { ...after.labelOptions, [key]: value } }
      expect(() => applyModel(saved, other, null)).toThrow(
        expect.objectContaining({
          code: 'ORN-HOUR-006',
          details: [expect.stringContaining(`labels.${key}: the model's is`)],
        }),
      )
    }
    const written = readFileSync(file, 'utf8')
    writeFileSync(join(folder, 'changed.json'), written.replace(/"slope":(-?\d)/, '"slope":1$1'))
    expect(() => readSavedModel(join(folder, 'changed.json'))).toThrow(
      /sha256 is not that of the rest/,
    )
    writeFileSync(join(folder, 'damaged.json'), '{"schema":"ornstein.hourly-model/1"}')
    expect(() => readSavedModel(join(folder, 'damaged.json'))).toThrow(
      /damaged.json holds no models/,
    )
  })
})

it('refuses a feature that knows the future, on the command line', () => {
  const text = `name: t
data: { kind: generated, names: 20, sessions: 40, edge: { column: sentiment_score, bpPer5Bars: 300 } }
model: { route: linear }
validation: { trainBars: 140, testBars: 70 }`
  writeFileSync(join(folder, 'leak.yaml'), text)
  const cli = fileURLToPath(new URL('../../src/app/cli/main.ts', import.meta.url))
  const run = spawnSync(process.execPath, [cli, 'hourly', 'walk-forward', 'leak.yaml'], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(run.status).toBe(4)
  expect(run.stderr).toContain('ORN-HOUR-004')
  expect(run.stderr).toMatch(
    /feature sent_level has a mean rank IC of 0\.\d+ with the excess return/,
  )
})
