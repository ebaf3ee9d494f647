import { z } from 'zod'
import { defaultUniverse } from '../simulators/market/universe.ts'
import { distinct, positiveDuration } from './quantities.ts'

const universeSymbols = defaultUniverse().map((each) => each.instrument.symbol)

const symbols = (description: string) =>
  distinct(z.string())
    .min(1)
    .optional()
    .meta({ description, examples: [['BTC', 'ETH']] })

const timeBasis = () =>
  z
    .enum(['venue', 'received'])
    .default('venue')
    .describe("the clock by which the simulated venue's book moves")

const path = (description: string, example: string) =>
  z.string().meta({ description, examples: [example] })

const barPrices = () =>
  z
    .enum(['raw', 'adjusted'])
    .optional()
    .meta({
      description:
        'of bars that have both: as traded, or every price of a bar times its adjusted over its raw close; needed where they differ',
      examples: ['adjusted'],
    })

const chosen = () =>
  z
    .string()
    .min(1)
    .optional()
    .meta({
      description: 'how and when the instruments were chosen, for the report',
      examples: ['members of the index on the first day of the data'],
    })

/** What a backtest and `verify-lookahead` run over. */
export const dataSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('hyperliquid-book').describe('a recorded book of one instrument'),
    book: path('Parquet of book snapshots', 'data/l2book20_BTC.parquet'),
    trades: path(
      'Parquet of public trades of the same instrument',
      'data/trades_BTC.parquet',
    ).optional(),
    symbol: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'the instrument; when unset it is taken from the name of the file',
        examples: ['BTC'],
      }),
    timeBasis: timeBasis(),
  }),
  z.strictObject({
    kind: z.literal('bars').describe('finished bars; needs `signal.source: bar`'),
    file: path('a file of bars, or the folder of a data set', 'data/hl_perp_1m.parquet'),
    symbols: symbols('instruments to take; all when unset'),
    prices: barPrices(),
    chosen: chosen(),
  }),
  z.strictObject({
    kind: z.literal('generated').describe('a synthetic market, made anew from the seed'),
    model: z
      .enum(['zeroEdge', 'plantedEdge'])
      .default('plantedEdge')
      .describe('with or without a planted tendency to revert'),
    instruments: distinct(z.enum(universeSymbols))
      .min(1)
      .optional()
      .meta({
        description: 'symbols of the built-in universe; all eight when unset',
        examples: [['BTC', 'ETH']],
      }),
    duration: positiveDuration().prefault('6h').describe('length'),
    start: z.iso.datetime().default('2026-01-05T00:00:00Z').describe('start, UTC'),
  }),
  z.strictObject({
    kind: z.literal('segments').describe('market data that a session recorded'),
    directory: path("the session's `segments` folder", '.ornstein/sessions/rehearsal/segments'),
  }),
  z.strictObject({
    kind: z.literal('catalog').describe('data sets that were imported'),
    sources: distinct(z.string())
      .min(1)
      .meta({
        description:
          'ids of data sets, or paths of data files; several of one instrument are joined',
        examples: [['data/hl_perp_1m.parquet']],
      }),
    directory: z
      .string()
      .default('.ornstein/data')
      .describe('the catalog, relative to the working directory'),
    symbols: symbols('instruments to take; all when unset'),
    timeBasis: timeBasis(),
    prices: barPrices(),
    chosen: chosen(),
  }),
])
