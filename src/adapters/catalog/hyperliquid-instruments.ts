import { type Instrument, MONEY_UNIT, quantity } from '../../core/mod.ts'

/** Base rates of the perpetuals' fee schedule: 4.5 bp taker, 1.5 bp maker, as parts per 10^9. */
export const HYPERLIQUID_FEES = { makerE9: 150_000, takerE9: 450_000 } as const

/** Size decimals and highest leverage of perpetuals whose files do not carry them. */
const perpetuals: Readonly<Record<string, readonly [szDecimals: number, leverage: number]>> = {
  AAVE: [2, 10],
  ADA: [0, 10],
  ARB: [1, 10],
  AVAX: [2, 10],
  BNB: [3, 10],
  BTC: [5, 40],
  DOGE: [0, 10],
  ETH: [4, 25],
  HYPE: [2, 10],
  LINK: [1, 10],
  LTC: [2, 10],
  NEAR: [1, 10],
  OP: [1, 5],
  SOL: [2, 20],
  SUI: [1, 10],
  TIA: [1, 5],
  UNI: [1, 10],
  WIF: [0, 5],
  XRP: [0, 20],
  kPEPE: [0, 10],
}

/** Size decimals of a perpetual by name, or null when it is not in our table. */
export const hyperliquidSizeDecimals = (symbol: string): number | null =>
  perpetuals[symbol]?.[0] ?? null

/**
 * A perpetual with Hyperliquid's number rules: lots of 10^-szDecimals, at most 6 - szDecimals
 * decimals and 5 significant figures in prices, 10 USDC minimum notional.
 */
export function hyperliquidPerpetual(input: {
  readonly id: number
  readonly symbol: string
  readonly szDecimals: number
  readonly maximumLeverage?: number
}): Instrument {
  return {
    id: input.id,
    venue: 'hyperliquid',
    symbol: input.symbol,
    kind: 'perpetual',
    quoteCurrency: 'USDC',
    baseCurrency: input.symbol,
    priceDecimals: 6 - input.szDecimals,
    quantityDecimals: input.szDecimals,
    priceRule: { kind: 'significant-figures', figures: 5 },
    minimumNotional: 10n * MONEY_UNIT,
    minimumQuantity: quantity(1),
    fees: HYPERLIQUID_FEES,
    longOnly: false,
    maximumLeverage: input.maximumLeverage ?? perpetuals[input.symbol]?.[1] ?? 3,
  }
}
