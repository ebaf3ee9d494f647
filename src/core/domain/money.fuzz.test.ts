import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Instrument } from './instrument.ts'
import { notional } from './money.ts'

const of = (priceDecimals: number, quantityDecimals: number): Instrument =>
  ({ priceDecimals, quantityDecimals }) as Instrument

it('a notional is exact on both sides of what a double can count', () => {
  const around = fc.oneof(
    fc.integer({ min: -1_000_000, max: 1_000_000 }),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.maxSafeInteger(),
  )
  fc.assert(
    fc.property(around, around, fc.nat(4), fc.nat(4), (price, lots, p, q) => {
      const expected = BigInt(price) * BigInt(lots) * 10n ** BigInt(8 - p - q)
      expect(notional(of(p, q), price, lots)).toBe(expected)
    }),
    { numRuns: 1000 },
  )
})

it('a price that is no whole number of quanta is a bug, whatever it is multiplied with', () => {
  expect(() => notional(of(1, 1), 0.5, 2)).toThrow(RangeError)
  expect(() => notional(of(1, 1), 3, 0.5)).toThrow(RangeError)
  expect(() => notional(of(1, 1), Number.NaN, 2)).toThrow(RangeError)
})
