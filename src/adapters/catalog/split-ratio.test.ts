import { expect, it } from 'vitest'
import { splitRatioE9 } from './record-writers.ts'

it('the ratio of a split is the fraction that is meant, of a spin-off what is published', () => {
  const cases: readonly (readonly [number, number])[] = [
    [2, 2_000_000_000],
    [7.000007, 7_000_000_000],
    [3.000003, 3_000_000_000],
    [0.1, 100_000_000],
    [0.333333333, 333_333_333],
    [1.049999947, 1_050_000_000],
    [1.5, 1_500_000_000],
    [1.237, 1_237_000_000],
  ]
  for (const [published, meant] of cases)
    expect(splitRatioE9(published), `${published}`).toBe(meant)
})
