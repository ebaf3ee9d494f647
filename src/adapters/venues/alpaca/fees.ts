import { cryptoFeesOn, type FeeRates, type TimeUs } from '../../../core/mod.ts'
import { AdapterError } from '../../errors.ts'
import { NANO, type Nano } from './numbers.ts'

/** The 30-day volume at which each of the account's tiers begins, dollars; tier 1 first. */
const tierVolumes: readonly number[] = [
  0, 100_000, 500_000, 1_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000,
]
const DAY_US = 86_400_000_000

/** Fee rates of an account's crypto tier (1 to 8; 1 when the venue names none) on a day. */
export function feesOfTier(tier: number | undefined, time: TimeUs): FeeRates {
  const volume = tierVolumes[(tier ?? 1) - 1] ?? 0
  const ruling = cryptoFeesOn(Math.floor(time / DAY_US), volume)
  if (ruling.kind === 'unknown') {
    throw new AdapterError('VENUE_UNSUPPORTED', 'no crypto fees are known for this day', 'fatal')
  }
  const { makerE9, takerE9 } = ruling.value
  return { makerE9, takerE9 }
}

/** A share of an amount, rounded up to the venue's unit as the venue does. */
export const feeOn = (amount: Nano, rateE9: number): Nano =>
  (amount * BigInt(rateE9) + NANO - 1n) / NANO
