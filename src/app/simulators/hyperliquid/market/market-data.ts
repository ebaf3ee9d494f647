import { type Instrument, type MarketCursor, RecordKind } from '../../../../core/mod.ts'
import { remember } from '../state/account.ts'
import { wireMid, wireRate, wireTime } from '../wire/numbers.ts'
import { type Candle, type CandleSeries, createCandleSeries } from './candles.ts'
import { type PublicTrade, TRADES_KEPT } from './tape.ts'

/** Funding settlements kept per coin. */
export const FUNDING_RATES_KEPT = 5_000

/** A settled funding rate in the venue's own words. */
export interface WireFundingRate {
  readonly coin: string
  readonly fundingRate: string
  readonly premium: string
  readonly time: number
}

/** What the venue knows of one coin besides its book. Mutable; owned by the venue's state. */
export interface MarketData {
  readonly instrument: Instrument
  readonly candles: CandleSeries
  /** Oldest first. */
  readonly trades: PublicTrade[]
  readonly fundings: WireFundingRate[]
  /** Price of the last trade in quanta, 0 before any. */
  lastPrice: number
  /** Mark and oracle price of the market's own record, 0 before any. */
  mark: number
  oracle: number
  fundingRateE9: number
}

/** {@link MarketData} as plain data. */
export interface MarketDataState {
  readonly candles: readonly Candle[]
  readonly trades: readonly PublicTrade[]
  readonly fundings: readonly WireFundingRate[]
  readonly lastPrice: number
  readonly mark: number
  readonly oracle: number
  readonly fundingRateE9: number
}

/** Interest part of the funding rate, per hour: what holds before the first settlement. */
const BASE_FUNDING_E9 = 12_500

/** Starts a coin with its candle history, or from a stored state. */
export function createMarketData(
  instrument: Instrument,
  start: { readonly history: readonly Candle[] } | { readonly stored: MarketDataState },
): MarketData {
  if ('stored' in start) {
    const { candles, trades, fundings, ...numbers } = start.stored
    return {
      instrument,
      candles: createCandleSeries(candles),
      trades: [...trades],
      fundings: [...fundings],
      ...numbers,
    }
  }
  const candles = createCandleSeries()
  candles.seed(start.history)
  const lastPrice = start.history[start.history.length - 1]?.close ?? 0
  return {
    instrument,
    candles,
    trades: [],
    fundings: [],
    lastPrice,
    mark: 0,
    oracle: 0,
    fundingRateE9: BASE_FUNDING_E9,
  }
}

/** The coin as plain data. */
export const storeMarketData = (data: MarketData): MarketDataState => ({
  candles: data.candles.snapshot(),
  trades: [...data.trades],
  fundings: [...data.fundings],
  lastPrice: data.lastPrice,
  mark: data.mark,
  oracle: data.oracle,
  fundingRateE9: data.fundingRateE9,
})

/** Adds a public trade. */
export function addTrade(data: MarketData, trade: PublicTrade): void {
  remember(data.trades, trade, TRADES_KEPT)
  data.candles.trade(trade.time, trade.price, trade.lots)
  data.lastPrice = trade.price
}

/** Notes mark, oracle and funding records of the market. */
export function noteRates(data: MarketData, cursor: MarketCursor): void {
  if (cursor.kind === RecordKind.mark) {
    data.mark = cursor.price
    data.oracle = cursor.quantity
  } else if (cursor.kind === RecordKind.funding) {
    data.fundingRateE9 = cursor.aux
    const premium = data.oracle > 0 ? (data.mark / data.oracle - 1) * 1e9 : 0
    const row = {
      coin: data.instrument.symbol,
      fundingRate: wireRate(cursor.aux),
      premium: wireRate(premium),
      time: wireTime(cursor.venueTime),
    }
    remember(data.fundings, row, FUNDING_RATES_KEPT)
  }
}

/** Middle of a book's best prices in the venue's words; null when a side is empty. */
export const wireMidOf = (
  instrument: Instrument,
  bid: number | undefined,
  ask: number | undefined,
): string | null => (bid === undefined || ask === undefined ? null : wireMid(instrument, bid, ask))
