import { z } from 'zod'
import type { HyperliquidOptions } from '../../adapters/mod.ts'

/** Leverage of single instruments, by symbol or `dex:*`. */
export const leveragesSchema = z
  .record(z.string(), z.number().int().meta({ unit: 'multiples of margin' }).positive())
  .default({})
  .meta({
    description:
      "before `leverage`, for single instruments; `dex:*` is all of a dex; above the instrument's own maximum the session does not start",
    examples: [{ BTC: 10, 'xyz:*': 5 }],
  })

interface Levers {
  readonly instruments: readonly string[]
  readonly leverage?: number | undefined
  readonly leverages: Readonly<Record<string, number>>
}

/** Refuses leverages of instruments that are not there, or without one for all the others. */
export function checkLeverages(venue: Levers, context: z.core.$RefinementCtx): void {
  const refuse = (path: readonly string[], message: string): void => {
    context.addIssue({ code: 'custom', path: ['leverages', ...path], message })
  }
  const names = Object.keys(venue.leverages)
  if (names.length > 0 && venue.leverage === undefined) {
    refuse([], 'venue.leverage beside it: what the other instruments have')
  }
  const means = (name: string): boolean =>
    name.endsWith(':*')
      ? venue.instruments.some((symbol) => symbol.startsWith(name.slice(0, -1)))
      : venue.instruments.includes(name)
  for (const name of names.filter((each) => !means(each))) {
    refuse([name], `one of venue.instruments, or dex:* of some: ${venue.instruments.join(', ')}`)
  }
}

/**
 * Leverage at the start in the adapter's terms: the symbol's own, else its dex's, else
 * `venue.leverage`. Null: left alone, as are instruments in shadow: nothing is sent for them.
 */
export function leverageOf(
  venue: Levers | undefined,
  { shadow }: { readonly shadow: readonly string[] },
): NonNullable<HyperliquidOptions['leverage']> | null {
  if (venue?.leverage === undefined) return null
  const own = venue.leverages
  const perCoin = Object.fromEntries(
    venue.instruments.flatMap((symbol) => {
      const value = own[symbol] ?? own[`${symbol.split(':')[0]}:*`]
      return value === undefined ? [] : [[symbol, { value }] as const]
    }),
  )
  const except = shadow.length === 0 ? {} : { except: shadow }
  return { value: venue.leverage, isCross: true, perCoin, ...except }
}
