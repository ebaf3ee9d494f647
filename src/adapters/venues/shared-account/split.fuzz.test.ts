import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitByWeight } from './split.ts'

describe('splitting by weight', () => {
  it('is exact, and no part is off by a unit', () => {
    const weight = fc.bigInt({ min: -1_000_000n, max: 1_000_000n })
    const weights = fc.array(weight, { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), weights, (amount, given) => {
        const total = given.reduce((sum, one) => sum + one, 0n)
        fc.pre(total !== 0n)
        const parts = splitByWeight(amount, given)
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(amount)
        parts.forEach((part, i) => {
          const error = part * total - amount * given[i]!
          expect(error < 0n ? -error : error).toBeLessThan(total < 0n ? -total : total)
        })
      }),
    )
  })
})
