import type { Tier } from '../../strategies/mod.ts'

/** What a builder's coin stands for. */
export type AssetClass = 'INDEX' | 'COMMODITY' | 'FX' | 'ETF' | 'MEME' | 'CRYPTO_INDEX' | 'EQUITY'

const members: Readonly<Record<Exclude<AssetClass, 'EQUITY'>, string>> = {
  INDEX: 'SP500 XYZ100 JP225 KR200 NDX DJI FTSE DAX',
  COMMODITY:
    'GOLD SILVER CL COPPER NATGAS URANIUM ALUMINIUM PLATINUM PALLADIUM BRENTOIL CORN WHEAT TTF',
  FX: 'JPY EUR DXY GBP AUD CHF CNY',
  ETF: 'EWY EWJ XLE URNM USAR SPY QQQ IWM',
  MEME: 'GME PURRDAT BIRD',
  CRYPTO_INDEX: 'OTHERS BTCD TOTAL2',
}

const classByName = new Map(
  (Object.entries(members) as [AssetClass, string][]).flatMap(([name, list]) =>
    list.split(' ').map((coin) => [coin, name] as const),
  ),
)

/** The class of a coin by its name without the dex; what no list names counts as EQUITY. */
export const classOf = (coin: string): AssetClass =>
  classByName.get(coin.slice(coin.indexOf(':') + 1)) ?? 'EQUITY'

/** How many coins of a class are wanted before more of it count for less. */
export const classTargets: Readonly<Record<AssetClass, number>> = {
  INDEX: 2,
  COMMODITY: 5,
  FX: 2,
  ETF: 2,
  EQUITY: 12,
  MEME: 0,
  CRYPTO_INDEX: 5,
}

const leverages: Readonly<Record<AssetClass, number>> = {
  INDEX: 10,
  COMMODITY: 10,
  FX: 20,
  ETF: 10,
  EQUITY: 5,
  MEME: 5,
  CRYPTO_INDEX: 5,
}

/** Deviations of four hours, in percent, that are taken before there are data. */
export const estimatedDeviations: Readonly<Record<AssetClass, number>> = {
  INDEX: 2,
  CRYPTO_INDEX: 2.5,
  FX: 0.3,
  COMMODITY: 2.5,
  ETF: 3,
  EQUITY: 5,
  MEME: 5,
}

/** Deviations that a class counts with at least when a session begins, in percent. */
export const leastDeviations: Readonly<Record<AssetClass, number>> = {
  INDEX: 1.5,
  CRYPTO_INDEX: 0,
  FX: 0.5,
  COMMODITY: 2.5,
  ETF: 3,
  EQUITY: 5,
  MEME: 0,
}

/** Leverage of a builder's coin: that of its class, at most what the venue grants. */
export const builderLeverage = (name: AssetClass, venueMaximum: number): number =>
  Math.min(leverages[name], venueMaximum)

const mirrored = (entry: number, exit: number): Tier => ({
  longEntry: -entry,
  longExit: -exit,
  shortEntry: entry,
  shortExit: exit,
})

const wide: readonly string[] = ['SOL', 'AVAX', 'LINK', 'ZEC', 'AAVE']

/** Thresholds of a native coin that differ from the default, or null. */
export function nativeTier(coin: string): Tier | null {
  if (coin === 'PAXG') return mirrored(0.25, 0.1)
  return wide.includes(coin) ? mirrored(2.5, 0.75) : null
}

/** Thresholds of a builder's coin by its class and its deviation in percent of the mean. */
export function builderTier(name: AssetClass, deviationPercent: number): Tier {
  switch (name) {
    case 'INDEX':
      return mirrored(1.5, 0.3)
    case 'CRYPTO_INDEX':
      return mirrored(2, 0.5)
    case 'FX':
      return mirrored(1.25, 0.25)
    case 'COMMODITY':
      return deviationPercent < 1.5 ? mirrored(1.5, 0.3) : mirrored(1.75, 0.4)
    case 'ETF':
      return mirrored(1.75, 0.4)
    case 'EQUITY':
    case 'MEME':
      if (deviationPercent >= 8) return mirrored(2.5, 0.75)
      if (deviationPercent >= 5) return mirrored(2, 0.5)
      return deviationPercent >= 3 ? mirrored(1.75, 0.4) : mirrored(1.5, 0.3)
  }
}
