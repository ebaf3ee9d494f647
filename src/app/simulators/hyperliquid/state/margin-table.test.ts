import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MONEY_UNIT } from '../../../../core/mod.ts'
import {
  flatTable,
  leverageCap,
  maintenanceLines,
  maintenanceMargin,
  tieredTables,
} from './margin-table.ts'

const usd = (amount: number): bigint => BigInt(amount) * MONEY_UNIT

describe('margin tiers', () => {
  test('maintenance is half of initial at the highest leverage, tier by tier', () => {
    const { forty } = tieredTables
    expect(maintenanceMargin(forty, usd(100_000))).toBe(usd(1_250))
    expect(maintenanceMargin(forty, usd(150_000_000))).toBe(usd(1_875_000))
    // The part beyond the bound at twice the rate: 10m / 40.
    expect(maintenanceMargin(forty, usd(160_000_000))).toBe(usd(1_875_000 + 250_000))
    expect(maintenanceMargin(flatTable(3), 100n)).toBe(0n)
  })

  test('the highest leverage falls above a bound, not at it', () => {
    const { ten } = tieredTables
    expect([0, 20_000_000].map((value) => leverageCap(ten, usd(value)))).toEqual([10, 10])
    expect(leverageCap(ten, usd(20_000_000) + 1n)).toBe(5)
  })

  test('the lines agree with the amounts', () => {
    const tables = [...Object.values(tieredTables), flatTable(7)]
    fc.assert(
      fc.property(fc.constantFrom(...tables), fc.nat(400_000_000), (table, value) => {
        const line = maintenanceLines(table).find(({ from, to }) => value >= from && value < to)!
        const exact = Number(maintenanceMargin(table, usd(value))) / 1e8
        expect(line.rate * value - line.deduction).toBeCloseTo(exact, 5)
      }),
      { seed: 20261121 },
    )
  })
})
