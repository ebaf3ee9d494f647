import { describe, expect, it } from 'vitest'
import { createRandom } from '../lib/random.ts'
import { fitAutoregression, forecastChange } from './autoregression.ts'

describe('an autoregression', () => {
  it('finds the coefficients of a path without noise', () => {
    const values = new Float64Array(20)
    values[0] = 110
    for (let i = 1; i < 20; i++) values[i] = 100 + 0.8 * (values[i - 1]! - 100)
    const fit = fitAutoregression(values)!
    expect(fit.phi).toBeCloseTo(0.8, 10)
    expect(fit.variance).toBeCloseTo(0, 12)
    const last = values[19]!
    expect(forecastChange(fit, last, 1).mean).toBeCloseTo(0.2 * (100 - last), 10)
    expect(forecastChange(fit, last, 3).mean).toBeCloseTo((1 - 0.8 ** 3) * (100 - last), 10)
    expect(forecastChange(fit, last, 3).error).toBeCloseTo(0, 6)
  })

  it('is none of a constant or of three values', () => {
    expect(fitAutoregression(new Float64Array(50).fill(0.1))).toBeNull()
    expect(fitAutoregression(Float64Array.of(1, 2, 3))).toBeNull()
  })

  it('states errors that cover the truth as often as they say', () => {
    // The least-squares bias of phi pulls the mean; over 400 values it is small against the error.
    const random = createRandom(11)
    let inside = 0
    const trials = 400
    for (let k = 0; k < trials; k++) {
      const values = new Float64Array(400)
      for (let i = 1; i < 400; i++) values[i] = 0.7 * values[i - 1]! + random.normal()
      const fit = fitAutoregression(values)!
      const { mean, error } = forecastChange(fit, 2, 4)
      if (Math.abs(mean - (0.7 ** 4 - 1) * 2) <= 1.96 * error) inside++
    }
    expect(inside / trials).toBeGreaterThan(0.92)
    expect(inside / trials).toBeLessThan(0.98)
  })

  it('knows the variance of what noise adds', () => {
    const random = createRandom(12)
    const values = new Float64Array(20_000)
    for (let i = 1; i < values.length; i++) values[i] = 0.5 * values[i - 1]! + random.normal()
    const { variance } = forecastChange(fitAutoregression(values)!, 0, 2)
    expect(variance).toBeCloseTo(1 + 0.25, 1)
  })
})
