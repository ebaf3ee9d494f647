import { describe, expect, test } from 'vitest'
import { hyperliquidPerpetual } from '../../../../adapters/mod.ts'
import { MONEY_UNIT } from '../../../../core/mod.ts'
import { createListing } from '../listing.ts'
import type { DexTerms } from '../listing-terms.ts'
import { knownTerms } from '../market/known-listing.ts'
import { createAccount } from './account.ts'
import { assetRateE12, deployerShareE9, fillFee, noteVolume, userRates } from './fees.ts'

const DAY_US = 86_400_000_000
const listing = createListing(
  ['BTC', 'xyz:GOLD', 'xyz:HOOD'].map((symbol, id) =>
    hyperliquidPerpetual({ id, symbol, szDecimals: 2 }),
  ),
)
const xyz = knownTerms.dexs[0]!
const rateOf = (id: number, rateE9: number, dex: DexTerms | null): number =>
  Number(assetRateE12(rateE9, listing.perps[id]!, dex)) / 1e8
const scaled = (deployerFeeScaleE9: number): DexTerms => ({ ...xyz, deployerFeeScaleE9 })

describe('fee rates in basis points', () => {
  test('are the user’s own on natives', () => {
    expect([rateOf(0, 450_000, null), rateOf(0, 150_000, null)]).toEqual([4.5, 1.5])
  })

  test('are 9.0 and 3.0 on standard coins of xyz, a tenth of that in growth mode', () => {
    expect([rateOf(1, 450_000, xyz), rateOf(1, 150_000, xyz)]).toEqual([9, 3])
    expect([rateOf(2, 450_000, xyz), rateOf(2, 150_000, xyz)]).toEqual([0.9, 0.3])
  })

  test('follow the deployer’s scale: 1 + scale below 1, twice the scale from 1', () => {
    expect(rateOf(1, 450_000, scaled(350_000_000))).toBe(6.075)
    expect(rateOf(1, 450_000, scaled(0))).toBe(4.5)
    expect(rateOf(1, 450_000, scaled(1_500_000_000))).toBe(13.5)
    expect(deployerShareE9(scaled(250_000_000))).toBe(200_000_000n)
    expect(deployerShareE9(scaled(1_500_000_000))).toBe(500_000_000n)
  })

  test('that are rebates are not scaled up', () => {
    expect(rateOf(1, -10_000, xyz)).toBe(-0.1)
  })
})

describe('a fill’s fee', () => {
  const terms = { rates: { takerE9: 450_000, makerE9: 150_000 }, builderTenthsBp: 0 }
  const value = 12_345n * MONEY_UNIT

  test('includes the builder’s, and names the deployer’s part', () => {
    const fee = fillFee(value, {
      ...terms,
      isTaker: true,
      perp: listing.perps[1]!,
      dex: xyz,
      builderTenthsBp: 10,
    })
    // 9 bp and 1 bp of 12,345; half of the former to the deployer.
    expect(fee).toEqual({ total: 1_234_500_000n, builder: 123_450_000n, deployer: 555_525_000n })
  })

  test('is rounded half to even at six decimals', () => {
    const fee = (cents: bigint) =>
      fillFee((cents * MONEY_UNIT) / 100n, {
        ...terms,
        isTaker: true,
        perp: listing.perps[0]!,
        dex: null,
      }).total
    // 0.01 x 4.5 bp = 0.0000045 and 0.03 x 4.5 bp = 0.0000135.
    expect([fee(1n), fee(3n)]).toEqual([400n, 1_400n])
  })
})

test('the tier is that of the 14 days before today', () => {
  const account = createAccount('0x', 0)
  const today = 20_000 * DAY_US
  const trade = (daysAgo: number, millions: number) =>
    noteVolume(account, {
      time: today - daysAgo * DAY_US,
      isTaker: true,
      value: BigInt(millions) * 1_000_000n * MONEY_UNIT,
    })
  trade(15, 90)
  trade(14, 4)
  expect(userRates(account, today)).toEqual({ takerE9: 450_000, makerE9: 150_000 })
  trade(1, 1)
  trade(0, 900)
  expect(userRates(account, today)).toEqual({ takerE9: 400_000, makerE9: 120_000 })
  expect(userRates(account, today + DAY_US).takerE9).toBe(280_000)
})
