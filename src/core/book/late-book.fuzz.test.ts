import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LateBook } from './late-book.ts'
import { OrderBook } from './order-book.ts'

const OPTIONS = { levels: 2, capacity: 6 }

const level = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 9 }))
const side = (sign: 1 | -1) =>
  fc
    .uniqueArray(level, { maxLength: 9, selector: ([price]) => price })
    .map((levels) => levels.sort((a, b) => sign * (a[0] - b[0])).flat())
/** Whole books, some of them malformed, and changes of levels; the book is looked at after some. */
const update = fc.record({
  bids: fc.oneof({ weight: 9, arbitrary: side(-1) }, fc.constant([7, 1, 8, 1])),
  asks: side(1),
  delta: fc.option(fc.tuple(fc.constantFrom(0 as const, 1 as const), level)),
  isLookedAt: fc.boolean(),
})

function seen(book: OrderBook) {
  const sides = ([0, 1] as const).map((of) => [
    book.missingFrom(of),
    ...Array.from({ length: book.depth(of) }, (_, i) => [
      book.priceAt(of, i),
      book.quantityAt(of, i),
    ]),
  ])
  return { status: book.status, sides, bidSum: book.bidSum(), askSum: book.askSum() }
}

it('whoever looks sees what a book would be that took every update at once', () => {
  fc.assert(
    fc.property(fc.array(update, { maxLength: 30 }), (updates) => {
      const late = new LateBook(new OrderBook(OPTIONS))
      const prompt = new OrderBook(OPTIONS)
      // One pool for all, as feeds have it: what waits must not be in it.
      const pool = new Float64Array(64)
      for (const { bids, asks, delta, isLookedAt } of updates) {
        if (delta === null) {
          pool.set([...bids, ...asks], 1)
          late.applySnapshot(pool, 1, bids.length / 2, asks.length / 2)
          prompt.applySnapshot(pool, 1, bids.length / 2, asks.length / 2)
          pool.fill(Number.NaN)
        } else {
          const [of, [price, quantity]] = delta
          const before = late.current.applyDelta(of, price, quantity - 1)
          expect(before).toBe(prompt.applyDelta(of, price, quantity - 1))
        }
        if (isLookedAt) expect(seen(late.current)).toEqual(seen(prompt))
      }
      expect(seen(late.current)).toEqual(seen(prompt))
    }),
    { numRuns: 300 },
  )
})
