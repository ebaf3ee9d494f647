import type { Instrument, TimeUs } from '../../../../core/mod.ts'
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
  /** Mark and oracle price as they were pushed, 0 before any; when the last push was taken. */
  mark: number
  oracle: number
  pushTime: TimeUs
  /** Last premium sample, and the running hour's sum and count. */
  premiumE9: number
  premiumSumE9: number
  premiumCount: number
  /** Rate of the running hour as it stands. */
  fundingRateE9: number
  /** Newest rate of a recorded market and its time; null before any. */
  recordedRate: { readonly rateE9: number; readonly time: TimeUs } | null
}

/** {@link MarketData} as plain data. */
export interface MarketDataState {
  readonly candles: readonly Candle[]
  readonly trades: readonly PublicTrade[]
  readonly fundings: readonly WireFundingRate[]
  readonly lastPrice: number
  readonly mark: number
  readonly oracle: number
  readonly pushTime: TimeUs
  readonly premiumE9: number
  readonly premiumSumE9: number
  readonly premiumCount: number
  readonly fundingRateE9: number
  readonly recordedRate: { readonly rateE9: number; readonly time: TimeUs } | null
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
    pushTime: 0,
    premiumE9: 0,
    premiumSumE9: 0,
    premiumCount: 0,
    fundingRateE9: BASE_FUNDING_E9,
    recordedRate: null,
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
  pushTime: data.pushTime,
  premiumE9: data.premiumE9,
  premiumSumE9: data.premiumSumE9,
  premiumCount: data.premiumCount,
  fundingRateE9: data.fundingRateE9,
  recordedRate: data.recordedRate,
})

/** Adds a public trade. */
export function addTrade(data: MarketData, trade: PublicTrade): void {
  remember(data.trades, trade, TRADES_KEPT)
  data.candles.trade(trade.time, trade.price, trade.lots)
  data.lastPrice = trade.price
}

/** Notes a settled funding rate and begins the next hour's mean. */
export function noteSettlement(
  data: MarketData,
  settled: { readonly rateE9: number; readonly premiumE9: number; readonly time: TimeUs },
): void {
  const row = {
    coin: data.instrument.symbol,
    fundingRate: wireRate(settled.rateE9),
    premium: wireRate(settled.premiumE9),
    time: wireTime(settled.time),
  }
  remember(data.fundings, row, FUNDING_RATES_KEPT)
  data.premiumSumE9 = 0
  data.premiumCount = 0
}

/** Middle of a book's best prices in the venue's words; null when a side is empty. */
export const wireMidOf = (
  instrument: Instrument,
  bid: number | undefined,
  ask: number | undefined,
): string | null => (bid === undefined || ask === undefined ? null : wireMid(instrument, bid, ask))
