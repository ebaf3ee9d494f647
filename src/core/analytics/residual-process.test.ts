import { describe, expect, it } from 'vitest'
import { createRandom } from '../lib/random.ts'
import { eigenportfolios } from './eigenportfolios.ts'
import { cumulate, fitResidualProcess, residualScore } from './residual-process.ts'
import { nullPValue, unitRootNull } from './unit-root-null.ts'

/** Steps of an AR(1) level around `mean`, whose sum is the level. */
function revertingSteps(phi: number, noise: number, length: number): Float64Array {
  const random = createRandom(11)
  let level = 0
  return Float64Array.from({ length }, () => {
    const next = phi * level + noise * random.normal()
    const step = next - level
    level = next
    return step
  })
}

describe('the process of a residual', () => {
  it('has the speed, level and deviation of the AR(1) that it was made of', () => {
    const process = fitResidualProcess(revertingSteps(0.9, 0.01, 40_000))!
    expect(process.kappa).toBeCloseTo(-252 * Math.log(0.9), 0)
    expect(process.mean).toBeCloseTo(0, 2)
    expect(process.deviation).toBeCloseTo(0.01 / Math.sqrt(1 - 0.81), 3)
  })

  it('fits a series whose steps halve, and refuses one that swings', () => {
    expect(fitResidualProcess(Float64Array.of(1, -1, 1, -0.5, 0.25))).toBeNull()
    const rising = fitResidualProcess(Float64Array.of(0, 1, 0.5, 0.25, 0.125))!
    // Levels 0, 1, 1.5, 1.75, 1.875: each step is half the last, so b = 1/2 and m = 2 exactly.
    expect(rising.kappa).toBeCloseTo(252 * Math.LN2, 9)
    expect(rising.mean).toBeCloseTo(2, 12)
    expect(rising.level).toBe(1.875)
  })

  it('scores the distance from its mean, less the centre and less its drift', () => {
    const process = { kappa: 25.2, mean: 0.02, deviation: 0.04, level: 0 }
    expect(residualScore(process, { centre: 0, alpha: 0 })).toBeCloseTo(-0.5, 12)
    expect(residualScore(process, { centre: 0.02, alpha: 0 })).toBeCloseTo(0, 12)
    // 0.0004 a day over 10 days of reversion is 0.004: a tenth of the deviation.
    expect(residualScore(process, { centre: 0, alpha: 0.0004 })).toBeCloseTo(-0.6, 12)
  })
})

describe('eigenportfolios', () => {
  const random = createRandom(5)
  const market = Float64Array.from({ length: 300 }, () => 0.01 * random.normal())
  const names = Array.from({ length: 20 }, (_, i) =>
    market.map((value) => (0.5 + i / 20) * value + 0.004 * random.normal()),
  )

  it('find a planted market first: long every name, less of those that vary more', () => {
    const { weights, explained } = eigenportfolios(names, { kind: 'fixed', count: 1 })!
    expect(weights).toHaveLength(1)
    expect(weights[0]!.every((weight) => weight > 0)).toBe(true)
    expect(explained).toBeGreaterThan(0.7)
    const factor = market.map((_, t) => weights[0]!.reduce((s, w, i) => s + w * names[i]![t]!, 0))
    expect(Math.abs(correlation(factor, market))).toBeGreaterThan(0.97)
  })

  it('take as many factors as explain the share asked for', () => {
    const { explained, weights } = eigenportfolios(names, { kind: 'explained', share: 0.85 })!
    expect(explained).toBeGreaterThanOrEqual(0.85)
    const fewer = { kind: 'fixed', count: weights.length - 1 } as const
    expect(eigenportfolios(names, fewer)!.explained).toBeLessThan(0.85)
  })

  it('are none where a name does not move', () => {
    const still = [...names, new Float64Array(300)]
    expect(eigenportfolios(still, { kind: 'fixed', count: 1 })).toBeNull()
  })
})

describe('the null distribution of regressed walks', () => {
  it('gives walks of its own kind p values that are uniform', () => {
    const table = unitRootNull({ length: 100, factors: 3, draws: 1500, seed: 1 })
    const others = unitRootNull({ length: 100, factors: 3, draws: 600, seed: 2 })
    for (const level of [0.05, 0.2, 0.5]) {
      const share = others.filter((value) => nullPValue(table, value) <= level).length / 600
      expect(Math.abs(share - level), `${level}`).toBeLessThan(3.5 * Math.sqrt(level / 600))
    }
  })

  it('gives a reverting residual a small one, and never none', () => {
    const table = unitRootNull({ length: 100, factors: 3, draws: 500, seed: 1 })
    expect(nullPValue(table, -8)).toBe(1 / 501)
    expect(nullPValue(table, 3)).toBe(1)
  })
})

it('cumulates', () => {
  expect([...cumulate(Float64Array.of(1, 2, -4))]).toEqual([1, 3, -1])
})

function correlation(a: Float64Array, b: Float64Array): number {
  const product = (x: Float64Array, y: Float64Array) => x.reduce((s, v, i) => s + v * y[i]!, 0)
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b))
}
