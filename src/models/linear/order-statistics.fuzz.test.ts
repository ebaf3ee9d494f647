import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countedStatistics, orderStatistics } from './order-statistics.ts'

it('counting finds the values that sorting does, of any bits, zeros of both signs and subnormals', () => {
  const value = fc.oneof(
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.float({ noNaN: true, min: Math.fround(-1e-40), max: Math.fround(1e-40) }),
    fc.constantFrom(0, -0, 1, 1, 1),
  )
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), fc.nat(), (numbers, start) => {
      const values = Float32Array.from(numbers)
      const sorted = values.slice().sort()
      const ranks = [0, start % values.length, values.length - 1]
      const expected = Float64Array.from(ranks, (rank) => sorted[rank]!)
      expect(orderStatistics(values, ranks)).toEqual(expected)
      expect(countedStatistics(values, ranks)).toEqual(expected)
    }),
    { numRuns: 40 },
  )
})
