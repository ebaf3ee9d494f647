import type { SimulatedInstrument } from './universe.ts'

/** [symbol, szDecimals, start price, volatility bp/min, spread bp, trades/s, level USD, leverage] */
export type UniverseRow = readonly [
  symbol: string,
  szDecimals: number,
  startPrice: number,
  volatilityPerMinuteBp: number,
  spreadBp: number,
  tradesPerSecond: number,
  levelNotional: number,
  maximumLeverage?: number,
]

/** Natives beyond the eight of the default universe. */
export const moreNatives: readonly UniverseRow[] = [
  ['kSHIB', 0, 0.01312, 14, 0.9, 0.5, 5_000, 10],
  ['BNB', 3, 622.4, 9, 0.5, 0.8, 12_000],
  ['LTC', 2, 84.3, 11, 0.8, 0.6, 6_000],
  ['AAVE', 2, 182.6, 14, 0.9, 0.6, 6_000],
  ['ADA', 0, 0.4612, 13, 0.8, 0.7, 6_000],
  ['SUI', 1, 1.732, 15, 0.8, 0.9, 8_000],
  ['UNI', 1, 6.842, 14, 1, 0.4, 4_000],
  ['NEAR', 1, 2.214, 15, 1, 0.4, 4_000],
  ['ARB', 1, 0.2231, 15, 1.2, 0.4, 4_000],
  ['OP', 1, 0.3312, 15, 1.4, 0.3, 3_000],
  ['TIA', 1, 0.6721, 17, 1.6, 0.3, 3_000],
  ['WIF', 0, 0.4128, 19, 1.5, 0.4, 3_000],
  ['kPEPE', 0, 0.00512, 18, 1.2, 0.6, 5_000],
]

/** Perpetuals of the builders' dexs: equities, indices, commodities, currencies. */
export const builderPerps: readonly UniverseRow[] = [
  ['xyz:HIMS', 2, 44.62, 7, 2.5, 0.25, 3_000, 10],
  ['xyz:HOOD', 2, 118.4, 6, 1.8, 0.4, 5_000, 10],
  ['xyz:CRCL', 2, 82.15, 8, 2.4, 0.3, 3_000, 10],
  ['xyz:COIN', 3, 268.3, 6, 1.6, 0.4, 6_000, 10],
  ['xyz:MSTR', 3, 196.7, 7, 1.6, 0.5, 6_000, 10],
  ['xyz:AMD', 3, 214.9, 5, 1.4, 0.4, 6_000, 10],
  ['xyz:PLTR', 3, 168.2, 5.5, 1.5, 0.5, 6_000, 10],
  ['xyz:TSLA', 3, 402.6, 4.5, 0.9, 0.8, 12_000, 10],
  ['xyz:NVDA', 3, 186.4, 4, 0.9, 0.9, 14_000, 10],
  ['xyz:AAPL', 3, 271.2, 2.5, 1.1, 0.4, 9_000, 10],
  ['xyz:MSFT', 3, 489.1, 2.5, 1.1, 0.4, 9_000, 10],
  ['xyz:AMZN', 3, 227.8, 3, 1.1, 0.4, 8_000, 10],
  ['xyz:GOOGL', 3, 299.4, 3, 1.1, 0.4, 8_000, 10],
  ['xyz:META', 3, 611.3, 3, 1.2, 0.4, 8_000, 10],
  ['xyz:ORCL', 3, 203.5, 5, 1.8, 0.3, 4_000, 10],
  ['xyz:INTC', 2, 38.42, 5, 2, 0.3, 4_000, 10],
  ['xyz:NFLX', 2, 108.6, 3.5, 1.6, 0.3, 4_000, 10],
  ['xyz:MU', 3, 224.7, 5.5, 1.8, 0.3, 4_000, 10],
  ['xyz:RIVN', 2, 14.83, 7, 3.5, 0.15, 1_500, 5],
  ['xyz:SP500', 3, 6_712, 1.2, 0.4, 0.8, 25_000, 25],
  ['xyz:XYZ100', 4, 24_680, 1.6, 0.4, 1, 25_000, 25],
  ['xyz:GOLD', 4, 4_081, 1.5, 0.5, 0.7, 20_000, 20],
  ['xyz:SILVER', 2, 50.62, 3, 0.9, 0.5, 9_000, 20],
  ['xyz:CL', 3, 58.74, 3, 1, 0.5, 8_000, 20],
  ['xyz:BRENTOIL', 3, 62.91, 3, 1.2, 0.4, 6_000, 20],
  ['xyz:NATGAS', 1, 4.582, 5, 2, 0.3, 4_000, 10],
  ['xyz:COPPER', 1, 5.012, 2.5, 1.6, 0.3, 4_000, 10],
  ['xyz:EUR', 1, 1.1534, 0.6, 0.4, 0.5, 20_000, 50],
  ['xyz:JPY', 2, 156.4, 0.7, 0.5, 0.5, 20_000, 50],
  ['flx:GAS', 1, 4.577, 5, 3, 0.15, 2_000, 5],
  ['flx:OIL', 2, 58.71, 3, 2, 0.2, 3_000, 10],
]

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
