import { describe, expect, it } from 'vitest'
import { type Trained, type TrainingInput, trainingInput } from '../../models/mod.ts'
import { toyPanel } from '../../models/validation/test-kit.ts'
import { type NetworkProgress, type NetworkSettings, trainNetwork } from './network-training.ts'

const SETTINGS: NetworkSettings = {
  ...{ set: 'none', width: 8, setWidth: 4, points: 3, batchHours: 8 },
  ...{ learningRate: 0.005, weightDecay: 0.01, epochsMax: 2, patience: 5 },
  ...{ returnWeight: 1, downsideWeight: 1 },
}

const { data } = toyPanel({ seed: 3, names: 12, bars: 180 })
const bars = Int32Array.from({ length: 160 }, (_, bar) => bar)
const { input } = trainingInput(data, bars, { seed: 9, validationShare: 0.2 })

function modelOf(trained: Trained) {
  if (trained.kind === 'refused') throw new Error(trained.reason)
  return trained.model
}

describe('training', () => {
  const quick = { ...SETTINGS, set: 'inducing' } as const
  const jsonOf = async (some: TrainingInput, settings: NetworkSettings = quick) =>
    JSON.stringify(modelOf(await trainNetwork(some, settings)).toJson())

  it('gives the same network to the bit for the same seed, and another for another', async () => {
    const first = await jsonOf(input)
    expect(await jsonOf(input)).toBe(first)
    expect(await jsonOf({ ...input, seed: 10 })).not.toBe(first)
  })

  it('looks at no row but those it was given', async () => {
    const isGiven = new Set([...input.rows, ...input.validationRows])
    const strange = <Column extends Float32Array | Float64Array>(column: Column): Column =>
      column.map((value, row) => (isGiven.has(row) ? value : 1e6 + row)) as Column
    const { features, labels } = input
    const scrambled = {
      ...input,
      features: { ...features, columns: features.columns.map(strange) },
      labels: {
        excessReturn: strange(labels.excessReturn),
        downsideEvent: labels.downsideEvent.map((value, row) => (isGiven.has(row) ? value : 1)),
      },
    }
    expect(await jsonOf(scrambled)).toBe(await jsonOf(input))
  })

  it('lets validation rows choose the epoch and nothing else', async () => {
    const told: NetworkProgress[] = []
    const settings = { ...SETTINGS, epochsMax: 12, patience: 2 }
    const trained = modelOf(await trainNetwork(input, settings, (progress) => told.push(progress)))
    const { training, parameters } = trained.toJson() as unknown as {
      training: { bestEpoch: number; validationLoss: number[] }
      parameters: unknown
    }
    const losses = told.map(({ validationLoss }) => validationLoss!)
    expect(losses).toEqual(training.validationLoss.slice(1))
    expect(training.bestEpoch).toBe(1 + losses.indexOf(Math.min(...losses)))
    expect(told.length).toBe(Math.min(12, training.bestEpoch + 2))
    // Without them the same steps are taken: after as many epochs the parameters are the same.
    const blind = modelOf(
      await trainNetwork(
        { ...input, validationRows: new Int32Array(0) },
        { ...settings, epochsMax: training.bestEpoch },
      ),
    ).toJson()
    expect(blind['parameters']).toEqual(parameters)
    expect(blind['training']).toMatchObject({ validationLoss: null, validationHours: 0 })
  })

  it('begins where nothing is forecast: a loss of one for each task', async () => {
    const { training } = modelOf(await trainNetwork(input, quick)).toJson() as unknown as {
      training: { validationLoss: number[]; trainingLoss: (number | null)[] }
    }
    expect(training.validationLoss[0]).toBeGreaterThan(1.7)
    expect(training.validationLoss[0]).toBeLessThan(2.3)
    expect(training.trainingLoss).toHaveLength(3)
    expect(training.trainingLoss[1]).toBeGreaterThan(training.trainingLoss[2]!)
  })

  it('is refused without rows, with one kind of event, and where the loss is no number', async () => {
    const none = { ...input, rows: new Int32Array(0) }
    const calm = {
      ...input,
      labels: { ...input.labels, downsideEvent: new Float64Array(12 * 180) },
    }
    const wild = { ...quick, learningRate: 1e30 }
    const reasonOf = async (some: TrainingInput, settings: NetworkSettings = quick) =>
      (await trainNetwork(some, settings)) as { reason?: string }
    expect((await reasonOf(none)).reason).toBe('no training rows qualify')
    expect((await reasonOf(calm)).reason).toMatch(/^all \d+ training rows have the event 0$/)
    expect((await reasonOf(input, wild)).reason).toMatch(
      /^inducing-point-network\/1: the loss of epoch 1 is no number at a learning rate of 1e\+30/,
    )
  })
})
