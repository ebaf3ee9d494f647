import { describe, expect, it } from 'vitest'
import { createRandom, deflatedSharpe } from '../../core/mod.ts'
import { type Candidate, selectModel } from './selection.ts'

function candidates(seed: number, count: number, drift = 0): Candidate[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, i) => ({
    name: `model ${i}`,
    returns: Float64Array.from(
      { length: 250 },
      () => 0.01 * random.normal() + (i === 3 ? drift : 0),
    ),
  }))
}

describe('the best of many models', () => {
  it('is not believed where none has skill, whatever its own Sharpe ratio', () => {
    const runs = Array.from({ length: 60 }, (_, seed) => selectModel(candidates(seed, 40), null))
    expect(runs.filter(({ dsr }) => dsr.value! > 0.95).length).toBeLessThanOrEqual(6)
    expect(runs.filter(({ psr }) => psr.value! > 0.95).length).toBeGreaterThan(50)
    const overfitting = runs.reduce((sum, run) => sum + run.overfitting.value!, 0) / runs.length
    expect(overfitting).toBeGreaterThan(0.4)
    expect(overfitting).toBeLessThan(0.6)
  })

  it('is believed where it has skill', () => {
    const { best, dsr, overfitting } = selectModel(candidates(1, 20, 0.004), null)
    expect(best).toBe('model 3')
    expect(dsr.value!).toBeGreaterThan(0.95)
    expect(overfitting.value!).toBeLessThan(0.05)
  })

  it('counts what the ledger remembers, and failures', () => {
    const tried = [...candidates(2, 5), { name: 'failed', returns: null }]
    const alone = selectModel(tried, null)
    expect(alone.trials).toBe(6)
    const known = selectModel(tried, { count: 400, sharpeVariance: 0.01 })
    expect(known.trials).toBe(400)
    expect(known.luckySharpe.value!).toBeGreaterThan(alone.luckySharpe.value!)
    expect(known.dsr.value!).toBeLessThan(alone.dsr.value!)
  })

  it('deflates as the published example does', () => {
    // Bailey and Lopez de Prado (2014): 2.5 a year, 5 years of days, 100 trials of variance 1/2.
    const sample = { sharpe: 2.5 / Math.sqrt(250), observations: 1250, skewness: -3, kurtosis: 10 }
    expect(deflatedSharpe(sample, 100, 0.5 / 250).value).toBeCloseTo(0.9004, 4)
  })

  it('is nobody where nothing came to an end', () => {
    expect(selectModel([{ name: 'failed', returns: null }], null)).toMatchObject({
      best: null,
      dsr: { value: null },
      overfitting: { value: null, reason: 'fewer than two trials' },
    })
  })
})
