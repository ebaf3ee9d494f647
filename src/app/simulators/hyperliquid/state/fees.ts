import {
  divideHalfEven,
  MONEY_DECIMALS,
  MONEY_UNIT,
  type Money,
  type TimeUs,
} from '../../../../core/mod.ts'
import type { ListedPerp } from '../listing.ts'
import type { DexTerms } from '../listing-terms.ts'
import { WIRE_MONEY_DECIMALS } from '../wire/numbers.ts'
import type { Account, DayVolume } from './account.ts'

/** Fee rates of a user or an order, x 10^9; a negative one is a rebate. */
export interface UserRates {
  readonly takerE9: number
  readonly makerE9: number
}

/** A step of the fee schedule: from this 14-day volume on. */
export interface FeeTier extends UserRates {
  readonly volume: Money
}

const DAY_US = 86_400_000_000
/** Days before today whose volume counts. */
const WINDOW_DAYS = 14
/** Fees in growth mode are a tenth. */
const GROWTH_E9 = 100_000_000n
const E9 = 1_000_000_000n
const E12 = 1_000_000_000_000n
const STEP = 10n ** BigInt(MONEY_DECIMALS - WIRE_MONEY_DECIMALS)

const tier = (millions: number, takerE9: number, makerE9: number): FeeTier => ({
  volume: BigInt(millions) * 1_000_000n * MONEY_UNIT,
  takerE9,
  makerE9,
})

/** The venue's public perpetual schedule by volume; the first tier is the base. */
export const feeTiers: readonly FeeTier[] = [
  tier(0, 450_000, 150_000),
  tier(5, 400_000, 120_000),
  tier(25, 350_000, 80_000),
  tier(100, 300_000, 40_000),
  tier(500, 280_000, 0),
  tier(2_000, 260_000, 0),
  tier(7_000, 240_000, 0),
]

/** Day number, UTC, of an instant. */
export const dayOf = (time: TimeUs): number => Math.floor(time / DAY_US)

/** Notional a user traded on the 14 days before the day of `time`: what sets its tier. */
export function windowVolume(account: Account, time: TimeUs): Money {
  const today = dayOf(time)
  let sum = 0n
  for (const { day, taker, maker } of account.days) {
    if (day < today && day >= today - WINDOW_DAYS) sum += taker + maker
  }
  return sum
}

/** A user's rates by its volume. Staking, referral and maker-share discounts are not simulated. */
export function userRates(account: Account, time: TimeUs): UserRates {
  const volume = windowVolume(account, time)
  let rates = feeTiers[0]!
  for (const each of feeTiers) if (volume >= each.volume) rates = each
  return { takerE9: rates.takerE9, makerE9: rates.makerE9 }
}

/** Adds a fill's notional to the day it happened on; forgets days that no longer count. */
export function noteVolume(
  account: Account,
  fill: { readonly time: TimeUs; readonly isTaker: boolean; readonly value: Money },
): void {
  const day = dayOf(fill.time)
  let last: DayVolume | undefined = account.days[account.days.length - 1]
  if (last?.day !== day) {
    last = { day, taker: 0n, maker: 0n }
    account.days.push(last)
    while (account.days[0]!.day < day - WINDOW_DAYS) account.days.shift()
  }
  if (fill.isTaker) last.taker += fill.value
  else last.maker += fill.value
}

/**
 * What a rate becomes on a coin, x 10^12: times 1 + deployerFeeScale (below 1) or 2 x the scale
 * (from 1) on a builder's dex, times a tenth in growth mode. Rebates are not scaled up.
 * Source: the venue's documentation, "Fee formula for developers".
 */
export function assetRateE12(rateE9: number, perp: ListedPerp, dex: DexTerms | null): bigint {
  const scaleE9 = BigInt(dex?.deployerFeeScaleE9 ?? 0)
  const factorE9 = scaleE9 < E9 ? E9 + scaleE9 : 2n * scaleE9
  const growthE9 = perp.growthMode ? GROWTH_E9 : E9
  const base = BigInt(rateE9) * 1_000n * growthE9
  return rateE9 < 0 ? base / E9 : (base * factorE9) / (E9 * E9)
}

/** The deployer's share of a fee, x 10^9: scale / (1 + scale) below 1, a half from 1. */
export function deployerShareE9(dex: DexTerms): bigint {
  const scaleE9 = BigInt(dex.deployerFeeScaleE9)
  return scaleE9 < E9 ? (scaleE9 * E9) / (E9 + scaleE9) : E9 / 2n
}

/** What a fill costs. All rounded half to even to the digits the venue prints. */
export interface FillFee {
  /** Everything, the builder's fee included; negative is a rebate. */
  readonly total: Money
  readonly builder: Money
  /** Part of `total` that goes to the dex's deployer. */
  readonly deployer: Money
}

const round = (value: Money, numerator: bigint, denominator: bigint): Money =>
  divideHalfEven(value * numerator, denominator * STEP) * STEP

/** The fee of a fill of this value. */
export function fillFee(
  value: Money,
  terms: {
    readonly rates: UserRates
    readonly isTaker: boolean
    readonly perp: ListedPerp
    readonly dex: DexTerms | null
    readonly builderTenthsBp: number
  },
): FillFee {
  const { rates, perp, dex } = terms
  const rateE12 = assetRateE12(terms.isTaker ? rates.takerE9 : rates.makerE9, perp, dex)
  const own = round(value, rateE12, E12)
  const builder = round(value, BigInt(terms.builderTenthsBp), 100_000n)
  const deployer = dex === null || own <= 0n ? 0n : round(own, deployerShareE9(dex), E9)
  return { total: own + builder, builder, deployer }
}
