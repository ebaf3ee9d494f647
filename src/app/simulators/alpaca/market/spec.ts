import type { Recording } from '../../../../adapters/mod.ts'
import type { Instrument, TimeUs } from '../../../../core/mod.ts'
import type { MarketModelKind } from '../../market/generator.ts'
import { createListing, type Listing, type MarketTerms, simulate } from '../listing.ts'
import type { MarketFeed, MergedState } from './feed.ts'
import { createGeneratedFeed } from './generated.ts'
import { cryptoRows, type MarketRow, stockRows } from './names.ts'
import { barsOf, createReplayFeed } from './replayed.ts'

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

/** Real bars, played again at their own times. */
export interface ReplayedMarket {
  readonly kind: 'replayed'
  /** Recordings of bars: of coins against dollars or their tokens, and of shares. */
  readonly recordings: readonly Recording[]
  /** Names to play, as the venue spells them; all when absent. */
  readonly symbols?: readonly string[]
}

/** Which market the venue has. */
export type MarketSpec = GeneratedMarket | ReplayedMarket

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
export function describeMarket(spec: MarketSpec): string {
  if (spec.kind === 'generated') return JSON.stringify(spec)
  const files = spec.recordings.flatMap(({ info }) => info.files.map(({ sha256 }) => sha256))
  return JSON.stringify({ kind: spec.kind, files, symbols: spec.symbols ?? null })
}

/** Opens a market. */
export const openMarket = (spec: MarketSpec): Market =>
  spec.kind === 'generated' ? openGenerated(spec) : openReplayed(spec)

function openReplayed(spec: ReplayedMarket): Market {
  const found = spec.recordings.flatMap((recording) => {
    const bars = barsOf(recording)
    return recording.instruments.map((instrument) => ({
      terms: replayTerms(instrument),
      bars: bars[instrument.id]!,
    }))
  })
  const kept = found.filter(({ terms }) => spec.symbols?.includes(terms.symbol) ?? true)
  // Coins come first, as in every listing.
  kept.sort((a, b) => Number(a.terms.class === 'us_equity') - Number(b.terms.class === 'us_equity'))
  const listing = createListing(kept.map(({ terms }) => terms))
  return {
    listing,
    printsAuctions: true,
    feed: ({ seed, startTime, resume }) =>
      createReplayFeed({
        series: kept.map(({ bars }, i) => ({ asset: listing.assets[i]!, bars })),
        seed,
        startTime,
        ...(resume === undefined ? {} : { resume: resume as MergedState }),
      }),
  }
}

/** What an instrument of a recording is called at the venue: BTCUSDT is BTC/USD. */
export function replayTerms(instrument: Instrument): MarketTerms {
  const { symbol, baseCurrency, priceDecimals, quantityDecimals } = instrument
  const isShare = instrument.kind === 'equity'
  const name = isShare ? symbol : `${baseCurrency}/USD`
  const row = [...cryptoRows, ...stockRows].find(([each]) => each === name)
  return {
    symbol: name,
    name: row?.[1] ?? (isShare ? `${symbol} Common Stock` : baseCurrency),
    class: isShare ? 'us_equity' : 'crypto',
    priceDecimals,
    quantityDecimals,
  }
}

function openGenerated(spec: GeneratedMarket): Market {
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
