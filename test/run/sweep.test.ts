import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseConfig, parseObject } from '../../src/app/config/load.ts'
import { planColumns } from '../../src/app/research/sweep/column-plan.ts'
import { compareTiers } from '../../src/app/research/sweep/confirm.ts'
import { applyPoint, gridPoints, parseGrid } from '../../src/app/research/sweep/grid.ts'
import { intervalReturns, returnSpan } from '../../src/app/research/sweep/return-span.ts'
import { loadPoints, runSweep } from '../../src/app/research/sweep/run-sweep.ts'
import { runTrial } from '../../src/app/research/sweep/trial.ts'
import { loadMarket } from '../../src/app/run/load-market.ts'
import { randomBars } from '../support/random-bars.ts'

const text = `
name: swept
data: { kind: generated, model: plantedEdge, instruments: [BTC], duration: 20m }
signal: { source: mid, interval: 5s, window: 20, trendWindow: 0, maxGap: 60 }
strategy: { trendGate: false, revertGate: off, costGate: off, notional: 100 }
`

describe('grid', () => {
  it('multiplies its axes, the last fastest', () => {
    const axes = parseGrid(['a.b=1,2', 'c=x,true'])
    expect(gridPoints(axes)).toEqual([
      { 'a.b': 1, c: 'x' },
      { 'a.b': 1, c: true },
      { 'a.b': 2, c: 'x' },
      { 'a.b': 2, c: true },
    ])
  })

  it('refuses what is not a grid', () => {
    for (const bad of ['a', 'a=', '=1', 'a=1,,2', 'a=1,1']) {
      expect(() => parseGrid([bad])).toThrow(/--grid/)
    }
    expect(() => parseGrid(['a=1', 'a=2'])).toThrow(/twice/)
  })

  it('names a misspelt key with the nearest one', () => {
    const point = applyPoint(parse(text), { 'signal.widow': 3 })
    expect(() => parseObject(point, 'swept.yaml')).toThrowError(
      expect.objectContaining({
        details: [expect.stringContaining('did you mean "window"?')],
      }),
    )
  })
})

it('gives every trial the result it has alone, in grid order, on all cores', async () => {
  const loaded = parseConfig(text, 'swept.yaml')
  const recording = await loadMarket(loaded.config, '.')
  const axes = parseGrid(['signal.window=10,20', 'strategy.notional=100,50'])
  const facts = { codeHash: '', commit: '' }
  const configuration = parse(text)
  const span = returnSpan({ ...recording.info, barUs: 5_000_000 })
  const points = loadPoints(configuration, 'swept.yaml', gridPoints(axes))
  const trials = await runSweep({ ...facts, points, configuration, recording, span, plan: null })
  expect(trials.map((trial) => trial.point)).toEqual(gridPoints(axes))
  for (const trial of trials) {
    const alone = runTrial(
      parseObject(applyPoint(configuration, trial.point), 'swept.yaml'),
      recording,
      { ...facts, span },
    )
    expect(trial.failure).toBeNull()
    expect(trial.metrics).toEqual(alone.metrics)
    expect([...trial.returns]).toEqual([...alone.returns])
  }
  expect(trials[0]?.metrics.netReturn).not.toBe(trials[1]?.metrics.netReturn)
})

const bars = `
name: bars
balance: 10000
signal: { source: bar, interval: 60s, window: 5, trendWindow: 0 }
strategy: { trendGate: false, revertGate: off, costGate: off, imbalanceThreshold: off }
`

it('runs bars as columns, the same for any number of threads, events where a limit binds', async () => {
  const recording = randomBars({
    seed: 3,
    rows: 200,
    instruments: 2,
    barUs: 60_000_000,
    gaps: 0.02,
    early: 0,
    jump: 30,
    kind: 'perpetual',
  })
  const configuration = parse(bars)
  const axes = parseGrid(['signal.window=5,9', 'risk.dailyLossMax=off,2'])
  const points = loadPoints(configuration, 'bars.yaml', gridPoints(axes))
  const span = returnSpan({ ...recording.info, barUs: 60_000_000 })
  const facts = { codeHash: '', commit: '', points, configuration, recording, span }
  const configs = points.map((each) => each.loaded.config)
  const run = (workers: number) =>
    runSweep({ ...facts, plan: planColumns(configs, recording, span), workers })
  const one = await run(1)
  expect(await run(2)).toEqual(one)
  const bound = 'risk.dailyLossMax was reached'
  expect(one.map(({ tier }) => tier)).toEqual(
    points.map(({ point }) => (point['risk.dailyLossMax'] === 'off' ? 'columns' : 'events')),
  )
  expect(new Set(one.map((each) => each.bound))).toEqual(new Set([null, bound]))
  const events = await runSweep({ ...facts, plan: null })
  one.forEach((trial, i) => {
    const of = (each: typeof trial, runId: string | null) => ({
      ...each,
      parameters: each.point,
      runId,
    })
    const compared = compareTiers(of(trial, null), of(events[i]!, null), 'netReturn')
    expect(compared).toMatchObject({ agrees: true, failure: null })
  })
})

it('reports a trial that fails beside those that do not', async () => {
  const recording = randomBars({
    seed: 3,
    rows: 60,
    instruments: 1,
    barUs: 60_000_000,
    gaps: 0,
    early: 0,
    jump: 30,
    kind: 'perpetual',
  })
  const configuration = parse(bars)
  const points = loadPoints(configuration, 'bars.yaml', [{}, { 'signal.window': 9 }])
  const span = returnSpan({ ...recording.info, barUs: 60_000_000 })
  const configs = points.map((each) => each.loaded.config)
  const plan = planColumns(configs, recording, span)
  const broken = { ...plan, trials: [{ ...plan.trials[0]!, grid: 7 }, plan.trials[1]!] }
  const request = { codeHash: '', commit: '', points, configuration, recording, span }
  const [first, second] = await runSweep({ ...request, plan: broken })
  expect(first?.failure).toMatch(/undefined/)
  expect(second).toMatchObject({ failure: null, tier: 'columns' })
})

it('stops when it is told to and keeps what is finished', async () => {
  const loaded = parseConfig(text, 'swept.yaml')
  const recording = await loadMarket(loaded.config, '.')
  const controller = new AbortController()
  const configuration = parse(text)
  const points = loadPoints(
    configuration,
    'swept.yaml',
    gridPoints(parseGrid([`signal.window=${Array.from({ length: 40 }, (_, i) => i + 10)}`])),
  )
  const span = returnSpan({ ...recording.info, barUs: 5_000_000 })
  const facts = { codeHash: '', commit: '', points, configuration, recording, span, plan: null }
  const trials = await runSweep({
    ...facts,
    workers: 1,
    signal: controller.signal,
    progress: () => controller.abort(),
  })
  expect(trials.length).toBeGreaterThan(0)
  expect(trials.length).toBeLessThan(40)
  expect(trials.every(({ failure }) => failure === null)).toBe(true)
})

it('cuts equity into aligned intervals that are the same for every trial', () => {
  const equity = { time: Float64Array.of(5, 12, 29), value: Float64Array.of(100, 110, 99) }
  const span = { first: 3, last: 41, intervalUs: 10 }
  expect([...intervalReturns(100, equity, span)].map((r) => Math.round(r * 1e9) / 1e9)).toEqual([
    0.1, -0.1, 0,
  ])
})

it('tells a mistake that the grid makes of the flag, not of the file', () => {
  const load = (grid: string) => loadPoints({ name: 'a' }, 'a.yaml', gridPoints(parseGrid([grid])))
  expect(() => load('signal.windw=30,60')).toThrow(
    expect.objectContaining({
      code: 'ORN-SWEEP-001',
      exitCode: 2,
      message: expect.stringMatching(/^--grid signal\.windw=30: /),
      details: [expect.stringMatching(/^unknown key "windw" in signal; did you mean "window"\?/)],
    }),
  )
})
