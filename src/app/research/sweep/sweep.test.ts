import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseConfig, parseObject } from '../../config/load.ts'
import { loadMarket } from '../../run/load-market.ts'
import { applyPoint, gridPoints, parseGrid } from './grid.ts'
import { intervalReturns, returnSpan } from './return-span.ts'
import { loadPoints, runSweep } from './run-sweep.ts'
import { runTrial } from './trial.ts'

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

it('cuts equity into aligned intervals that are the same for every trial', () => {
  const equity = { time: Float64Array.of(5, 12, 29), value: Float64Array.of(100, 110, 99) }
  const span = { first: 3, last: 41, intervalUs: 10 }
  expect([...intervalReturns(100, equity, span)].map((r) => Math.round(r * 1e9) / 1e9)).toEqual([
    0.1, -0.1, 0,
  ])
})
