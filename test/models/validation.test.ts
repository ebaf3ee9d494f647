import { beforeAll, describe, expect, it } from 'vitest'
import {
  calibrate,
  detectLeaks,
  type HeldOut,
  type LabelColumns,
  linearLearner,
  type MeanEstimate,
  outOfFold,
  randomBaseline,
  runTraining,
  type ScoreReport,
  scoreReport,
  sessionBlocks,
  splitBars,
  toBasisPoints,
  trainingInput,
  validate,
} from '../../src/models/mod.ts'
import { TOY_DEVIATION, type ToyPanel, toyPanel } from '../../src/models/validation/test-kit.ts'

const PANELS = 200
const BARS = 910
const NAMES = 20
const plan = { kind: 'expanding', trainBarsMin: 210, testBars: 140, embargoBars: 0 } as const
const options = { seed: 1, validationShare: 0 }

function walked(toy: ToyPanel, learner = linearLearner()) {
  const result = runTraining(validate(toy.data, plan, options), learner)
  if (result.kind === 'refused') throw new Error(result.reason)
  return result
}

function reportOf(toy: ToyPanel, scores: Float32Array | Float64Array): ScoreReport {
  const labels = (toy.data.labels as LabelColumns).excessReturn
  return scoreReport({ names: NAMES, bars: BARS, scores, labels }, toy.hours)
}

const holds = ({ low, high }: MeanEstimate, truth: number): boolean =>
  low! <= truth && high! >= truth

describe(`over ${PANELS} panels without an edge`, () => {
  const kinds = ['trained', 'random', 'slow'] as const
  const covered = new Map<string, number>()
  const means = new Map<string, number[]>()

  beforeAll(() => {
    for (let seed = 0; seed < PANELS; seed++) {
      const toy = toyPanel({ seed: 1000 + seed, names: NAMES, bars: BARS })
      const scores = {
        trained: walked(toy).paths[0]!.excessReturn!,
        random: walked(toy, randomBaseline()).paths[0]!.excessReturn!,
        // Nearly the same ranking from bar to bar: its ICs depend on each other most.
        slow: toy.data.features.columns[1]!,
      }
      for (const kind of kinds) {
        const { ic, rankIc } = reportOf(toy, scores[kind])
        for (const [name, mean] of Object.entries({
          [`${kind} ic, Newey-West`]: ic.mean.neweyWest,
          [`${kind} ic, blocks`]: ic.mean.sessionBlocks,
          [`${kind} rank ic, Newey-West`]: rankIc.mean.neweyWest,
          [`${kind} rank ic, blocks`]: rankIc.mean.sessionBlocks,
        })) {
          covered.set(name, (covered.get(name) ?? 0) + (holds(mean, 0) ? 1 : 0))
        }
        means.set(kind, [...(means.get(kind) ?? []), rankIc.mean.neweyWest.value!])
      }
    }
  }, 240_000)

  it('the interval of the mean IC covers 0 in 91 to 98 percent', () => {
    const shares = Object.fromEntries([...covered].map(([name, count]) => [name, count / PANELS]))
    for (const [name, share] of Object.entries(shares)) {
      expect(share, `${name}: ${share}`).toBeGreaterThanOrEqual(0.91)
      expect(share, `${name}: ${share}`).toBeLessThanOrEqual(0.98)
    }
    expect(Object.keys(shares)).toHaveLength(12)
  })

  it('the mean over panels lies within two standard errors of 0', () => {
    for (const [kind, values] of means) {
      const mean = values.reduce((sum, value) => sum + value, 0) / PANELS
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
      const error = Math.sqrt(squares / (PANELS - 1) / PANELS)
      expect(Math.abs(mean / error), `${kind}: ${mean} +- ${error}`).toBeLessThan(2)
    }
  })
})

describe('over 60 panels with a planted edge', () => {
  const edge = 0.002
  const truth = edge / Math.sqrt(5 * (TOY_DEVIATION ** 2 + edge ** 2))
  const panels = Array.from({ length: 60 }, (_, i) =>
    toyPanel({ seed: 5000 + i, names: NAMES, bars: BARS, edge }),
  )

  it('the interval of the mean IC covers its size in 88 to 100 percent', () => {
    const reports = panels.map((toy) => reportOf(toy, toy.data.features.columns[0]!))
    for (const pick of ['neweyWest', 'sessionBlocks'] as const) {
      const share = reports.filter(({ ic }) => holds(ic.mean[pick], truth)).length / panels.length
      expect(share, pick).toBeGreaterThanOrEqual(0.88)
    }
    const mean = reports.reduce((sum, { ic }) => sum + ic.mean.neweyWest.value! / panels.length, 0)
    expect(mean / truth).toBeGreaterThan(0.97)
    expect(mean / truth).toBeLessThan(1.03)
  })

  it('the trained forecast keeps most of it and comes calibrated in basis points', () => {
    let kept = 0
    let slope = 0
    for (const toy of panels.slice(0, 20)) {
      const result = walked(toy)
      kept += reportOf(toy, result.paths[0]!.excessReturn!).ic.mean.neweyWest.value! / truth / 20
      slope += slopeAfterCalibration(toy, result.folds.at(-1)!) / 20
    }
    // Less than 1 by what few rows teach of features that mean nothing.
    expect(kept).toBeGreaterThan(0.8)
    expect(kept).toBeLessThan(1.05)
    // So many basis points are followed by so many, or somewhat more: the slope is shrunk, and the
    // models it was fitted on had seen less.
    expect(slope).toBeGreaterThan(0.9)
    expect(slope).toBeLessThan(1.3)
  })
})

/** Slope of realised on calibrated forecasts in a fold's test, fitted on its training alone. */
function slopeAfterCalibration(
  toy: ToyPanel,
  { fold, heldOut }: ReturnType<typeof walked>['folds'][number],
): number {
  const { data, hours } = toy
  const before = runTraining(outOfFold(data, fold, { ...options, parts: 4 }), linearLearner())
  const calibration = calibrate(before as HeldOut, {
    excessReturn: data.labels.excessReturn,
    downsideEvent: data.labels.downsideEvent,
    bars: BARS,
    blockOfBar: sessionBlocks(hours.sessionDay, 5),
  })
  if (calibration.kind === 'refused') throw new Error(calibration.reason)
  const bps = toBasisPoints(calibration.returns!, heldOut.excessReturn!)
  let products = 0
  let squares = 0
  heldOut.rows.forEach((row, i) => {
    const label = data.labels.excessReturn[row]!
    if (Number.isNaN(label)) return
    products += bps[i]! * label * 1e4
    squares += bps[i]! ** 2
  })
  return products / squares
}

describe('the leak checks', () => {
  it('raise nothing on 50 clean panels, with an edge or without', () => {
    const found: string[] = []
    for (let seed = 0; seed < 50; seed++) {
      const toy = toyPanel({ seed, names: NAMES, edge: seed % 2 === 0 ? 0 : 0.001 })
      const split = splitBars(toy.data.spans, plan)
      if (split.kind === 'refused') throw new Error(split.reason)
      const { input } = trainingInput(toy.data, split.folds[0]!.trainBars, options)
      const { leaks } = detectLeaks({
        features: { data: toy.data, horizonBars: 5, nextBarReturn: toy.nextBarReturn },
        folds: split.folds,
        membership: { isMember: toy.isMember, sessionDay: toy.hours.sessionDay },
        future: null,
        training: { learner: linearLearner(), input },
      })
      found.push(...leaks.map(({ message }) => `seed ${seed}: ${message}`))
    }
    expect(found).toEqual([])
  })
})
