import { expect, test } from 'vitest'
import { createRandom } from '../lib/random.ts'
import { probabilityOfOverfitting } from './overfitting.ts'
import { emptyRun } from './sample-run.ts'
import { sharpePerObservation } from './selection-luck.ts'
import { analyzeSweep } from './sweep-analysis.ts'
import type { SweepRecord, SweepTrial } from './sweep-record.ts'

const series = (seed: number, drift: number, n = 400): Float64Array => {
  const random = createRandom(seed)
  return Float64Array.from({ length: n }, () => drift + 0.01 * random.normal())
}

const trial = (
  parameters: SweepTrial['parameters'],
  netReturn: number | null,
  returns = series(1, 0),
): SweepTrial => ({ parameters, runId: null, metrics: { netReturn }, returns, failure: null })

/** A grid with one value per cell, row by row: y a, b, c; x 1, 2, 3. */
function sweep(
  values: readonly (readonly number[])[],
  more: Partial<SweepRecord> = {},
): SweepRecord {
  const xs = values[0]!.map((_, i) => i + 1)
  const ys = values.map((_, j) => 'abcdef'[j]!)
  return {
    schema: 'ornstein.sweep/1',
    name: 'grid',
    strategy: 'reversion',
    data: emptyRun().data,
    metric: 'netReturn',
    axes: [
      { name: 'window', values: xs },
      { name: 'side', values: ys },
    ],
    trials: values.flatMap((row, j) =>
      row.map((value, i) => trial({ window: xs[i]!, side: ys[j]! }, value, series(10 * j + i, 0))),
    ),
    returnInterval: 'day',
    known: null,
    seed: 1,
    commit: '',
    configurationHash: '',
    dataHash: '',
    codeHash: '',
    command: '',
    ...more,
  }
}

test('a spike is told from a plateau by the median of its neighbours', () => {
  const { grids, best, bestPlateau, bestAtEdge } = analyzeSweep(
    sweep([
      [0, 0, 0.5, 0.6],
      [0, 0, 0.6, 0.7],
      [1, 0, 0.5, 0.6],
    ]),
  )
  const cells = grids[0]!.cells
  expect(best).toMatchObject({ value: 1, neighbourMedian: 0, plateau: 0 })
  expect(bestAtEdge).toEqual(['window', 'side'])
  expect(bestPlateau).toMatchObject({ value: 0.7, plateau: 0.9 })
  expect(bestPlateau!.neighbourMedian).toBeCloseTo(0.6, 12)
  expect(cells[1]![1]!.neighbourMedian).toBeCloseTo(0.25, 12)
})

test('other parameters make one grid per combination', () => {
  const base = sweep([[0.1, 0.2]])
  const axes = [...base.axes, { name: 'gate', values: [true, false] }]
  const trials = [true, false].flatMap((gate) =>
    base.trials.map((each) => ({ ...each, parameters: { ...each.parameters, gate } })),
  )
  const { grids } = analyzeSweep({ ...base, axes, trials })
  expect(grids.map((grid) => [grid.x.name, grid.y?.name])).toEqual([['window', 'gate']])
  expect(grids[0]!.fixed).toEqual([['side', 'a']])
  const wide = [...axes, { name: 'levels', values: [5, 20] }]
  const more = [5, 20].flatMap((levels) =>
    trials.map((each) => ({ ...each, parameters: { ...each.parameters, levels } })),
  )
  expect(analyzeSweep({ ...base, axes: wide, trials: more }).grids).toHaveLength(2)
})

test('a cell that was not run or failed is a hole, not a zero', () => {
  const base = sweep([[0.1, 0.2, 0.3]])
  const failed = { ...base.trials[1]!, failure: 'no data', returns: new Float64Array(0) }
  const { grids, failed: count } = analyzeSweep({ ...base, trials: [base.trials[0]!, failed] })
  expect(count).toBe(1)
  expect(grids[0]!.cells[0]!.map((cell) => cell?.value ?? null)).toEqual([0.1, null, null])
})

test('the best of many noisy trials is called luck', () => {
  const noise = sweep(Array.from({ length: 5 }, (_, j) => [1, 2, 3, 4].map((i) => i * j * 0.01)))
  const { dsr, trials, verdict, luckySharpe } = analyzeSweep(noise, 'sharpePerObservation')
  expect(trials).toBe(20)
  expect(dsr.value!).toBeLessThan(0.9)
  expect(luckySharpe.value!).toBeGreaterThan(0)
  expect(verdict).toMatch(/not distinguishable from the luck of 20 trials/)
})

test('a real drift in one trial survives deflation', () => {
  const base = sweep([[0, 0.1, 0.2]])
  const strong = { ...base.trials[2]!, returns: series(99, 0.004, 400) }
  const record = { ...base, trials: [base.trials[0]!, base.trials[1]!, strong] }
  const calm = analyzeSweep({ ...record, known: { count: 3, sharpeVariance: 0.002 } })
  expect(calm.dsr.value!).toBeGreaterThan(0.95)
  expect(calm.verdict).toMatch(/unlikely to be the luck of 3 trials/)
})

test('the ledger counts more trials than the sweep holds', () => {
  const record = { ...sweep([[0, 0.1]]), known: { count: 500, sharpeVariance: 0.01 } }
  expect(analyzeSweep(record).trials).toBe(500)
})

test('overfitting is likely among noise and absent when one trial is always best', () => {
  const noise = Array.from({ length: 30 }, (_, i) => series(i + 1, 0))
  const likely = probabilityOfOverfitting(noise).value!
  expect(likely).toBeGreaterThan(0.2)
  const one = [...noise, series(500, 0.02)]
  expect(probabilityOfOverfitting(one).value).toBe(0)
})

test('too little to judge says why', () => {
  expect(probabilityOfOverfitting([series(1, 0)]).reason).toBe('fewer than two trials')
  expect(probabilityOfOverfitting([series(1, 0, 20), series(2, 0, 20)]).reason).toBe(
    '20 of 40 returns needed',
  )
  expect(sharpePerObservation(new Float64Array(10))).toBeNull()
  expect(analyzeSweep({ ...sweep([[0]]), trials: [] }).verdict).toBe('No trial has a result.')
})
