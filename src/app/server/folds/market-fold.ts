import {
  formatDecimal,
  type Instrument,
  type MarketBatch,
  MarketCursor,
  OrderBook,
  RecordKind,
  type SeedBar,
  type SignalOptions,
} from '../../../core/mod.ts'
import { instant, instantOrNull } from '../text.ts'
import type { BookView } from '../views.ts'
import { BarSeries } from './bar-series.ts'

/** Levels shown per side. */
const LEVELS_SHOWN = 20
const BOOK_CAPACITY = 128

/** What is seen of one instrument's market. Mutable; owned by the fold. */
export interface InstrumentMarket {
  readonly instrument: Instrument
  readonly book: OrderBook
  readonly bars: BarSeries
  /** Grows with every change of the book or the last trade. */
  revision: number
  /** Last mid of a known book in half quanta; -1 before the first. */
  halfMark: number
  venueTime: number | null
  receivedTime: number | null
  lastTrade: { price: number; quantity: number; side: 'buy' | 'sell'; receivedTime: number } | null
  bookMessages: number
  tradeMessages: number
}

/** One of our resting orders: price in quanta, what is left of it in lots. */
export interface OwnLevel {
  readonly side: 'buy' | 'sell'
  readonly price: number
  readonly leaves: number
}

/** Books, bars and last trades of every instrument. */
export class MarketFold {
  readonly markets: readonly InstrumentMarket[]
  /** Records folded so far. */
  records = 0
  readonly #cursor = new MarketCursor()

  constructor(instruments: readonly Instrument[], signal: SignalOptions, imbalanceLevels: number) {
    this.markets = instruments.map((instrument) => ({
      instrument,
      book: new OrderBook({ levels: imbalanceLevels, capacity: BOOK_CAPACITY }),
      bars: new BarSeries(signal, instrument.priceDecimals),
      revision: 1,
      halfMark: -1,
      venueTime: null,
      receivedTime: null,
      lastTrade: null,
      bookMessages: 0,
      tradeMessages: 0,
    }))
  }

  /** Folds a batch; returns the last received time in it, or null when it is empty. */
  onBatch(batch: MarketBatch): number | null {
    const cursor = this.#cursor
    for (let i = 0; i < batch.count; i++) {
      cursor.load(batch, i)
      this.#onRecord(cursor)
    }
    this.records += batch.count
    return batch.count === 0 ? null : cursor.receivedTime
  }

  /** Closes the bars that end at or before `time`. */
  advance(time: number): void {
    for (const market of this.markets) market.bars.advance(time, imbalanceOf(market))
  }

  seed(instrument: number, bars: readonly SeedBar[], time: number): void {
    this.markets[instrument]?.bars.seed(bars, time)
  }

  /** The stream of one instrument, or of all (null), broke or has a gap. */
  lose(instrument: number | null, how: 'disconnected' | 'gap'): void {
    for (const market of this.markets) {
      if (instrument !== null && market.instrument.id !== instrument) continue
      if (how === 'gap') market.book.markGap()
      else market.book.clear()
      market.revision++
    }
  }

  /** Received minus venue time of the newest book, ms; null before the first. */
  feedDelayMs(): number | null {
    let newest: InstrumentMarket | null = null
    for (const market of this.markets) {
      if ((market.receivedTime ?? 0) > (newest?.receivedTime ?? 0)) newest = market
    }
    if (newest === null || newest.receivedTime === null || newest.venueTime === null) return null
    return (newest.receivedTime - newest.venueTime) / 1e3
  }

  bookView(id: number, ours: readonly OwnLevel[]): BookView {
    const market = this.markets[id]!
    const { book, instrument } = market
    const halfMid = book.halfMid()
    const { lastTrade } = market
    const price = (value: number) => formatDecimal(value, instrument.priceDecimals)
    const lots = (value: number) => formatDecimal(value, instrument.quantityDecimals)
    return {
      instrument: id,
      status: book.status,
      bids: levels(market, 0),
      asks: levels(market, 1),
      mid: halfMid > 0 ? formatDecimal(halfMid * 5, instrument.priceDecimals + 1) : null,
      spreadBps: halfMid > 0 ? ((book.bestAsk() - book.bestBid()) / halfMid) * 2e4 : null,
      imbalance: imbalanceOf(market),
      imbalanceLevels: book.levels,
      ours: ours.map((level) => ({
        side: level.side,
        price: price(level.price),
        leavesQuantity: lots(level.leaves),
      })),
      lastTrade:
        lastTrade === null
          ? null
          : {
              price: price(lastTrade.price),
              quantity: lots(lastTrade.quantity),
              side: lastTrade.side,
              receivedTime: instant(lastTrade.receivedTime),
            },
      venueTime: instantOrNull(market.venueTime),
      receivedTime: instantOrNull(market.receivedTime),
    }
  }

  #onRecord(cursor: MarketCursor): void {
    const market = this.markets[cursor.instrument]
    if (market === undefined) return
    const { receivedTime } = cursor
    market.bars.advance(receivedTime, imbalanceOf(market))
    switch (cursor.kind) {
      case RecordKind.snapshot:
        market.book.applySnapshot(cursor.pool, cursor.aux, cursor.quantity, cursor.price)
        return onBook(market, cursor)
      case RecordKind.delta:
        market.book.applyDelta(cursor.side as 0 | 1, cursor.price, cursor.quantity)
        return onBook(market, cursor)
      case RecordKind.trade:
        market.tradeMessages++
        market.bars.onTrade(receivedTime, cursor.price, cursor.quantity)
        market.revision++
        market.lastTrade = {
          price: cursor.price,
          quantity: cursor.quantity,
          side: cursor.side === 0 ? 'buy' : 'sell',
          receivedTime,
        }
        return
      case RecordKind.bar:
        market.halfMark = cursor.price * 2
        return onBar(market, cursor)
      default:
        return
    }
  }
}

function onBook(market: InstrumentMarket, cursor: MarketCursor): void {
  market.revision++
  market.bookMessages++
  market.receivedTime = cursor.receivedTime
  market.venueTime = cursor.venueTime
  const halfMid = market.book.halfMid()
  if (halfMid <= 0) return
  market.halfMark = halfMid
  market.bars.onMid(cursor.receivedTime, halfMid)
}

function onBar(market: InstrumentMarket, cursor: MarketCursor): void {
  market.revision++
  market.receivedTime = cursor.receivedTime
  market.venueTime = cursor.venueTime
  market.bars.onBar(cursor, imbalanceOf(market))
}

/** Imbalance over the session's levels, null when the book does not allow one. */
export function imbalanceOf(market: InstrumentMarket): number | null {
  const value = market.book.imbalance()
  return Number.isFinite(value) ? value : null
}

function levels(market: InstrumentMarket, side: 0 | 1): readonly (readonly [string, string])[] {
  const { book, instrument } = market
  const shown: (readonly [string, string])[] = []
  for (let i = 0; i < Math.min(LEVELS_SHOWN, book.depth(side)); i++) {
    shown.push([
      formatDecimal(book.priceAt(side, i), instrument.priceDecimals),
      formatDecimal(book.quantityAt(side, i), instrument.quantityDecimals),
    ])
  }
  return shown
}
