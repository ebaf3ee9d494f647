import type { Recording } from '../../../../adapters/mod.ts'
import type { TimeUs } from '../../../../core/mod.ts'
import type { MarketModelKind, SimulatedInstrument } from '../../market/generator.ts'
import type { ListingTerms } from '../listing-terms.ts'
import { createGeneratedSource } from './generated.ts'
import { createRecordedSource } from './recorded.ts'
import type { MarketSource } from './source.ts'

/** Which market the venue has. */
export type MarketSpec =
  | {
      readonly kind: 'generated'
      readonly instruments: readonly SimulatedInstrument[]
      readonly model: MarketModelKind
      /** Time between books, a multiple of 100 ms. Default 500 ms. */
      readonly bookCadenceUs?: number
      /** Levels per side. Default 20. */
      readonly levels?: number
      /** Minutes of candles that exist at the start. Default 360. */
      readonly historyMinutes?: number
    }
  | { readonly kind: 'recorded'; readonly recordings: readonly Recording[] }

const BOOK_CADENCE_US = 500_000
const LEVELS = 20
const HISTORY_MINUTES = 360

/** Describes a market so that two descriptions are equal only if the markets are. */
export function describeMarket(spec: MarketSpec, terms?: ListingTerms): string {
  const listed = terms === undefined ? {} : { terms: plain(terms) }
  if (spec.kind === 'recorded') {
    const files = spec.recordings.flatMap(({ info }) => info.files)
    return JSON.stringify({
      kind: 'recorded',
      files: files.map(({ sha256 }) => sha256),
      ...listed,
    })
  }
  const { instruments, ...rest } = spec
  const coins = instruments.map(({ instrument, ...behaviour }) => ({
    symbol: instrument.symbol,
    ...behaviour,
  }))
  return JSON.stringify({ ...rest, coins, ...listed })
}

/** Terms without bigints. */
const plain = (terms: ListingTerms): unknown =>
  JSON.parse(
    JSON.stringify(terms, (_, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    ),
  )

/** Makes the market, at its start or at a state it returned. */
export function createMarketSource(
  spec: MarketSpec,
  at: { readonly seed: number; readonly startTime: TimeUs; readonly resume?: unknown },
): MarketSource {
  const { seed, startTime } = at
  const resume = at.resume === undefined ? {} : { resume: at.resume }
  if (spec.kind === 'recorded') {
    return createRecordedSource({ recordings: spec.recordings, startTime, ...resume })
  }
  return createGeneratedSource({
    instruments: spec.instruments,
    model: spec.model,
    seed,
    startTime,
    bookCadenceUs: spec.bookCadenceUs ?? BOOK_CADENCE_US,
    levels: spec.levels ?? LEVELS,
    historyMinutes: spec.historyMinutes ?? HISTORY_MINUTES,
    ...resume,
  })
}
