import { describe, expect, it } from 'vitest'
import type { Learner } from '../learner.ts'
import { linearLearner } from '../linear/linear-model.ts'
import { equalWeightBaseline, momentumBaseline, randomBaseline } from './baselines.ts'
import type { SplitPlan } from './folds.ts'
import { forecastHeldOut, runTraining, trainingInput } from './held-out.ts'
import { scoreReport } from './score-report.ts'
import { toyPanel } from './test-kit.ts'
import { outOfFold, validate } from './validate.ts'

const toy = toyPanel({ seed: 9, names: 30, bars: 500, edge: 0.003 })
const { data, hours } = toy
const options = { seed: 4, validationShare: 0 }
const rolling: SplitPlan = { kind: 'rolling', trainBars: 200, testBars: 70, embargoBars: 0 }

function run(learner: Learner, plan = rolling) {
  const result = runTraining(validate(data, plan, options), learner)
  if (result.kind === 'refused') throw new Error(result.reason)
  return result
}

function icOf(learner: Learner): ReturnType<typeof scoreReport>['rankIc']['mean']['neweyWest'] {
  const scores = run(learner).paths[0]!.excessReturn!
  const { names, features, labels } = data
  const panel = { names, bars: features.bars, scores, labels: labels.excessReturn }
  return scoreReport(panel, hours).rankIc.mean.neweyWest
}

describe('walk-forward validation', () => {
  it('forecasts members of test bars and no other row', () => {
    const { paths, folds } = run(linearLearner())
    expect(paths).toHaveLength(1)
    expect(folds.map(({ fold }) => fold.name)).toHaveLength(5)
    const { excessReturn, downsideProbability } = paths[0]!
    excessReturn!.forEach((value, row) => {
      const isTested = row % 500 >= 200 && toy.isMember[row] === 1
      expect(Number.isNaN(value)).toBe(!isTested)
      expect(Number.isNaN(downsideProbability![row]!)).toBe(!isTested)
    })
  })

  it('finds a planted edge; a random signal and equal weights find none', () => {
    expect(icOf(linearLearner()).low!).toBeGreaterThan(0.05)
    const random = icOf(randomBaseline())
    expect(random.low! < 0 && random.high! > 0).toBe(true)
    expect(icOf(equalWeightBaseline()).value).toBeNull()
    expect(icOf(momentumBaseline('momentum')).observations).toBeGreaterThan(200)
  })

  it('asks for one model after the other, so that training may take its time', () => {
    const steps = validate(data, rolling, options)
    const names: string[] = []
    let step = steps.next()
    while (!step.done) {
      names.push(step.value.name)
      step = steps.next(randomBaseline().train(step.value.input))
    }
    expect(names).toEqual(['rolling 1', 'rolling 2', 'rolling 3', 'rolling 4', 'rolling 5'])
    expect(step.value.kind).toBe('validated')
  })

  it('keeps the last share of training for choices, purged as well', () => {
    const bars = Int32Array.from({ length: 100 }, (_, i) => i)
    const { input, trainedOn } = trainingInput(data, bars, { seed: 1, validationShare: 0.2 })
    // Validation rows chose: they were seen as well.
    expect(trainedOn).toEqual([{ first: 0, last: 105 }])
    const barsOf = (rows: Int32Array) => [...new Set([...rows].map((row) => row % 500))]
    expect(Math.max(...barsOf(input.rows))).toBe(73)
    expect(Math.min(...barsOf(input.validationRows))).toBe(80)
  })
})

describe('baselines', () => {
  it('know the means of the rows that have a label, and refuse where none has', () => {
    const bars = Int32Array.from({ length: 100 }, (_, i) => i)
    const { input } = trainingInput(data, bars, options)
    const [unknown] = input.rows
    const downsideEvent = Float64Array.from(data.labels.downsideEvent, (event, row) =>
      row === unknown ? Number.NaN : event,
    )
    const labels = { ...data.labels, downsideEvent }
    const trained = equalWeightBaseline().train({ ...input, labels })
    if (trained.kind === 'refused') throw new Error(trained.reason)
    const known = [...input.rows.subarray(1)].map((row) => downsideEvent[row]!)
    const rate = known.reduce((sum, event) => sum + event, 0) / known.length
    const forecast = trained.model.predict(data.features, Int32Array.of(7))
    expect(forecast.downsideProbability![0]).toBeCloseTo(rate, 12)
    for (const learner of [randomBaseline(), momentumBaseline('momentum')]) {
      expect(learner.train({ ...input, rows: new Int32Array(0) })).toMatchObject({
        reason: 'no training rows qualify',
      })
    }
  })
})

describe('combinatorial validation', () => {
  it('makes every way through the panel, each bar forecast once on each', () => {
    const plan = { kind: 'combinatorial', groups: 5, testGroups: 2, embargoBars: 5 } as const
    const { paths, folds } = run(linearLearner(), plan)
    expect(folds).toHaveLength(10)
    expect(paths).toHaveLength(4)
    for (const { excessReturn } of paths) {
      expect(
        excessReturn!.every((value, row) => Number.isNaN(value) === (toy.isMember[row] === 0)),
      ).toBe(true)
    }
  })
})

describe('validation is refused', () => {
  it('where no rows qualify, naming the fold', () => {
    const isUsed = data.isUsed.map((used, row) => (row % 500 < 300 ? 0 : used))
    const result = runTraining(validate({ ...data, isUsed }, rolling, options), linearLearner())
    expect(result).toEqual({ kind: 'refused', reason: 'rolling 1: no training rows qualify' })
  })

  it('where the learner refuses, with its reason', () => {
    const labels = { ...data.labels, downsideEvent: new Float64Array(30 * 500) }
    const result = runTraining(validate({ ...data, labels }, rolling, options), linearLearner())
    expect(result).toMatchObject({ reason: expect.stringMatching(/^rolling 1: all \d+ training/) })
  })

  it('for a model asked to forecast bars that it or its labels saw', () => {
    const bars = Int32Array.from({ length: 100 }, (_, i) => i)
    const { input, trainedOn } = trainingInput(data, bars, options)
    const trained = linearLearner().train(input)
    if (trained.kind === 'refused') throw new Error(trained.reason)
    const dated = { model: trained.model, trainedOn }
    // The label of bar 99 ends at bar 105.
    expect(forecastHeldOut(dated, data, Int32Array.of(105))).toEqual({
      kind: 'refused',
      reason:
        'trained on bars 0 to 105 with their labels, which meet bars 105 to 111 to be forecast',
    })
    expect(forecastHeldOut(dated, data, Int32Array.of(106)).kind).toBe('heldOut')
  })
})

describe('out-of-fold forecasts', () => {
  it('cover the later half of the training bars, each by a model trained on those before', () => {
    const { fold } = run(linearLearner()).folds[1]!
    const steps = outOfFold(data, fold, { ...options, parts: 4 })
    const seen: number[][] = []
    const heldOut = runTraining(steps, {
      train(input) {
        seen.push([...input.rows].map((row) => row % 500))
        return linearLearner().train(input)
      },
    })
    if (heldOut.kind === 'refused') throw new Error(heldOut.reason)
    const bars = new Set([...heldOut.rows].map((row) => row % 500))
    const { trainBars } = fold
    expect([...bars].sort((a, b) => a - b)).toEqual([...trainBars.subarray(trainBars.length / 2)])
    expect(heldOut.excessReturn).toHaveLength(heldOut.rows.length)
    expect(heldOut.excessReturn!.some(Number.isNaN)).toBe(false)
    // 194 bars from 70 on: the third quarter begins at bar 167, six bars before it are purged.
    expect(seen.map((trained) => Math.max(...trained))).toEqual([160, 208])
    expect(seen.map((trained) => Math.min(...trained))).toEqual([70, 70])
  })

  it('are refused where bars are too few', () => {
    const { fold } = run(linearLearner()).folds[0]!
    const few = { ...fold, trainBars: fold.trainBars.slice(0, 8) }
    const result = runTraining(outOfFold(data, few, { ...options, parts: 2 }), linearLearner())
    expect(result).toEqual({ kind: 'refused', reason: 'rolling 1: too few bars for 2 parts' })
  })
})
