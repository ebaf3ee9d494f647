import {
  type MarketBatch,
  MarketCursor,
  MarketWriter,
  OrderBook,
  RecordKind,
} from '../../core/mod.ts'

interface Quote {
  readonly venueTime: number
  readonly bid: number
  readonly bidLots: number
  readonly ask: number
  readonly askLots: number
}

/**
 * Joins best bids and asks (books of one level) into deeper books: each quote becomes the changes
 * that bring the book's touch to it, removing what it passes. A book that is older than the last
 * quote by venue time gets that quote applied again. Both batches are sorted by received time.
 */
export function mergeQuotes(books: MarketBatch, quotes: MarketBatch): MarketBatch {
  const writer = new MarketWriter(Math.max(1, books.count + quotes.count))
  const states = new Map<number, { book: OrderBook; last: Quote | null }>()
  const stateOf = (instrument: number) => {
    const known = states.get(instrument)
    if (known !== undefined) return known
    const state = { book: new OrderBook({ levels: 20 }), last: null as Quote | null }
    states.set(instrument, state)
    return state
  }
  const cursor = new MarketCursor()
  const takeBook = (index: number): void => {
    writer.copy(books, index, cursor)
    const state = stateOf(cursor.instrument)
    if (cursor.kind === RecordKind.delta) {
      state.book.applyDelta(cursor.side === 0 ? 0 : 1, cursor.price, cursor.quantity)
    }
    if (cursor.kind !== RecordKind.snapshot) return
    state.book.applySnapshot(cursor.pool, cursor.aux, cursor.quantity, cursor.price)
    if (state.last !== null && state.last.venueTime > cursor.venueTime) {
      touch(writer, cursor, state.book, state.last)
    }
  }
  const takeQuote = (index: number): void => {
    cursor.load(quotes, index)
    if (cursor.quantity !== 1 || cursor.price !== 1) return
    const { pool, aux } = cursor
    const state = stateOf(cursor.instrument)
    state.last = {
      venueTime: cursor.venueTime,
      bid: pool[aux]!,
      bidLots: pool[aux + 1]!,
      ask: pool[aux + 2]!,
      askLots: pool[aux + 3]!,
    }
    if (state.book.status !== 'unknown') touch(writer, cursor, state.book, state.last)
  }
  let book = 0
  let quote = 0
  while (book < books.count || quote < quotes.count) {
    const bookFirst =
      quote >= quotes.count ||
      (book < books.count && books.f64[book * 5]! <= quotes.f64[quote * 5]!)
    if (bookFirst) takeBook(book++)
    else takeQuote(quote++)
  }
  return writer.batch()
}

/** Writes and applies what brings the touch to a quote. */
function touch(writer: MarketWriter, head: MarketCursor, book: OrderBook, quote: Quote): void {
  const { receivedTime, venueTime, instrument } = head
  const at = { receivedTime, venueTime, instrument }
  const set = (side: 0 | 1, price: number, lots: number): void => {
    if (book.quantityAtPrice(side, price) === lots) return
    writer.delta(at, side === 0 ? 'bid' : 'ask', price, lots)
    book.applyDelta(side, price, lots)
  }
  while (book.depth(0) > 0 && book.bestBid() > quote.bid) set(0, book.bestBid(), 0)
  while (book.depth(1) > 0 && book.bestAsk() < quote.ask) set(1, book.bestAsk(), 0)
  set(0, quote.bid, quote.bidLots)
  set(1, quote.ask, quote.askLots)
}
