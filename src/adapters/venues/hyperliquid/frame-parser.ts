import { parseSafeDecimal } from '../../../core/mod.ts'
import type { MarketFrame } from './market-frame.ts'
import type { Asset, Universe } from './universe.ts'

/** What the parser made of a market frame. */
export type ParseOutcome =
  | 'read'
  /** Well formed, but about a coin that is not loaded. */
  | 'foreign'
  | 'unreadable'

/**
 * The slow twin of the byte scanner: reads `data` of a parsed market frame into `frame`, whatever
 * its spelling in JSON. The reference for what the scanner may accept. When unreadable,
 * `frame.instrument` still names the instrument it is about, or is -1.
 */
export function readMarketData(
  universe: Universe,
  channel: 'l2Book' | 'bbo' | 'trades',
  data: unknown,
  frame: MarketFrame,
): ParseOutcome {
  frame.reset()
  frame.instrument = -1
  if (channel === 'trades') return readTrades(universe, data, frame)
  if (!isRecord(data)) return 'unreadable'
  const { coin, time } = data
  if (typeof coin !== 'string' || !isCount(time)) return 'unreadable'
  const sides = channel === 'l2Book' ? data['levels'] : data['bbo']
  if (!Array.isArray(sides) || sides.length !== 2) return 'unreadable'
  const asset = universe.byCoin.get(coin)
  if (asset === undefined) return 'foreign'
  frame.instrument = asset.instrument.id
  const [bids, asks] =
    channel === 'l2Book' ? sides : sides.map((level) => (level === null ? [] : [level]))
  if (!Array.isArray(bids) || !Array.isArray(asks)) return 'unreadable'
  const needed = 2 * (bids.length + asks.length)
  if (needed > frame.levels.length) frame.levels = new Float64Array(needed)
  if (!readLevels(bids, frame.levels, 0, asset)) return 'unreadable'
  if (!readLevels(asks, frame.levels, bids.length, asset)) return 'unreadable'
  frame.bidCount = bids.length
  frame.askCount = asks.length
  frame.time = time
  frame.kind = 'book'
  return 'read'
}

function readLevels(
  levels: readonly unknown[],
  into: Float64Array,
  from: number,
  asset: Asset,
): boolean {
  const { priceDecimals, quantityDecimals } = asset.instrument
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i]
    if (!isRecord(level) || !isCount(level['n'])) return false
    const price = readNumber(level['px'], priceDecimals)
    const lots = readNumber(level['sz'], quantityDecimals)
    if (price === null || lots === null) return false
    into[2 * (from + i)] = price
    into[2 * (from + i) + 1] = lots
  }
  return true
}

function readTrades(universe: Universe, data: unknown, frame: MarketFrame): ParseOutcome {
  if (!Array.isArray(data)) return 'unreadable'
  growTrades(frame, data.length)
  for (const trade of data as readonly unknown[]) {
    if (!isRecord(trade)) return 'unreadable'
    const { coin, side, time, tid } = trade
    if (typeof coin !== 'string' || (side !== 'A' && side !== 'B')) return 'unreadable'
    if (!isCount(time) || !isCount(tid)) return 'unreadable'
    const asset = universe.byCoin.get(coin)
    if (asset === undefined) return 'foreign'
    frame.instrument = asset.instrument.id
    const price = readNumber(trade['px'], asset.instrument.priceDecimals)
    const lots = readNumber(trade['sz'], asset.instrument.quantityDecimals)
    if (price === null || lots === null) return 'unreadable'
    const i = frame.tradeCount++
    frame.tradeInstruments[i] = asset.instrument.id
    frame.tradeTimes[i] = time
    frame.tradePrices[i] = price
    frame.tradeQuantities[i] = lots
    frame.tradeIds[i] = tid
    frame.tradeSides[i] = side === 'B' ? 0 : 1
  }
  frame.kind = 'trades'
  return 'read'
}

const readNumber = (text: unknown, decimals: number): number | null =>
  typeof text === 'string' ? parseSafeDecimal(text, decimals) : null

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0

function growTrades(frame: MarketFrame, count: number): void {
  if (count <= frame.tradeIds.length) return
  frame.tradeInstruments = new Float64Array(count)
  frame.tradeTimes = new Float64Array(count)
  frame.tradePrices = new Float64Array(count)
  frame.tradeQuantities = new Float64Array(count)
  frame.tradeIds = new Float64Array(count)
  frame.tradeSides = new Float64Array(count)
}
