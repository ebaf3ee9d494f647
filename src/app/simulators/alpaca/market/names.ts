import { hashOf } from '../wire/identity.ts'

/** [symbol, name, start price, volatility bp/min, spread bp, trades/s, level USD] */
export type MarketRow = readonly [
  symbol: string,
  name: string,
  startPrice: number,
  volatilityPerMinuteBp: number,
  spreadBp: number,
  tradesPerSecond: number,
  levelNotional: number,
]

/** Pairs against the dollar: invented but plausible markets. The first eight are the default. */
export const cryptoRows: readonly MarketRow[] = [
  ['BTC/USD', 'Bitcoin', 64_250, 5, 1.2, 1.5, 60_000],
  ['ETH/USD', 'Ethereum', 3_140, 6, 1.6, 1.2, 40_000],
  ['SOL/USD', 'Solana', 152.4, 9, 3, 0.8, 15_000],
  ['DOGE/USD', 'Dogecoin', 0.1284, 10, 4, 0.5, 8_000],
  ['AVAX/USD', 'Avalanche', 27.35, 10, 5, 0.4, 7_000],
  ['LINK/USD', 'Chainlink Token', 14.72, 10, 5, 0.4, 7_000],
  ['LTC/USD', 'Litecoin', 84.3, 8, 5, 0.4, 7_000],
  ['XRP/USD', 'Ripple', 0.6125, 9, 4, 0.6, 9_000],
  ['AAVE/USD', 'Aave', 182.6, 11, 7, 0.3, 5_000],
  ['ADA/USD', 'Cardano', 0.4612, 10, 6, 0.3, 6_000],
  ['ARB/USD', 'Arbitrum', 0.2231, 12, 9, 0.15, 3_000],
  ['BAT/USD', 'Basic Attention Token', 0.1542, 11, 12, 0.08, 2_000],
  ['BCH/USD', 'Bitcoin Cash', 512.3, 8, 6, 0.3, 6_000],
  ['BONK/USD', 'Bonk', 0.00001422, 14, 14, 0.2, 3_000],
  ['CRV/USD', 'Curve DAO Token', 0.5312, 12, 10, 0.15, 3_000],
  ['DOT/USD', 'Polkadot', 3.482, 10, 7, 0.2, 4_000],
  ['FIL/USD', 'Filecoin', 2.214, 11, 9, 0.15, 3_000],
  ['GRT/USD', 'Graph Token', 0.0721, 12, 11, 0.1, 2_500],
  ['LDO/USD', 'Lido DAO', 0.9125, 12, 10, 0.12, 2_500],
  ['PAXG/USD', 'PAX Gold', 4_081, 1.5, 5, 0.1, 5_000],
  ['PEPE/USD', 'Pepe', 0.00000712, 14, 14, 0.3, 3_000],
  ['POL/USD', 'Polygon', 0.1872, 11, 9, 0.15, 3_000],
  ['RENDER/USD', 'Render', 2.731, 12, 9, 0.15, 3_000],
  ['SHIB/USD', 'Shiba Inu', 0.00000982, 12, 12, 0.3, 3_000],
  ['SUSHI/USD', 'Sushi', 0.6122, 12, 12, 0.08, 2_000],
  ['UNI/USD', 'Uniswap', 6.842, 11, 7, 0.25, 4_000],
  ['XTZ/USD', 'Tezos', 0.6321, 10, 10, 0.1, 2_000],
  ['YFI/USD', 'yearn.finance', 5_021, 10, 10, 0.05, 2_000],
]

/** Shares: invented but plausible markets. The first twelve are the default. */
export const stockRows: readonly MarketRow[] = [
  ['SPY', 'SPDR S&P 500 ETF Trust', 671.2, 1.2, 0.3, 4, 250_000],
  ['AAPL', 'Apple Inc. Common Stock', 271.2, 3, 0.5, 3, 120_000],
  ['MSFT', 'Microsoft Corporation Common Stock', 489.1, 3, 0.6, 2.5, 120_000],
  ['NVDA', 'NVIDIA Corporation Common Stock', 186.4, 5, 0.6, 4, 120_000],
  ['TSLA', 'Tesla, Inc. Common Stock', 402.6, 6, 0.8, 3, 90_000],
  ['AMD', 'Advanced Micro Devices, Inc. Common Stock', 214.9, 6, 1, 2, 60_000],
  ['COST', 'Costco Wholesale Corporation Common Stock', 912.4, 3, 2, 0.6, 40_000],
  ['ORCL', 'Oracle Corporation Common Stock', 203.5, 5, 1.4, 1, 40_000],
  ['NKE', 'Nike, Inc. Common Stock', 64.2, 4, 1.8, 1, 30_000],
  ['PLTR', 'Palantir Technologies Inc. Class A Common Stock', 168.2, 7, 1, 2.5, 60_000],
  ['SLB', 'SLB N.V. Common Stock', 36.4, 4, 3, 0.8, 20_000],
  ['GLD', 'SPDR Gold Shares', 374.6, 1.6, 0.6, 1, 90_000],
  ['QQQ', 'Invesco QQQ Trust', 601.4, 1.6, 0.3, 3, 200_000],
  ['INTC', 'Intel Corporation Common Stock', 38.4, 6, 2.6, 2, 40_000],
  ['NFLX', 'Netflix, Inc. Common Stock', 108.6, 4, 1.2, 1, 50_000],
  ['CSCO', 'Cisco Systems, Inc. Common Stock', 76.2, 2.5, 1.3, 1, 60_000],
  ['CAR', 'Avis Budget Group, Inc. Common Stock', 148.3, 9, 6, 0.3, 12_000],
  ['SLV', 'iShares Silver Trust', 46.1, 3.5, 2.2, 0.9, 50_000],
  ['USO', 'United States Oil Fund', 71.2, 3.5, 2, 0.6, 30_000],
  ['URA', 'Global X Uranium ETF', 47.4, 5, 3, 0.3, 15_000],
  ['TSN', 'Tyson Foods, Inc. Common Stock', 54.8, 2.6, 2.2, 0.4, 20_000],
  ['GD', 'General Dynamics Corporation Common Stock', 342.5, 2.4, 2.2, 0.3, 25_000],
  ['C', 'Citigroup Inc. Common Stock', 101.3, 3.6, 1.1, 1.2, 50_000],
  ['GME', 'GameStop Corp. Class A Common Stock', 21.7, 8, 5, 0.6, 9_000],
]

/** Shares that can only be sold short with a locate. */
export const hardToBorrow: ReadonlySet<string> = new Set(['GME', 'CAR', 'LITE', 'SNDK', 'Q'])
/** Listed shares that cannot be sold short at all. */
export const notShortable: ReadonlySet<string> = new Set(['URA'])

/** A market for any ticker: what it looks like depends on its letters only. */
export function inventedRow(symbol: string): MarketRow {
  const hash = hashOf(symbol)
  const price = Number((20 + (hash % 38_000) / 100).toFixed(2))
  const volatility = 2 + ((hash >>> 8) % 50) / 10
  return [symbol, `${symbol} Common Stock`, price, volatility, 2.5, 0.6, 25_000]
}

/** The markets of some instruments as the venue spells them; a pair that is not known is left out. */
export function venueRows(symbols: readonly string[]): {
  readonly coins: readonly MarketRow[]
  readonly shares: readonly MarketRow[]
} {
  const rowIn = (rows: readonly MarketRow[], name: string) => rows.find(([each]) => each === name)
  return {
    coins: symbols.map((name) => rowIn(cryptoRows, name)).filter((row) => row !== undefined),
    shares: symbols
      .filter((name) => !name.includes('/'))
      .map((name) => rowIn(stockRows, name) ?? inventedRow(name)),
  }
}
