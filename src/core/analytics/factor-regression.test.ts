import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitLine } from './cointegration.ts'
import { factorBasis, isExplainedWholly, regressOnFactors } from './factor-regression.ts'

const series = (length: number) =>
  fc
    .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: length, maxLength: length })
    .map((values) => Float64Array.from(values))

describe('a regression on factors', () => {
  it('finds the coefficients that a series was made with', () => {
    const a = Float64Array.of(1, -2, 3, 0.5, 2, -1, 0, 4)
    const b = Float64Array.of(0, 1, 1, -1, 2, 2, -3, 1)
    const values = a.map((value, i) => 0.7 + 1.5 * value - 0.25 * b[i]!)
    const { alpha, betas, residuals } = regressOnFactors(factorBasis([a, b], 8)!, values)
    expect(alpha).toBeCloseTo(0.7, 12)
    expect(betas[0]).toBeCloseTo(1.5, 12)
    expect(betas[1]).toBeCloseTo(-0.25, 12)
    expect(Math.max(...residuals.map(Math.abs))).toBeLessThan(1e-12)
  })

  it('is the line fit with one factor', () => {
    const run = fc.tuple(series(20), series(20))
    fc.assert(
      fc.property(run, ([x, y]) => {
        const line = fitLine(y, x)
        const basis = factorBasis([x], 20)
        fc.pre(line !== null && basis !== null && Math.max(...x) - Math.min(...x) > 0.01)
        const fit = regressOnFactors(basis!, y)
        expect(fit.betas[0]).toBeCloseTo(line!.beta, 6)
        expect(fit.alpha).toBeCloseTo(line!.alpha, 6)
      }),
      { numRuns: 50 },
    )
  })

  it('leaves residuals that sum to zero and are at right angles to every factor', () => {
    fc.assert(
      fc.property(fc.tuple(series(15), series(15), series(15)), ([x, z, y]) => {
        const basis = factorBasis([x, z], 15)
        fc.pre(basis !== null)
        const { residuals } = regressOnFactors(basis!, y)
        for (const each of [x.map(() => 1), x, z]) {
          const product = residuals.reduce((sum, value, i) => sum + value * each[i]!, 0)
          expect(Math.abs(product)).toBeLessThan(1e-9)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('tells when nothing but rounding is left', () => {
    const a = Float64Array.of(1, -2, 3, 0.5, 2, -1, 0, 4)
    const noisy = a.map((value, i) => value + (i % 2) / 100)
    const basis = factorBasis([a], 8)!
    expect(isExplainedWholly(regressOnFactors(basis, a), a)).toBe(true)
    expect(isExplainedWholly(regressOnFactors(basis, noisy), noisy)).toBe(false)
  })

  it('refuses factors that say the same, or as many as there are observations', () => {
    const a = Float64Array.of(1, 2, 3, 4, 5)
    expect(factorBasis([a, a.map((value) => 2 * value + 1)], 5)).toBeNull()
    expect(factorBasis([a, Float64Array.of(1, 0, 0, 0, 1), a, a], 5)).toBeNull()
  })
})
