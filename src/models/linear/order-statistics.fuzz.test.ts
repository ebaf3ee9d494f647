import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countedStatistics, orderStatistics } from './order-statistics.ts'

it('counting finds the values that sorting does, of any bits, zeros of both signs and subnormals', () => {
  const value = fc.oneof(
    fc.float(),
    fc.float({ noNaN: true, min: Math.fround(-1e-40), max: Math.fround(1e-40) }),
    fc.constantFrom(0, -0, 1, 1, 1, Number.NaN, Infinity, -Infinity),
  )
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), fc.nat(), (values, start) => {
      const column = Float32Array.from([...values, 5, 6])
      const rows = Int32Array.from({ length: values.length + 1 }, (_, i) => i)
      const finite = column.subarray(0, rows.length).filter(Number.isFinite).sort()
      const ranks = [0, start % finite.length, finite.length - 1]
      const expected = Float64Array.from(ranks, (rank) => finite[rank]!)
      expect(orderStatistics(column, rows, ranks)).toEqual(expected)
      expect(countedStatistics(column, rows, ranks)).toEqual(expected)
    }),
    { numRuns: 40 },
  )
})
