import { type FeeRates, parseSafeDecimal } from '../../../core/mod.ts'
import { unreadable } from '../lib/failure.ts'
import { userFeesReply } from './wire.ts'

/** What multiplies a user's own rates on one asset, in parts per 10^9 to stay exact. */
export interface FeeScale {
  /** Of the dex: 10^9 on the native exchange. */
  readonly dexE9: number
  /** Of the asset: 10^9, or a tenth of it in growth mode. */
  readonly growthE9: number
}

const ONE_E9 = 1_000_000_000
/** Fees of an asset in growth mode are a tenth. */
const GROWTH_E9 = ONE_E9 / 10

/** Rates of the base tier, used when no account is named: 4.5 bp taker, 1.5 bp maker. */
export const baseFees: FeeRates = { makerE9: 150_000, takerE9: 450_000 }

/**
 * The scale of an asset. On a builder's dex fees are the user's rate times 1 + scale below 1 and
 * 2 x scale from 1 on (the builder's share on top of the venue's).
 * Source: the venue's fee documents, 2026-09.
 */
export function feeScaleOf(input: {
  /** Null on the native exchange. */
  readonly deployerFeeScale: string | null
  readonly isGrowth: boolean
}): FeeScale {
  const growthE9 = input.isGrowth ? GROWTH_E9 : ONE_E9
  if (input.deployerFeeScale === null) return { dexE9: ONE_E9, growthE9 }
  const scaleE9 = parseSafeDecimal(input.deployerFeeScale, 9)
  if (scaleE9 === null || scaleE9 < 0) throw unreadable('perpDexs')
  return { dexE9: scaleE9 < ONE_E9 ? ONE_E9 + scaleE9 : 2 * scaleE9, growthE9 }
}

/**
 * What a user pays on an asset, rounded to 10^-9 of notional. A rebate is not multiplied by the
 * dex's scale, only by the growth factor.
 */
export function effectiveFees(user: FeeRates, scale: FeeScale): FeeRates {
  const scaled = (rateE9: number): number => {
    const dexE9 = rateE9 > 0 ? scale.dexE9 : ONE_E9
    return Math.round(rateE9 * (dexE9 / ONE_E9) * (scale.growthE9 / ONE_E9))
  }
  return { makerE9: scaled(user.makerE9), takerE9: scaled(user.takerE9) }
}

/**
 * A user's own rates out of a `userFees` reply, volume tier and staking included, less the referral
 * discount on what is a cost: the venue states that apart. Throws AdapterError VENUE_UNREADABLE.
 */
export function readUserFees(raw: unknown): FeeRates {
  const reply = userFeesReply.safeParse(raw)
  if (!reply.success) throw unreadable('userFees')
  const { userAddRate, userCrossRate, activeReferralDiscount } = reply.data
  const discount = Number(activeReferralDiscount ?? 0)
  const rate = (text: string): number => {
    const rateE9 = parseSafeDecimal(text, 9)
    if (rateE9 === null) throw unreadable('userFees')
    return rateE9 > 0 ? Math.round(rateE9 * (1 - discount)) : rateE9
  }
  return { makerE9: rate(userAddRate), takerE9: rate(userCrossRate) }
}
