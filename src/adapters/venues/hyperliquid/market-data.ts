import { type InstrumentId, MarketWriter, type TimeUs } from '../../../core/mod.ts'
import type { Context } from './context.ts'
import { readMarketData } from './frame-parser.ts'
import { FrameScanner } from './frame-scanner.ts'
import { isPlausible, MarketFrame } from './market-frame.ts'

/** Channels that carry market data. */
export type MarketChannel = 'l2Book' | 'bbo' | 'trades'

/** Trade ids kept per instrument to tell repeats. */
const TRADE_ID_LIMIT = 4096

/** Turns market frames into packed records. */
export interface MarketData {
  /** Reads one frame and delivers its records, or reports a gap. */
  frame(channel: MarketChannel, bytes: Uint8Array, receivedTime: TimeUs): void
  /** The next trades of the instrument begin with history older than `time`. */
  expectHistory(instrument: InstrumentId, time: TimeUs): void
  /** Something was received that nobody can tell apart: both streams have a gap. */
  gap(receivedTime: TimeUs): void
  /** A fresh connection: gaps reported before no longer count. */
  reset(): void
}

/**
 * Makes the market data side of an adapter for the context's universe. After a frame that nobody
 * can read the stream has a gap, closed by the next readable frame of the same instrument.
 */
export function createMarketData(context: Context): MarketData {
  const { universe, statistics } = context
  const scanner = new FrameScanner(universe)
  const frame = new MarketFrame()
  const writer = new MarketWriter(256)
  const head = { receivedTime: 0, venueTime: 0, instrument: 0 }
  const views: Float64Array[] = []
  const gaps = { book: new Set<InstrumentId>(), trades: new Set<InstrumentId>() }
  const tradeIds = universe.assets.map(() => new Set<number>())
  const historyBefore = universe.assets.map((): TimeUs | null => null)

  /** The first `length` numbers of a level buffer, without allocating once seen. */
  const firstOf = (levels: Float64Array, length: number, slot: 0 | 1): Float64Array => {
    const index = 2 * length + slot
    const view = views[index]
    if (view !== undefined && view.buffer === levels.buffer) return view
    const made = levels.subarray(0, length)
    views[index] = made
    return made
  }

  const reportGap = (
    stream: 'book' | 'trades',
    instrument: InstrumentId | null,
    receivedTime: TimeUs,
  ): void => {
    statistics.framesRefused++
    for (const { instrument: each } of universe.assets) {
      if (instrument === null || each.id === instrument) gaps[stream].add(each.id)
    }
    context.emit({ kind: 'streamStatus', receivedTime, stream, instrument, status: 'gap' })
  }

  const closeGap = (
    stream: 'book' | 'trades',
    instrument: InstrumentId,
    receivedTime: TimeUs,
  ): void => {
    if (!gaps[stream].delete(instrument)) return
    context.emit({ kind: 'streamStatus', receivedTime, stream, instrument, status: 'connected' })
  }

  const deliver = (): void => {
    if (writer.count === 0) return
    context.market(writer.batch())
    writer.clear()
  }

  const deliverBook = (receivedTime: TimeUs): void => {
    head.receivedTime = receivedTime
    head.venueTime = frame.time * 1000
    head.instrument = frame.instrument
    closeGap('book', frame.instrument, receivedTime)
    writer.snapshot(
      head,
      firstOf(frame.bids, 2 * frame.bidCount, 0),
      firstOf(frame.asks, 2 * frame.askCount, 1),
    )
    deliver()
  }

  const isWanted = (index: number): boolean => {
    const instrument = frame.tradeInstruments[index]!
    const seen = tradeIds[instrument]!
    const id = frame.tradeIds[index]!
    if (seen.has(id)) {
      statistics.duplicateTradesDropped++
      return false
    }
    seen.add(id)
    if (seen.size > TRADE_ID_LIMIT) seen.delete(seen.values().next().value!)
    const before = historyBefore[instrument]
    if (before != null && frame.tradeTimes[index]! * 1000 < before) {
      statistics.historyTradesDropped++
      return false
    }
    return true
  }

  const deliverTrades = (receivedTime: TimeUs): void => {
    head.receivedTime = receivedTime
    for (let i = 0; i < frame.tradeCount; i++) {
      const instrument = frame.tradeInstruments[i]!
      if (!isWanted(i)) continue
      closeGap('trades', instrument, receivedTime)
      head.venueTime = frame.tradeTimes[i]! * 1000
      head.instrument = instrument
      writer.trade(
        head,
        frame.tradeSides[i] === 0 ? 'buy' : 'sell',
        frame.tradePrices[i]!,
        frame.tradeQuantities[i]!,
        frame.tradeIds[i]!,
      )
    }
    for (let i = 0; i < frame.tradeCount; i++) historyBefore[frame.tradeInstruments[i]!] = null
    deliver()
  }

  const parse = (channel: MarketChannel, bytes: Uint8Array): 'read' | 'foreign' | 'unreadable' => {
    frame.instrument = -1
    const envelope = parseEnvelope(bytes)
    if (envelope === null || envelope.channel !== channel) return 'unreadable'
    return readMarketData(universe, channel, envelope.data, frame)
  }

  return {
    frame(channel, bytes, receivedTime) {
      const stream = channel === 'trades' ? 'trades' : 'book'
      if (scanner.scan(bytes, frame)) statistics.framesScanned++
      else {
        const outcome = parse(channel, bytes)
        if (outcome === 'foreign') {
          statistics.framesIgnored++
          return
        }
        if (outcome === 'unreadable') {
          const whose = frame.instrument < 0 ? null : frame.instrument
          return reportGap(stream, whose, receivedTime)
        }
        statistics.framesParsed++
      }
      if (!isPlausible(frame)) {
        const instrument = frame.kind === 'book' ? frame.instrument : null
        return reportGap(stream, instrument, receivedTime)
      }
      if (frame.kind === 'book') deliverBook(receivedTime)
      else deliverTrades(receivedTime)
    },
    gap(receivedTime) {
      reportGap('book', null, receivedTime)
      if (context.options.trades) reportGap('trades', null, receivedTime)
    },
    expectHistory(instrument, time) {
      historyBefore[instrument] = time
    },
    reset() {
      gaps.book.clear()
      gaps.trades.clear()
    },
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** `{channel, data}` of any frame; null when it is not JSON of that form. */
export function parseEnvelope(
  bytes: Uint8Array,
): { readonly channel: string; readonly data: unknown } | null {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes))
    if (typeof value !== 'object' || value === null) return null
    const { channel, data } = value as { readonly channel?: unknown; readonly data?: unknown }
    return typeof channel === 'string' ? { channel, data } : null
  } catch {
    return null
  }
}
