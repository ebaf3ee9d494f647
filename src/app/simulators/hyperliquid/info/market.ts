import type { Instrument } from '../../../../core/mod.ts'
import { asText, asUnsigned, isObject, type Json, type JsonObject } from '../../json.ts'
import type { ListedDex } from '../listing.ts'
import { CANDLES_KEPT, type Candle, candleIntervals } from '../market/candles.ts'
import { type Aggregation, aggregate, wireLevels } from '../market/depth.ts'
import { wireMidOf } from '../market/market-data.ts'
import { RECENT_TRADES, wireTrade } from '../market/tape.ts'
import type { VenueState } from '../state/venue-state.ts'
import { wireDecimal, wirePrice, wireTime } from '../wire/numbers.ts'
import { dexOf, failure, type InfoHandler, json, wrongShape } from './handler.ts'
import { inTimeRange, readTimeRange } from './time-range.ts'

/** Levels per side of a full book. */
export const BOOK_LEVELS = 20
const FUNDINGS_PER_REPLY = 500
const MINUTE_MS = 60_000

/** Reads nSigFigs and mantissa; null when they are out of range. */
export function readAggregation(request: JsonObject): Aggregation | null {
  const nSigFigs = request['nSigFigs'] ?? null
  const mantissa = request['mantissa'] ?? null
  if (nSigFigs === null) return mantissa === null ? { nSigFigs, mantissa } : null
  if (typeof nSigFigs !== 'number' || ![2, 3, 4, 5].includes(nSigFigs)) return null
  if (mantissa === null) return { nSigFigs, mantissa }
  if (typeof mantissa !== 'number' || nSigFigs !== 5 || ![1, 2, 5].includes(mantissa)) return null
  return { nSigFigs, mantissa }
}

/** A book in the venue's words; `spread` only when levels are merged. */
export function wireBook(
  state: VenueState,
  instrument: Instrument,
  wanted: Aggregation,
  shown: { readonly levels: number; readonly timeUs: number },
): object {
  const depth = state.depth(instrument.id)
  const levels = wireLevels(instrument, aggregate(depth, wanted), shown.levels)
  const book = { coin: instrument.symbol, time: wireTime(shown.timeUs), levels }
  const [bid, ask] = [depth.bids[0]?.price, depth.asks[0]?.price]
  if (wanted.nSigFigs === null || bid === undefined || ask === undefined) return book
  return { ...book, spread: wirePrice(instrument, ask - bid) }
}

/** Mids of a dex's coins in the venue's words; the last trade where a side is empty. */
export function wireMids(state: VenueState, dex: ListedDex): Record<string, string> {
  const mids: Record<string, string> = {}
  for (const { instrument } of dex.perps) {
    const { bids, asks } = state.depth(instrument.id)
    const last = state.data[instrument.id]!.lastPrice
    const mid = wireMidOf(instrument, bids[0]?.price, asks[0]?.price)
    const known = mid ?? (last > 0 ? wirePrice(instrument, last) : null)
    if (known !== null) mids[instrument.symbol] = known
  }
  return mids
}

/** A candle in the venue's words. */
export const wireCandle = (instrument: Instrument, interval: string, candle: Candle): object => ({
  t: wireTime(candle.openTime),
  T: wireTime(candle.openTime) + candleIntervals[interval]! * MINUTE_MS - 1,
  s: instrument.symbol,
  i: interval,
  o: wirePrice(instrument, candle.open),
  c: wirePrice(instrument, candle.close),
  h: wirePrice(instrument, candle.high),
  l: wirePrice(instrument, candle.low),
  v: wireDecimal(candle.volume, instrument.quantityDecimals),
  n: candle.trades,
})

const l2Book: InfoHandler = (request, { state }) => {
  const coin = asText(request['coin'])
  const wanted = readAggregation(request)
  if (coin === null || wanted === null) return wrongShape
  const instrument = state.listing.find(coin)
  if (instrument === null) return json(null)
  return json(wireBook(state, instrument, wanted, { levels: BOOK_LEVELS, timeUs: state.time }))
}

const candleSnapshot: InfoHandler = (request, { state }) => {
  const wanted: Json | undefined = request['req']
  if (!isObject(wanted)) return wrongShape
  const coin = asText(wanted['coin'])
  const interval = asText(wanted['interval'])
  const from = asUnsigned(wanted['startTime'])
  const to = wanted['endTime'] == null ? Number.MAX_SAFE_INTEGER : asUnsigned(wanted['endTime'])
  if (coin === null || interval === null || from === null || to === null) return wrongShape
  const minutes = candleIntervals[interval]
  if (minutes === undefined) return wrongShape
  const instrument = state.listing.find(coin)
  if (instrument === null) return failure
  const { candles } = state.data[instrument.id]!
  candles.advance(state.time)
  const found = candles.query(minutes, from * 1000, Math.min(to * 1000, state.time))
  return json(found.slice(-CANDLES_KEPT).map((candle) => wireCandle(instrument, interval, candle)))
}

const fundingHistory: InfoHandler = (request, { state }) => {
  const coin = asText(request['coin'])
  const range = readTimeRange(request)
  if (coin === null || range === null) return wrongShape
  const instrument = state.listing.find(coin)
  if (instrument === null) return failure
  const { fundings } = state.data[instrument.id]!
  return json(inTimeRange(fundings, range, FUNDINGS_PER_REPLY))
}

const recentTrades: InfoHandler = (request, { state }) => {
  const coin = asText(request['coin'])
  if (coin === null) return wrongShape
  const instrument = state.listing.find(coin)
  if (instrument === null) return failure
  const latest = state.data[instrument.id]!.trades.slice(-RECENT_TRADES).reverse()
  return json(latest.map((trade) => wireTrade(instrument, trade)))
}

/** l2Book, allMids, recentTrades, candleSnapshot, fundingHistory. */
export const marketHandlers: Readonly<Record<string, InfoHandler>> = {
  l2Book,
  allMids: (request, { state }) => {
    const dex = dexOf(state, request)
    return dex === null ? failure : json(wireMids(state, dex))
  },
  recentTrades,
  candleSnapshot,
  fundingHistory,
}
