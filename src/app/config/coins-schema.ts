import { z } from 'zod'
import { cryptoFeesOn, parseDay } from '../../core/mod.ts'

/** The tier of a day and volume; null when the fees of the day are not known. */
export function coinTier({ feesOn, volume }: { readonly feesOn: string; readonly volume: number }) {
  const ruling = cryptoFeesOn(parseDay(feesOn), volume)
  return ruling.kind === 'unknown' ? null : ruling.value
}

/** False for 2023-02-31, which is not refused before the fees are looked up. */
const isDate = (text: string): boolean => z.iso.date().safeParse(text).success

/** By whose rules coins are traded that the data have from elsewhere. */
export const coinsSchema = z
  .strictObject({
    venue: z.literal('alpaca').default('alpaca').describe('whose rules'),
    feesOn: z.iso
      .date()
      .refine((day) => isDate(day) && coinTier({ feesOn: day, volume: 0 }) !== null, {
        error: 'a day whose fees are known: 2023-03-13 or later',
      })
      .meta({ description: 'the day whose fee tiers hold', examples: ['2026-11-01'] }),
    volume: z
      .number()
      .meta({ unit: 'quote currency' })
      .min(0)
      .default(0)
      .describe('what the account traded in 30 days: it decides the tier'),
  })
  .optional()
  .describe(
    "coins that the data have from another venue trade by this one's rules: its fees, taken of the coins that are bought, and its smallest order",
  )
