import { describe, expect, it } from 'vitest'
import { plainKernels } from './kernels.ts'
import { roundDerivatives } from './round.ts'
import { SETTING } from './workspace.ts'

const rounded = (gradient: Float64Array, hessian: Float64Array) => {
  const w = plainKernels.open({ rows: gradient.length, features: 1, slots: 1, parts: 1 })
  roundDerivatives(w, gradient, hessian)
  const { [SETTING.gradientUnit]: gradientUnit, [SETTING.hessianUnit]: hessianUnit } = w.settings
  return { units: w.derivatives, gradientUnit: gradientUnit!, hessianUnit: hessianUnit! }
}

describe('derivatives in whole units', () => {
  it.each([1, 1000, 1023, 1024, 1025, 65_536, 100_003])('of %i rows have exact sums', (rows) => {
    const { units } = rounded(new Float64Array(rows).fill(-3), new Float64Array(rows).fill(1 / 3))
    const [gradient, hessian] = [units[0]!, units[1]!]
    expect(hessian * rows).toBeLessThan(2 ** 40)
    expect(-gradient * rows).toBeLessThanOrEqual(2 ** 52)
    // As fine as that allows, but for the step to a power of two and the limit of 30 bits.
    expect(hessian).toBeGreaterThanOrEqual(Math.min(2 ** 28, 2 ** 38 / rows))
    expect(-gradient).toBeGreaterThanOrEqual(2 ** 28)
  })

  it('are near the derivatives', () => {
    const gradient = Float64Array.of(1e-3, -7, 0, 5e6)
    const hessian = Float64Array.of(0.25, 1e-9, 0, 0.1)
    const { units, gradientUnit, hessianUnit } = rounded(gradient, hessian)
    gradient.forEach((value, i) => {
      expect(Math.abs(units[2 * i]! * gradientUnit - value)).toBeLessThanOrEqual(gradientUnit / 2)
      const seen = units[2 * i + 1]! * hessianUnit
      expect(Math.abs(seen - hessian[i]!)).toBeLessThanOrEqual(hessianUnit / 2)
    })
    expect(gradientUnit).toBeLessThan(5e6 / 2 ** 28)
  })

  it('may all be nothing', () => {
    expect(rounded(new Float64Array(3), new Float64Array(3)).units).toEqual(new Int32Array(6))
  })
})
