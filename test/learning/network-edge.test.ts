import { describe, expect, it } from 'vitest'
import { type NetworkSettings, trainNetwork } from '../../src/adapters/mod.ts'
import { createRandom } from '../../src/core/mod.ts'
import type { SetPart, Trained, TrainingInput } from '../../src/models/mod.ts'

const NAMES = 16
const BARS = 440
const TRAINED = 280
const VALIDATED = 340

const SETTINGS: NetworkSettings = {
  ...{ set: 'none', width: 16, setWidth: 8, points: 4, batchHours: 8 },
  ...{ learningRate: 0.005, weightDecay: 0.01, epochsMax: 15, patience: 4 },
  ...{ returnWeight: 1, downsideWeight: 1 },
}

/**
 * One feature: the hour's own level, which is of no interest, plus what tells a name from it. With
 * an edge a name far from its hour's level, on either side, returns more and falls less.
 */
function planted(seed: number, edge: number): TrainingInput {
  const random = createRandom(seed)
  const size = NAMES * BARS
  const [feature, noise] = [new Float32Array(size), new Float32Array(size)]
  const [excessReturn, downsideEvent] = [new Float64Array(size), new Float64Array(size)]
  for (let bar = 0; bar < BARS; bar++) {
    const level = 3 * random.normal()
    for (let name = 0; name < NAMES; name++) {
      const row = name * BARS + bar
      const own = random.normal()
      feature[row] = level + own
      noise[row] = random.normal()
      excessReturn[row] = 0.01 * (edge * (Math.abs(own) - 0.8) + random.normal())
      downsideEvent[row] = random.normal() - 2 * edge * (Math.abs(own) - 0.8) < 1.3 ? 0 : 1
    }
  }
  const features = { names: ['feature', 'noise'], columns: [feature, noise], bars: BARS }
  const rowsOf = (from: number, to: number): Int32Array =>
    Int32Array.from(feature.keys()).filter((row) => row % BARS >= from && row % BARS < to)
  return {
    features,
    labels: { excessReturn, downsideEvent },
    rows: rowsOf(0, TRAINED),
    validationRows: rowsOf(TRAINED, VALIDATED),
    seed: 9,
  }
}

/** Correlations of both forecasts with what came, over hours that training did not see. */
async function judged(set: SetPart, input: TrainingInput) {
  const model = modelOf(await trainNetwork(input, { ...SETTINGS, set }))
  const unseen = Int32Array.from(input.labels.excessReturn.keys()).filter(
    (row) => row % BARS >= VALIDATED,
  )
  const { excessReturn, downsideProbability } = model.predict(input.features, unseen)
  const labels = (column: Float32Array | Float64Array) =>
    Float64Array.from(unseen, (r) => column[r]!)
  const { labels: truth } = input
  return {
    returns: correlation(excessReturn!, labels(truth.excessReturn)),
    events: correlation(downsideProbability!, labels(truth.downsideEvent)),
    meanProbability: mean(downsideProbability!),
    eventShare: mean(labels(truth.downsideEvent)),
  }
}

function modelOf(trained: Trained) {
  if (trained.kind === 'refused') throw new Error(trained.reason)
  return trained.model
}

const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / values.length

function correlation(a: Float64Array, b: Float64Array): number {
  const [ma, mb] = [mean(a), mean(b)]
  const product = (x: Float64Array, mx: number, y: Float64Array, my: number) =>
    x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0)
  return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb))
}

describe('an edge that lies in how a name stands to its hour', () => {
  const input = planted(1, 1)

  it.each([
    'inducing',
    'pooling',
    'full',
  ] as const)('is found with the set part %s', async (set) => {
    const { returns, events, meanProbability, eventShare } = await judged(set, input)
    // Knowing the truth would give 0.5 and about 0.5.
    expect(returns).toBeGreaterThan(0.35)
    expect(events).toBeGreaterThan(0.3)
    // Classes were balanced in training; probabilities are those of the world.
    expect(Math.abs(meanProbability - eventShare)).toBeLessThan(0.05)
  })

  it('is beyond a network that sees each name alone', async () => {
    const { returns, events } = await judged('none', input)
    expect(Math.abs(returns)).toBeLessThan(0.12)
    expect(Math.abs(events)).toBeLessThan(0.12)
  })

  it('is found in no panel that has none', async () => {
    // Standard error of a correlation over 1,600 rows: 0.025.
    const { returns, events } = await judged('inducing', planted(2, 0))
    expect(Math.abs(returns)).toBeLessThan(0.1)
    expect(Math.abs(events)).toBeLessThan(0.1)
  })
})
