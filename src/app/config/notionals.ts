import { z } from 'zod'
import { notionalOf } from '../../strategies/mod.ts'

/** Values of entries of single instruments, by symbol or `dex:*`. */
export const notionalsSchema = z
  .record(z.string(), z.number().meta({ unit: 'quote currency' }).positive())
  .default({})
  .meta({
    description: 'before `notional`, for single instruments; `dex:*` is all of a dex',
    examples: [{ BTC: 250, 'xyz:*': 100 }],
  })

interface Sized {
  readonly notional: number
  readonly notionals: Readonly<Record<string, number>>
}

/** What entries in these instruments are worth, in words: one value, or the least to the most. */
export function notionalText(strategy: Sized, symbols: readonly string[]): string {
  const values = symbols.map((symbol) => notionalOf(strategy, symbol))
  const least = Math.min(...values)
  const most = Math.max(...values)
  if (values.length === 0) return `${strategy.notional} each`
  return least === most ? `${least} each` : `${least} to ${most}, by instrument`
}
