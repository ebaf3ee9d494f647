import type { TimeUs } from '../../../../core/mod.ts'
import type { MarketModelKind } from '../../market/generator.ts'
import { createListing, type Listing, simulate } from '../listing.ts'
import type { MarketFeed, MergedState } from './feed.ts'
import { createGeneratedFeed } from './generated.ts'
import type { MarketRow } from './names.ts'

/** Which market the venue has. */
export interface GeneratedMarket {
  readonly kind: 'generated'
  readonly model: MarketModelKind
  readonly coins: readonly MarketRow[]
  readonly shares: readonly MarketRow[]
  /** Between two books, a multiple of 100 ms. */
  readonly coinBookUs: number
  readonly shareBookUs: number
  readonly coinLevels: number
  readonly historyMinutes: number
  readonly historyDays: number
}

/** Which market the venue has. */
export type MarketSpec = GeneratedMarket

/** What a market is made of. */
export interface Market {
  readonly listing: Listing
  readonly printsAuctions: boolean
  feed(at: {
    readonly seed: number
    readonly startTime: TimeUs
    readonly resume?: unknown
  }): MarketFeed
}

/** A generated market of some coins and shares, with what is usual. */
export const generatedMarket = (
  coins: readonly MarketRow[],
  shares: readonly MarketRow[],
  more: Partial<GeneratedMarket> = {},
): GeneratedMarket => ({
  kind: 'generated',
  model: 'zeroEdge',
  coins,
  shares,
  coinBookUs: 500_000,
  shareBookUs: 1_000_000,
  coinLevels: 20,
  historyMinutes: 1_500,
  historyDays: 400,
  ...more,
})

/** Describes a market so that two descriptions are equal only if the markets are. */
export const describeMarket = (spec: MarketSpec): string => JSON.stringify(spec)

/** Opens a market. */
export function openMarket(spec: MarketSpec): Market {
  const coins = spec.coins.map((row, i) => simulate('crypto', row, i))
  const shares = spec.shares.map((row, i) => simulate('us_equity', row, coins.length + i))
  return {
    listing: createListing([...coins, ...shares].map(({ terms }) => terms)),
    printsAuctions: false,
    feed: ({ seed, startTime, resume }) =>
      createGeneratedFeed({
        ...spec,
        coins,
        shares,
        seed,
        startTime,
        ...(resume === undefined ? {} : { resume: resume as MergedState }),
      }),
  }
}
