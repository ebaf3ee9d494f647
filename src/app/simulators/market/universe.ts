import { hyperliquidPerpetual } from '../../../adapters/mod.ts'
import type { Instrument } from '../../../core/mod.ts'
import { builderPerps, moreNatives, type UniverseRow } from './builders.ts'
import { widerCoins } from './wider-coins.ts'

/** One instrument of a generated market and how it behaves. */
export interface SimulatedInstrument {
  readonly instrument: Instrument
  /** Price at the start of the history, in the quote currency. */
  readonly startPrice: number
  /** Standard deviation of the log price's change over one minute, bp. */
  readonly volatilityPerMinuteBp: number
  /** Least distance of best bid and best ask, bp; prices round outwards from it. */
  readonly spreadBp: number
  /** Mean rate of public trades. */
  readonly tradesPerSecond: number
  /** Median value of the best level, in the quote currency. */
  readonly levelNotional: number
}

const rows: readonly UniverseRow[] = [
  ['BTC', 5, 64_250, 7, 0.1, 3, 90_000],
  ['ETH', 4, 3_140, 9, 0.2, 2.5, 60_000],
  ['SOL', 2, 152.4, 12, 0.4, 2, 25_000],
  ['DOGE', 0, 0.1284, 14, 0.6, 1, 9_000],
  ['AVAX', 2, 27.35, 13, 0.7, 0.8, 7_000],
  ['LINK', 1, 14.72, 13, 0.7, 0.8, 7_000],
  ['XRP', 0, 0.6125, 12, 0.5, 1.2, 12_000],
  ['HYPE', 2, 31.86, 15, 0.6, 1.5, 15_000],
]

/** Eight perpetuals with Hyperliquid's number rules and invented but plausible markets. */
export const defaultUniverse = (): readonly SimulatedInstrument[] => rows.map(simulate)

/** Everything that can be generated: the default universe, more natives, builders' dexs. */
export const wholeUniverse = (): readonly SimulatedInstrument[] =>
  [...rows, ...moreNatives, ...builderPerps, ...widerCoins].map(simulate)

function simulate(row: UniverseRow, id: number): SimulatedInstrument {
  const [symbol, szDecimals, startPrice, volatilityPerMinuteBp, spreadBp, tradesPerSecond] = row
  const maximumLeverage = row[7]
  return {
    instrument: hyperliquidPerpetual({
      id,
      symbol,
      szDecimals,
      ...(maximumLeverage === undefined ? {} : { maximumLeverage }),
    }),
    startPrice,
    volatilityPerMinuteBp,
    spreadBp,
    tradesPerSecond,
    levelNotional: row[6],
  }
}

/** Finds instruments by name and gives them the ids 0, 1, 2, ...; null where a name is unknown. */
export function pickInstruments(
  known: readonly SimulatedInstrument[],
  names: readonly string[],
): readonly (SimulatedInstrument | null)[] {
  return names.map((name, id) => {
    const found = known.find(({ instrument }) => instrument.symbol === name)
    return found === undefined ? null : { ...found, instrument: { ...found.instrument, id } }
  })
}
