import { beforeAll, describe, expect, it } from 'vitest'
import { createRandom, generatePanel, type HourPanel, type PanelBars } from '../../src/core/mod.ts'
import {
  computeFeatures,
  computeLabels,
  detectLeaks,
  equalWeightBaseline,
  type LeakInput,
  type Learner,
  linearLearner,
  runTraining,
  scoreReport,
  splitBars,
  trainingInput,
  type ValidationData,
  validate,
} from '../../src/models/mod.ts'

const sizes = { seed: 3, names: 40, sessions: 120 }
const options = { seed: 1, validationShare: 0 }
const plan = { kind: 'rolling', trainBars: 420, testBars: 140, embargoBars: 0 } as const

function dataOf(panel: HourPanel): ValidationData {
  const labels = computeLabels(panel)
  const features = computeFeatures(panel)
  const { spans } = labels
  return { names: panel.symbols.length, features, labels, spans, isUsed: panel.isMember }
}

/** What the next bar brings from its open to its close, element `name * bars + bar`. */
function nextBarReturns({ bars, grid }: HourPanel): Float64Array {
  const count = grid.openTime.length
  return bars.open.map((_, row) =>
    (row + 1) % count === 0 ? Number.NaN : Math.log(bars.close[row + 1]! / bars.open[row + 1]!),
  )
}

/** The panel with all prices and volumes after a bar replaced. */
function scrambledAfter(panel: HourPanel, cut: number): HourPanel {
  const random = createRandom(cut)
  const count = panel.grid.openTime.length
  const scramble = (bars: PanelBars): PanelBars => {
    const change = (column: Float64Array): Float64Array =>
      column.map((value, row) => (row % count > cut ? value * (0.5 + random.next()) : value))
    const { open, high, low, close, volume } = bars
    return {
      open: change(open),
      high: change(high),
      low: change(low),
      close: change(close),
      volume: change(volume),
    }
  }
  const { benchmark } = panel
  return {
    ...panel,
    bars: scramble(panel.bars),
    benchmark: benchmark === null ? null : { ...benchmark, bars: scramble(benchmark.bars) },
  }
}

function inputOf(panel: HourPanel, data: ValidationData, learner: Learner | null): LeakInput {
  const split = splitBars(data.spans, plan)
  if (split.kind === 'refused') throw new Error(split.reason)
  const { folds } = split
  const { input } = trainingInput(data, folds[0]!.trainBars, options)
  return {
    features: { data, horizonBars: 5, nextBarReturn: nextBarReturns(panel) },
    folds,
    membership: { isMember: panel.isMember, sessionDay: panel.grid.sessionDay },
    future: null,
    training: learner === null ? null : { learner, input },
  }
}

function icOf(panel: HourPanel, data: ValidationData) {
  const result = runTraining(validate(data, plan, options), linearLearner())
  if (result.kind === 'refused') throw new Error(result.reason)
  const { names, features, labels } = data
  const scores = result.paths[0]!.excessReturn!
  const { grid } = panel
  const hours = { sessionDay: grid.sessionDay, barOfSession: grid.barOfSession, horizonBars: 5 }
  return scoreReport({ names, bars: features.bars, scores, labels: labels.excessReturn }, hours)
}

describe('a generated panel with all features', () => {
  const panel = generatePanel(sizes)
  let data: ValidationData
  beforeAll(() => {
    data = dataOf(panel)
  })

  it('has nothing that the leak checks object to, the future scrambled included', () => {
    const report = detectLeaks({
      ...inputOf(panel, data, linearLearner()),
      future: {
        names: data.features.names,
        bars: data.features.bars,
        cuts: [300, 501],
        compute: (cut) =>
          cut === null
            ? data.features.columns
            : computeFeatures(scrambledAfter(panel, cut)).columns,
      },
    })
    expect(report.leaks).toEqual([])
    expect(report.checks).toHaveLength(5)
  })

  it('is caught with the features of one bar later', () => {
    const { bars } = data.features
    const columns = data.features.columns.map((column) =>
      column.map((_, row) => ((row + 1) % bars === 0 ? Number.NaN : column[row + 1]!)),
    )
    const late = { ...data, features: { ...data.features, columns } }
    const { leaks } = detectLeaks(inputOf(panel, late, null))
    const found = new Set(leaks.map(({ message }) => message.split(' ')[1]))
    for (const name of ['ret_1h', 'mom_10h', 'rsi_14h']) expect([...found]).toContain(name)
    expect([...found]).not.toContain('rv_20h')
  })

  it('refuses nothing and promises nothing where there is no edge', () => {
    const { mean } = icOf(panel, data).rankIc
    for (const { low, high } of [mean.neweyWest, mean.sessionBlocks]) {
      expect(low! < 0 && high! > 0).toBe(true)
    }
  })
})

describe('a generated panel with an edge', () => {
  it('is forecast better than by equal weights, within what was planted', () => {
    const edge = { column: 'est_revision_rate', bpPer5Bars: 30 } as const
    const panel = generatePanel({ ...sizes, edge })
    const data = dataOf(panel)
    const { rankIc, deciles } = icOf(panel, data)
    expect(rankIc.mean.neweyWest.low!).toBeGreaterThan(0)
    expect(deciles.topMinusUniverse.neweyWest.value!).toBeGreaterThan(0)
    const flat = runTraining(validate(data, plan, options), equalWeightBaseline())
    expect(flat.kind === 'validated' && flat.folds[0]!.heldOut.implementation).toBe(
      'equal-weight/1',
    )
  })
})
