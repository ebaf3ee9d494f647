import type { MarketFrame } from '../../src/adapters/venues/hyperliquid/market-frame.ts'
import type { Universe } from '../../src/adapters/venues/hyperliquid/universe.ts'
import { type Instrument, MONEY_UNIT, quantity } from '../../src/core/mod.ts'

/** A Hyperliquid perpetual with these size decimals, as meta would describe it. */
export const perpetual = (id: number, symbol: string, quantityDecimals: number): Instrument => ({
  id,
  venue: 'hyperliquid',
  symbol,
  kind: 'perpetual',
  quoteCurrency: 'USDC',
  baseCurrency: symbol,
  priceDecimals: 6 - quantityDecimals,
  quantityDecimals,
  priceRule: { kind: 'significant-figures', figures: 5 },
  minimumNotional: 10n * MONEY_UNIT,
  minimumQuantity: quantity(1),
  fees: { makerE9: 150_000, takerE9: 450_000 },
  longOnly: false,
  maximumLeverage: 40,
})

/** A universe of coins with their size decimals; ids in the order given. */
export function universeOf(coins: Readonly<Record<string, number>>): Universe {
  const assets = Object.entries(coins).map(([symbol, decimals], id) => ({
    instrument: perpetual(id, symbol, decimals),
    assetId: id + 3,
    coin: new TextEncoder().encode(symbol),
    dex: '',
    margin: {
      isCrossAllowed: true,
      isMarginRemovable: true,
      tiers: [{ lowerBound: 0n, maximumLeverage: 40 }],
    },
    feeScale: { dexE9: 1_000_000_000, growthE9: 1_000_000_000 },
  }))
  return {
    assets,
    byCoin: new Map(assets.map((asset) => [asset.instrument.symbol, asset])),
    dexs: [{ name: '', currency: 'USDC' }],
    userFees: { makerE9: 150_000, takerE9: 450_000 },
  }
}

/** What a frame holds, as plain data. */
export function contentOf(frame: MarketFrame): unknown {
  if (frame.kind === 'book') {
    const { instrument, time, levels, bidCount, askCount } = frame
    const bids = [...levels.subarray(0, 2 * bidCount)]
    const asks = [...levels.subarray(2 * bidCount, 2 * (bidCount + askCount))]
    return { instrument, time, bids, asks }
  }
  return Array.from({ length: frame.tradeCount }, (_, i) => ({
    instrument: frame.tradeInstruments[i],
    time: frame.tradeTimes[i],
    price: frame.tradePrices[i],
    quantity: frame.tradeQuantities[i],
    id: frame.tradeIds[i],
    side: frame.tradeSides[i],
  }))
}
