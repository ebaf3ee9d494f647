import { expect, it } from 'vitest'
import type { FittedModel } from '../learner.ts'
import { equalWeightBaseline, momentumBaseline } from './baselines.ts'
import { trainingInput } from './held-out.ts'
import { featureSensitivity } from './sensitivity.ts'
import { toyPanel } from './test-kit.ts'

const { data } = toyPanel({ seed: 5, bars: 200 })
const bars = Int32Array.from({ length: 60 }, (_, i) => 2 * i)
const { input } = trainingInput(data, bars, { seed: 1, validationShare: 0 })

function modelOf(learner: ReturnType<typeof momentumBaseline>): FittedModel {
  const trained = learner.train(input)
  if (trained.kind === 'refused') throw new Error(trained.reason)
  return trained.model
}

it('is about 1 for all that forecasts rest on and 0 for what they do not use', () => {
  const only = modelOf(momentumBaseline('signal'))
  const share = featureSensitivity(only, data, bars, 7)![0]!
  expect(share > 0.85 && share < 1.1).toBe(true)
  const two: FittedModel = { ...only, features: ['range', 'signal'] }
  const [range, signal] = featureSensitivity(two, data, bars, 7)!
  expect(range).toBe(0)
  expect(signal).toBe(share)
})

it('does not exist where forecasts do not vary', () => {
  expect(featureSensitivity(modelOf(equalWeightBaseline()), data, bars, 7)).toBeNull()
})
