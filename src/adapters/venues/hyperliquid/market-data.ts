import { type InstrumentId, MarketWriter, type TimeUs } from '../../../core/mod.ts'
import { BookRecord } from './book-record.ts'
import type { Context } from './context.ts'
import { readMarketData } from './frame-parser.ts'
import { FrameScanner } from './frame-scanner.ts'
import { isPlausible, MarketFrame } from './market-frame.ts'

/** Channels that carry market data. */
export type MarketChannel = 'l2Book' | 'bbo' | 'trades'

/** Trade ids kept per instrument to tell repeats. */
const TRADE_ID_LIMIT = 4096

/**
 * Turns the market frames of a session into packed records. After a frame that nobody can read the
 * stream has a gap, closed by the next readable frame of the same instrument.
 */
export class MarketData {
  readonly #context: Context
  readonly #scanner: FrameScanner
  readonly #frame = new MarketFrame()
  readonly #book = new BookRecord()
  readonly #writer = new MarketWriter(256)
  /** Reused for every trade. */
  readonly #head = { receivedTime: 0, venueTime: 0, instrument: 0 }
  readonly #gaps = { book: new Set<InstrumentId>(), trades: new Set<InstrumentId>() }
  readonly #tradeIds: readonly Set<number>[]
  readonly #historyBefore: (TimeUs | null)[]

  constructor(context: Context) {
    const { assets } = context.universe
    this.#context = context
    this.#scanner = new FrameScanner(context.universe)
    this.#tradeIds = assets.map(() => new Set<number>())
    this.#historyBefore = assets.map(() => null)
  }

  /** Reads a frame of market data from its bytes and delivers it; false for whatever else it is. */
  scanned(bytes: Uint8Array, receivedTime: TimeUs): boolean {
    if (!this.#scanner.scan(bytes, this.#frame)) return false
    this.#context.statistics.framesScanned++
    this.#deliverFrame(receivedTime)
    return true
  }

  /** Reads a frame that the scanner left and delivers its records, or reports a gap. */
  frame(channel: MarketChannel, bytes: Uint8Array, receivedTime: TimeUs): void {
    const { statistics } = this.#context
    const frame = this.#frame
    const outcome = this.#parse(channel, bytes)
    if (outcome === 'foreign') {
      statistics.framesIgnored++
      return
    }
    if (outcome === 'unreadable') {
      const whose = frame.instrument < 0 ? null : frame.instrument
      return this.#reportGap(channel === 'trades' ? 'trades' : 'book', whose, receivedTime)
    }
    statistics.framesParsed++
    this.#deliverFrame(receivedTime)
  }

  /** The next trades of the instrument begin with history older than `time`. */
  expectHistory(instrument: InstrumentId, time: TimeUs): void {
    this.#historyBefore[instrument] = time
  }

  /** Something was received that nobody can tell apart: both streams have a gap. */
  gap(receivedTime: TimeUs): void {
    this.#reportGap('book', null, receivedTime)
    if (this.#context.options.trades) this.#reportGap('trades', null, receivedTime)
  }

  /** A fresh connection: gaps reported before no longer count. */
  reset(): void {
    this.#gaps.book.clear()
    this.#gaps.trades.clear()
  }

  #parse(channel: MarketChannel, bytes: Uint8Array): 'read' | 'foreign' | 'unreadable' {
    this.#frame.instrument = -1
    const envelope = parseEnvelope(bytes)
    if (envelope === null || envelope.channel !== channel) return 'unreadable'
    return readMarketData(this.#context.universe, channel, envelope.data, this.#frame)
  }

  #deliverFrame(receivedTime: TimeUs): void {
    const frame = this.#frame
    const isBook = frame.kind === 'book'
    if (!isPlausible(frame)) {
      const whose = isBook ? frame.instrument : null
      return this.#reportGap(isBook ? 'book' : 'trades', whose, receivedTime)
    }
    if (!isBook) return this.#deliverTrades(receivedTime)
    this.#closeGap('book', frame.instrument, receivedTime)
    this.#context.market(this.#book.set(frame, receivedTime))
  }

  #deliverTrades(receivedTime: TimeUs): void {
    const frame = this.#frame
    this.#head.receivedTime = receivedTime
    for (let i = 0; i < frame.tradeCount; i++) {
      const instrument = frame.tradeInstruments[i]!
      if (!this.#isWanted(i)) continue
      this.#closeGap('trades', instrument, receivedTime)
      this.#head.venueTime = frame.tradeTimes[i]! * 1000
      this.#head.instrument = instrument
      this.#writer.trade(
        this.#head,
        frame.tradeSides[i] === 0 ? 'buy' : 'sell',
        frame.tradePrices[i]!,
        frame.tradeQuantities[i]!,
        frame.tradeIds[i]!,
      )
    }
    // Only the first frame after subscribing holds history: later ones count whatever their time.
    for (let i = 0; i < frame.tradeCount; i++) {
      this.#historyBefore[frame.tradeInstruments[i]!] = null
    }
    if (this.#writer.count === 0) return
    this.#context.market(this.#writer.batch())
    this.#writer.clear()
  }

  #isWanted(index: number): boolean {
    const { statistics } = this.#context
    const instrument = this.#frame.tradeInstruments[index]!
    const seen = this.#tradeIds[instrument]!
    const id = this.#frame.tradeIds[index]!
    if (seen.has(id)) {
      statistics.duplicateTradesDropped++
      return false
    }
    seen.add(id)
    if (seen.size > TRADE_ID_LIMIT) seen.delete(seen.values().next().value!)
    const before = this.#historyBefore[instrument]
    if (before != null && this.#frame.tradeTimes[index]! * 1000 < before) {
      statistics.historyTradesDropped++
      return false
    }
    return true
  }

  #reportGap(
    stream: 'book' | 'trades',
    instrument: InstrumentId | null,
    receivedTime: TimeUs,
  ): void {
    this.#context.statistics.framesRefused++
    for (const { instrument: each } of this.#context.universe.assets) {
      if (instrument === null || each.id === instrument) this.#gaps[stream].add(each.id)
    }
    this.#context.emit({ kind: 'streamStatus', receivedTime, stream, instrument, status: 'gap' })
  }

  #closeGap(stream: 'book' | 'trades', instrument: InstrumentId, receivedTime: TimeUs): void {
    if (!this.#gaps[stream].delete(instrument)) return
    const status = 'connected'
    this.#context.emit({ kind: 'streamStatus', receivedTime, stream, instrument, status })
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
