import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MarketCursor, MarketWriter, OrderBook, RecordKind } from '../../core/mod.ts'
import { mergeQuotes } from './merge-quotes.ts'

/** Levels from the best outwards around a touch. */
const side = (best: number, sign: 1 | -1, count: number): number[] =>
  Array.from({ length: count }, (_, n) => [best + sign * n, 5]).flat()

const touch = fc.record({
  bid: fc.integer({ min: 50, max: 150 }),
  spread: fc.integer({ min: 1, max: 5 }),
  lots: fc.integer({ min: 1, max: 9 }),
})
const input = fc.record({
  time: fc.integer({ min: 0, max: 1_000 }),
  delay: fc.integer({ min: 0, max: 20 }),
  isQuote: fc.boolean(),
  touch,
})

describe('mergeQuotes', () => {
  test('never crosses a book and always shows the freshest touch', () => {
    fc.assert(
      fc.property(fc.array(input, { minLength: 1, maxLength: 60 }), (inputs) => {
        const sorted = inputs.toSorted((a, b) => a.time - b.time)
        const books = new MarketWriter()
        const quotes = new MarketWriter()
        for (const { time, delay, isQuote, touch: at } of sorted) {
          const head = {
            receivedTime: 1_000 + time,
            venueTime: 1_000 + time - delay,
            instrument: 0,
          }
          const ask = at.bid + at.spread
          const levels = isQuote ? 1 : 4
          const bids = side(at.bid, -1, levels)
          const asks = side(ask, 1, levels)
          if (isQuote) {
            bids[1] = at.lots
            asks[1] = at.lots
          }
          const writer = isQuote ? quotes : books
          writer.snapshot(head, bids, asks)
        }
        const merged = mergeQuotes(books.batch(), quotes.batch())
        const book = new OrderBook({ levels: 20 })
        const cursor = new MarketCursor()
        let last = 0
        for (let i = 0; i < merged.count; i++) {
          cursor.load(merged, i)
          expect(cursor.receivedTime).toBeGreaterThanOrEqual(last)
          last = cursor.receivedTime
          if (cursor.kind === RecordKind.snapshot) {
            book.applySnapshot(cursor.pool, cursor.aux, cursor.quantity, cursor.price)
          } else book.applyDelta(cursor.side === 0 ? 0 : 1, cursor.price, cursor.quantity)
        }
        if (books.count === 0) {
          expect(merged.count).toBe(0)
          return
        }
        expect(['valid', 'oneSided']).toContain(book.status)
        const quote = sorted.findLast((each) => each.isQuote)
        const whole = sorted.findLast((each) => !each.isQuote)!
        const isFresh = quote !== undefined && quote.time > whole.time
        if (isFresh) {
          expect([book.bestBid(), book.bestAsk()]).toEqual([
            quote.touch.bid,
            quote.touch.bid + quote.touch.spread,
          ])
          expect(book.bestBidQuantity()).toBe(quote.touch.lots)
        }
      }),
      { numRuns: 300 },
    )
  })
})
