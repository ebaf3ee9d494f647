import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MONEY_UNIT } from '../domain/units.ts'
import { valueOn } from './dated-rule.ts'
import { activityFeeRule, SELL_FEE_DAYS, secFeeRule, sellFeesOn } from './sell-fees.ts'

const CENT = MONEY_UNIT / 100n

it('each fee is whole cents, never less than its rate and less than a cent more, up to the cap', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: SELL_FEE_DAYS.from, max: SELL_FEE_DAYS.until }),
      fc.bigInt({ min: 0n, max: 10_000_000n * MONEY_UNIT }),
      fc.integer({ min: 0, max: 1_000_000_000 }),
      fc.integer({ min: 0, max: 6 }),
      (day, value, lots, quantityDecimals) => {
        const { sec, activity } = sellFeesOn(day, { value, lots, quantityDecimals })
        expect(sec % CENT).toBe(0n)
        expect(activity % CENT).toBe(0n)
        const exactSec = value * BigInt(valueOn(secFeeRule, day))
        expect(sec * 100_000_000n >= exactSec).toBe(true)
        expect((sec - CENT) * 100_000_000n < exactSec || sec === 0n).toBe(true)
        const { perShare, capPerTrade } = valueOn(activityFeeRule, day)
        expect(activity <= capPerTrade).toBe(true)
        if (activity === capPerTrade) return
        const scale = 10n ** BigInt(quantityDecimals)
        const exact = BigInt(lots) * perShare
        expect(activity * scale >= exact).toBe(true)
        expect((activity - CENT) * scale < exact || activity === 0n).toBe(true)
      },
    ),
  )
})
