import { describe, expect, it } from 'vitest'
import { createRandom } from '../lib/random.ts'
import { estimateHalfLife } from './half-life.ts'

function autoregression(phi: number, length: number, seed: number, mean = 0): Float64Array {
  const random = createRandom(seed)
  const values = new Float64Array(length)
  values[0] = mean
  for (let i = 1; i < length; i++) {
    values[i] = mean + phi * (values[i - 1]! - mean) + random.normal()
  }
  return values
}

describe('estimateHalfLife', () => {
  it('finds the half-life of a long autoregression around any mean', () => {
    for (const mean of [0, 1e6]) {
      const { halfLife, reason } = estimateHalfLife(autoregression(0.9, 20_000, 1, mean))
      expect(reason).toBeNull()
      expect(halfLife! / (-Math.LN2 / Math.log(0.9))).toBeCloseTo(1, 1)
    }
  })

  it('removes the bias of short samples', () => {
    let plain = 0
    let corrected = 0
    const runs = 4000
    for (let seed = 0; seed < runs; seed++) {
      const fit = estimateHalfLife(autoregression(0.8, 61, seed).subarray(0))
      plain += fit.phi / runs
      corrected += fit.phiCorrected / runs
    }
    expect(plain).toBeLessThan(0.8 - 0.04)
    expect(Math.abs(corrected - 0.8)).toBeLessThan(0.012)
  })

  it('fits phi by least squares with intercept', () => {
    const fit = estimateHalfLife(new Float64Array([1, 3, 2, 4, 3]))
    // Before 1 3 2 4, after 3 2 4 3: covariance -1 over variance 5 (sums of products).
    expect(fit.phi).toBeCloseTo(-0.2, 15)
    expect(fit.phiCorrected).toBeCloseTo(-0.2 + (1 - 0.6) / 4, 15)
    expect([fit.halfLife, fit.reason, fit.transitions]).toEqual([null, 'notReverting', 4])
  })

  it('lets about one random walk in nine through, where plain least squares lets nearly all', () => {
    for (const [length, runs] of [
      [60, 2000],
      [600, 1000],
    ] as const) {
      let given = 0
      let naive = 0
      for (let seed = 0; seed < runs; seed++) {
        const fit = estimateHalfLife(autoregression(1, length, seed))
        if (fit.halfLife !== null) given += 1 / runs
        if (-Math.LN2 / Math.log(fit.phi) < length / 2) naive += 1 / runs
      }
      expect(naive).toBeGreaterThan(0.8)
      expect(given).toBeLessThan(0.14)
      expect(given).toBeGreaterThan(0.06)
    }
  })

  it('gives none on fewer than ten half-lives of data', () => {
    const values = autoregression(0.97, 5000, 3)
    expect(estimateHalfLife(values.subarray(0, 150)).reason).toBe('tooShort')
    expect(estimateHalfLife(values).reason).toBeNull()
  })

  it('says when nothing varies or reverts', () => {
    expect(estimateHalfLife(new Float64Array(50).fill(0.1)).reason).toBe('noVariation')
    expect(estimateHalfLife(new Float64Array([1, 2, 3])).reason).toBe('noVariation')
    const trend = new Float64Array(50).map((_, i) => i * i)
    expect(estimateHalfLife(trend).reason).toBe('notReverting')
    expect(() => estimateHalfLife(new Float64Array([1, 2, Number.NaN, 3, 4]))).toThrow(/finite/)
  })
})
