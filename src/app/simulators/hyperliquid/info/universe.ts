import type { Instrument } from '../../../../core/mod.ts'
import { wireMidOf } from '../market/market-data.ts'
import type { VenueState } from '../state/venue-state.ts'
import { wireFloat, wirePrice, wireQuantity, wireRate } from '../wire/numbers.ts'
import { failure, type InfoHandler, isNativeDex, json } from './handler.ts'

const DAY_US = 86_400_000_000

/** The meta reply: the universe in order of asset numbers, one margin table per leverage. */
export function wireMeta(instruments: readonly Instrument[]): object {
  const leverages = [...new Set(instruments.map((each) => each.maximumLeverage))]
  return {
    universe: instruments.map((instrument) => ({
      szDecimals: instrument.quantityDecimals,
      name: instrument.symbol,
      maxLeverage: instrument.maximumLeverage,
      marginTableId: instrument.maximumLeverage,
    })),
    marginTables: leverages.map((maxLeverage) => [
      maxLeverage,
      { description: '', marginTiers: [{ lowerBound: '0.0', maxLeverage }] },
    ]),
    collateralToken: 0,
  }
}

/**
 * The context of one coin. Volumes are those of the candles of the last 24 hours. Open interest is
 * half the day's volume plus the users' long positions: the simulated market has no holders.
 */
export function wireAssetContext(state: VenueState, instrument: Instrument): object {
  const data = state.data[instrument.id]!
  const mark = state.mark(instrument.id)
  const oracle = data.oracle > 0 ? data.oracle : mark
  const { bids, asks } = state.depth(instrument.id)
  const [bid, ask] = [bids[0]?.price, asks[0]?.price]
  const isTwoSided = bid !== undefined && ask !== undefined
  const day = data.candles.since(state.time - DAY_US)
  const volume = day.reduce((sum, candle) => sum + candle.volume, 0)
  const turnover = day.reduce((sum, candle) => sum + candle.turnover, 0)
  let held = Math.floor(volume / 2)
  for (const account of state.accounts.values()) {
    held += Math.max(0, account.positions.get(instrument.id)?.lots ?? 0)
  }
  const premium = isTwoSided && oracle > 0 ? (bid + ask) / 2 / oracle - 1 : null
  return {
    funding: wireRate(data.fundingRateE9),
    openInterest: wireQuantity(instrument, held),
    prevDayPx: wirePrice(instrument, day[0]?.open ?? mark),
    dayNtlVlm: wireFloat(
      turnover / 10 ** (instrument.priceDecimals + instrument.quantityDecimals),
      6,
    ),
    premium: premium === null ? null : wireFloat(premium, 10),
    oraclePx: wirePrice(instrument, oracle),
    markPx: wirePrice(instrument, mark),
    midPx: wireMidOf(instrument, bid, ask),
    impactPxs: isTwoSided ? [wirePrice(instrument, bid), wirePrice(instrument, ask)] : null,
    dayBaseVlm: wireQuantity(instrument, volume),
  }
}

/** meta, metaAndAssetCtxs, perpDexs, allPerpMetas. */
export const universeHandlers: Readonly<Record<string, InfoHandler>> = {
  meta: (request, { state }) =>
    isNativeDex(request) ? json(wireMeta(state.listing.instruments)) : failure,
  metaAndAssetCtxs: (request, { state }) => {
    if (!isNativeDex(request)) return failure
    const { instruments } = state.listing
    return json([wireMeta(instruments), instruments.map((each) => wireAssetContext(state, each))])
  },
  perpDexs: () => json([null]),
  allPerpMetas: (_, { state }) => json([wireMeta(state.listing.instruments)]),
}
