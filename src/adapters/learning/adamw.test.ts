import { expect, it } from 'vitest'
import { AdamW } from './adamw.ts'

it('takes the steps of the published formula', () => {
  const options = { learningRate: 0.1, weightDecay: 0.5, gradientMax: 100 }
  const optimiser = new AdamW(Uint8Array.of(1, 0), options)
  const parameters = Float32Array.of(2, -1)
  optimiser.step(parameters, Float32Array.of(3, -4))
  // The first step is as long as the learning rate, whatever the gradient; one of them decays.
  expect(parameters[0]).toBeCloseTo(2 - 0.1 * (1 + 0.5 * 2), 6)
  expect(parameters[1]).toBeCloseTo(-1 + 0.1, 6)
  optimiser.step(parameters, Float32Array.of(1, 0))
  const mean = (0.9 * 0.3 + 0.1) / (1 - 0.9 ** 2)
  const square = (0.999 * 0.009 + 0.001) / (1 - 0.999 ** 2)
  expect(parameters[0]).toBeCloseTo(1.8 - 0.1 * (mean / Math.sqrt(square) + 0.5 * 1.8), 5)
})

it('cuts a gradient to its longest length over all parameters and says what it was', () => {
  const options = { learningRate: 0.1, weightDecay: 0, gradientMax: 1 }
  const [cut, short] = [
    new AdamW(new Uint8Array(2), options),
    new AdamW(new Uint8Array(2), options),
  ]
  const [a, b] = [new Float32Array(2), new Float32Array(2)]
  expect(cut.step(a, Float32Array.of(30, 40))).toBe(50)
  expect(short.step(b, Float32Array.of(0.6, 0.8))).toBeCloseTo(1, 6)
  cut.step(a, Float32Array.of(0.1, 0))
  short.step(b, Float32Array.of(0.1, 0))
  expect(a[0]).toBeCloseTo(b[0]!, 6)
  expect(a[1]).toBeCloseTo(b[1]!, 6)
})

it('finds the minimum of a bowl', () => {
  const optimiser = new AdamW(new Uint8Array(2), {
    learningRate: 0.05,
    weightDecay: 0,
    gradientMax: 1e9,
  })
  const at = Float32Array.of(4, -3)
  for (let i = 0; i < 500; i++) {
    optimiser.step(at, Float32Array.of(2 * (at[0]! - 1), 20 * (at[1]! - 2)))
  }
  expect(at[0]).toBeCloseTo(1, 2)
  expect(at[1]).toBeCloseTo(2, 2)
})
