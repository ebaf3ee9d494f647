import { type MarketBatch, MarketCursor, OrderBook, RecordKind, Signal } from '../src/core/mod.ts'
import { mixInstruments } from './book-market.ts'

/** What the C twins of the event engine sum up, by the objects of the core. */
export interface MarketSums {
  /** Over the best 20 levels, behind every book record. */
  readonly imbalances: number
  /** Of the last bar behind each record that ended one, over 60 bars of mids a second long. */
  readonly scores: number
  readonly bars: number
}

/** Sums of a market as an OrderBook and a Signal an instrument see it. */
export function sumMarket(batch: MarketBatch): MarketSums {
  const books = mixInstruments.map(() => new OrderBook({ levels: 20 }))
  const signals = mixInstruments.map(() => new Signal(signalOptions))
  const cursor = new MarketCursor()
  let imbalances = 0
  let scores = 0
  let bars = 0
  for (let i = 0; i < batch.count; i++) {
    cursor.load(batch, i)
    const book = books[cursor.instrument]!
    const signal = signals[cursor.instrument]!
    const closed = signal.advanceTo(cursor.receivedTime)
    bars += closed
    if (closed > 0 && !Number.isNaN(signal.z)) scores += signal.z
    if (cursor.kind === RecordKind.delta) {
      book.applyDelta(cursor.side as 0 | 1, cursor.price, cursor.quantity)
    } else if (cursor.kind === RecordKind.snapshot) {
      book.applySnapshot(cursor.pool, cursor.aux, cursor.quantity, cursor.price)
    } else continue
    signal.onMid(cursor.receivedTime, book.soundHalfMid())
    imbalances += book.imbalance()
  }
  return { imbalances, scores, bars }
}

const signalOptions = {
  source: 'mid',
  intervalUs: 1_000_000,
  window: 60,
  current: 'include',
  maxGap: Number.POSITIVE_INFINITY,
  trendWindow: 0,
} as const
