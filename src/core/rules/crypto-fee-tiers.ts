import type { DayNumber } from '../calendar/civil-day.ts'
import type { FeeRates } from '../domain/instrument.ts'
import { type DatedRule, datedRule, type Ruling, rulingOn } from './dated-rule.ts'

/** A tier of fees: from this volume of the last 30 days on, currency units. */
export interface FeeTier extends FeeRates {
  readonly volumeMin: number
}

const tier = (volumeMin: number, makerBp: number, takerBp: number): FeeTier => ({
  volumeMin,
  makerE9: makerBp * 100_000,
  takerE9: takerBp * 100_000,
})

/** Alpaca's fees on crypto by the account's 30-day volume, smallest first. */
export const cryptoFeeRule: DatedRule<readonly FeeTier[]> = datedRule('Alpaca crypto fees', [
  [
    '2023-03-13',
    [
      tier(0, 15, 25),
      tier(100_000, 12, 22),
      tier(500_000, 10, 20),
      tier(1_000_000, 8, 18),
      tier(10_000_000, 5, 15),
      tier(25_000_000, 2, 13),
      tier(50_000_000, 2, 12),
      tier(100_000_000, 0, 10),
    ],
    'Alpaca support, "Crypto maker/taker FAQ" (effective 2023-03-13)',
  ],
])

/**
 * The tier of an account on a day, by its volume of the 30 days before it (equities not counted).
 * A volume at a tier's bound is in that tier.
 */
export function cryptoFeesOn(day: DayNumber, volume: number): Ruling<FeeTier> {
  const ruling = rulingOn(cryptoFeeRule, day)
  if (ruling.kind === 'unknown') return ruling
  const found = ruling.value.findLast(({ volumeMin }) => volume >= volumeMin) ?? ruling.value[0]!
  return { ...ruling, value: found }
}
