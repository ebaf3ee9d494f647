import {
  type FeeRates,
  type Instrument,
  type InstrumentKind,
  MAXIMUM_PRICE,
  MONEY_UNIT,
  quantity,
} from '../../core/mod.ts'
import { hyperliquidPerpetual, hyperliquidSizeDecimals } from './hyperliquid-instruments.ts'

/** Digits after the point that an instrument's prices and quantities need, as found in its data. */
export interface FoundDecimals {
  readonly price: number
  readonly quantity: number
}

interface VenueDefaults {
  readonly quote: string
  /** Smallest order, whole units of the quote currency. */
  readonly minimumNotional: bigint
  readonly fees: FeeRates
}

/** Base fee schedules of venues whose data we read; a configuration may say otherwise. */
const venues: Readonly<Record<string, VenueDefaults>> = {
  binance: { quote: 'USDT', minimumNotional: 5n, fees: { makerE9: 1_000_000, takerE9: 1_000_000 } },
  'binance-usdm': {
    quote: 'USDT',
    minimumNotional: 5n,
    fees: { makerE9: 200_000, takerE9: 500_000 },
  },
  alpaca: {
    quote: 'USD',
    minimumNotional: 1n,
    fees: { makerE9: 1_500_000, takerE9: 2_500_000 },
  },
  bybit: { quote: 'USDT', minimumNotional: 5n, fees: { makerE9: 200_000, takerE9: 550_000 } },
  'us-equities': { quote: 'USD', minimumNotional: 0n, fees: { makerE9: 0, takerE9: 0 } },
}

/** Used where the venue's schedule is not known to us: 10 bp, rather too dear than too cheap. */
const unknownVenue: VenueDefaults = {
  quote: 'USD',
  minimumNotional: 0n,
  fees: { makerE9: 1_000_000, takerE9: 1_000_000 },
}

/** Digits that prices of equities keep; files of 32-bit floats show noise beyond them. */
const EQUITY_DECIMALS = 4

/** Digits that adjusted prices keep where they fit: adjusting makes them finer than a tick. */
const ADJUSTED_DECIMALS = 6

/**
 * Digits of adjusted prices: as many as leave ten times the highest price in a packed record, so
 * that checks can move a market on other ways.
 */
function adjustedDecimals(highest: number): number {
  const fits = Math.floor(Math.log10(MAXIMUM_PRICE / (10 * highest)))
  return Math.max(0, Math.min(ADJUSTED_DECIMALS, fits))
}

/**
 * The instrument of recorded data. Number rules are the venue's where we know them, otherwise the
 * digits found; where both together pass 8 the lot is made coarser and sizes are floored to it.
 */
export function recordedInstrument(input: {
  readonly id: number
  readonly venue: string
  readonly symbol: string
  readonly kind: InstrumentKind
  readonly found: FoundDecimals
  readonly szDecimals?: number
  /** Highest raw price, of prices that are adjusted: these have digits of their own. */
  readonly highest?: number
}): Instrument {
  const { id, venue, symbol, kind, found } = input
  if (venue === 'hyperliquid' && kind === 'perpetual') {
    const szDecimals =
      input.szDecimals ?? hyperliquidSizeDecimals(symbol) ?? Math.min(6, found.quantity)
    return hyperliquidPerpetual({ id, symbol, szDecimals })
  }
  const defaults = venues[venue] ?? unknownVenue
  const priceDecimals =
    input.highest === undefined
      ? Math.min(found.price, kind === 'equity' ? EQUITY_DECIMALS : 8)
      : adjustedDecimals(input.highest)
  const pair = /^(.+?)[-/]?(USDT|USDC|BUSD|USD|BTC|ETH)$/.exec(symbol)
  return {
    id,
    venue,
    symbol,
    kind,
    quoteCurrency: pair?.[2] ?? defaults.quote,
    baseCurrency: pair?.[1] ?? symbol,
    priceDecimals,
    quantityDecimals: Math.min(found.quantity, 8 - priceDecimals),
    priceRule: { kind: 'tick', quanta: 1 },
    minimumNotional: defaults.minimumNotional * MONEY_UNIT,
    minimumQuantity: quantity(1),
    fees: defaults.fees,
    longOnly: kind === 'spot',
    maximumLeverage: kind === 'spot' ? 1 : 2,
  }
}
