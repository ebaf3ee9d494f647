import { describe, expect, it } from 'vitest'
import { cryptoFeesOn } from './crypto-fee-tiers.ts'
import { parseDay } from './dated-rule.ts'

const day = parseDay('2026-11-20')
const bp = (volume: number): readonly number[] => {
  const ruling = cryptoFeesOn(day, volume)
  if (ruling.kind === 'unknown') return []
  return [ruling.value.makerE9 / 100_000, ruling.value.takerE9 / 100_000]
}

describe('fees on crypto', () => {
  it.each([
    [0, 15, 25],
    [99_999.99, 15, 25],
    [100_000, 12, 22],
    [499_999.99, 12, 22],
    [500_000, 10, 20],
    [1_000_000, 8, 18],
    [10_000_000, 5, 15],
    [25_000_000, 2, 13],
    [50_000_000, 2, 12],
    [99_999_999, 2, 12],
    [100_000_000, 0, 10],
  ])('of a volume of %d are %d and %d bp', (volume, maker, taker) => {
    expect(bp(volume)).toEqual([maker, taker])
  })

  it('are known from 2023-03-13', () => {
    expect(cryptoFeesOn(parseDay('2023-03-12'), 0).kind).toBe('unknown')
    expect(cryptoFeesOn(parseDay('2023-03-13'), 0).kind).toBe('known')
  })
})
