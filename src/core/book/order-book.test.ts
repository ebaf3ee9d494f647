import { describe, expect, it } from 'vitest'
import { AssertionFailure } from '../lib/assert.ts'
import { OrderBook } from './order-book.ts'

/** A book with bids 100, 99, 98 and asks 101, 103 of these lots. */
function sample(levels = 2, capacity = 8): OrderBook {
  const book = new OrderBook({ levels, capacity })
  book.applySnapshot(new Float64Array([-1, 100, 5, 99, 7, 98, 11, 101, 2, 103, 3]), 1, 3, 2)
  return book
}

function side(book: OrderBook, which: 0 | 1): [number, number][] {
  return Array.from({ length: book.depth(which) }, (_, i) => [
    book.priceAt(which, i),
    book.quantityAt(which, i),
  ])
}

describe('OrderBook', () => {
  it('is unknown before the first snapshot and leaves updates out until then', () => {
    const book = new OrderBook({ levels: 3 })
    expect(book.status).toBe('unknown')
    expect(book.applyDelta(0, 100, 5)).toBe(0)
    expect([book.bestBid(), book.bestAsk(), book.halfMid()]).toEqual([-1, -1, -1])
    expect([book.bestBidQuantity(), book.bestAskQuantity(), book.depth(0)]).toEqual([0, 0, 0])
    expect(book.imbalance()).toBeNaN()
  })

  it('reads a snapshot from anywhere in the pool', () => {
    const book = sample()
    expect(book.status).toBe('valid')
    expect([book.bestBid(), book.bestBidQuantity()]).toEqual([100, 5])
    expect([book.bestAsk(), book.bestAskQuantity()]).toEqual([101, 2])
    expect(book.halfMid()).toBe(201)
    expect(book.soundHalfMid()).toBe(201)
    expect([book.bidSum(), book.askSum()]).toEqual([12, 5])
    expect(book.imbalance()).toBe(7 / 17)
    expect(side(book, 0)).toEqual([
      [100, 5],
      [99, 7],
      [98, 11],
    ])
    expect(book.quantityAtPrice(1, 103)).toBe(3)
    expect(book.quantityAtPrice(1, 102)).toBe(0)
  })

  it('returns the old quantity of the level that an update changes', () => {
    const book = sample()
    expect(book.applyDelta(0, 99, 1)).toBe(7)
    expect(book.applyDelta(0, 99, 0)).toBe(1)
    expect(book.applyDelta(0, 99, 0)).toBe(0)
    expect(book.applyDelta(1, 102, 4)).toBe(0)
    expect([book.bidSum(), book.askSum()]).toEqual([16, 6])
  })

  it('tells one-sided, locked and crossed books from valid ones', () => {
    const book = sample()
    book.applyDelta(0, 101, 1)
    expect(book.status).toBe('locked')
    book.applyDelta(0, 102, 1)
    expect(book.status).toBe('crossed')
    book.applyDelta(0, 102, 0)
    book.applyDelta(0, 101, 0)
    expect(book.status).toBe('valid')
    book.applyDelta(1, 101, 0)
    book.applyDelta(1, 103, 0)
    expect(book.status).toBe('oneSided')
    expect(book.imbalance()).toBeNaN()
    expect(book.halfMid()).toBe(-1)
    expect(book.soundHalfMid()).toBe(-1)
    expect(book.bestAsk()).toBe(-1)
  })

  it('stays gapped until the next snapshot, which ends it', () => {
    const book = sample()
    book.markGap()
    book.applyDelta(0, 100, 6)
    expect(book.status).toBe('gapped')
    expect(book.imbalance()).toBeNaN()
    expect(book.bestBidQuantity()).toBe(6)
    book.applySnapshot(new Float64Array([9, 1, 11, 1]), 0, 1, 1)
    expect(book.status).toBe('valid')
    expect(book.imbalance()).toBe(0)
    book.clear()
    book.markGap()
    expect(book.status).toBe('unknown')
  })

  it('has a sound mid only while it is valid or locked', () => {
    const book = sample()
    const ask = book.bestAsk()
    book.applyDelta(0, ask, 1)
    expect([book.status, book.soundHalfMid()]).toEqual(['locked', 2 * ask])
    book.applyDelta(0, ask + 1, 1)
    expect([book.status, book.soundHalfMid()]).toEqual(['crossed', -1])
    book.applyDelta(0, ask, 0)
    book.applyDelta(0, ask + 1, 0)
    expect(book.soundHalfMid()).toBe(book.halfMid())
    book.markGap()
    expect(book.soundHalfMid()).toBe(-1)
  })

  it('drops the farthest level for a better one and leaves out what lies beyond', () => {
    const book = sample(1, 3)
    book.applyDelta(0, 97, 1)
    expect(side(book, 0).map((level) => level[0])).toEqual([100, 99, 98])
    book.applyDelta(0, 101, 9)
    expect(side(book, 0).map((level) => level[0])).toEqual([101, 100, 99])
    book.applyDelta(0, 100, 0)
    book.applyDelta(0, 96, 1)
    book.applyDelta(0, 98, 1)
    expect(side(book, 0).map((level) => level[0])).toEqual([101, 99])
    book.applyDelta(0, 100, 2)
    expect(side(book, 0).map((level) => level[0])).toEqual([101, 100, 99])
  })

  it('is gapped when removals leave fewer than N levels of a side that was cut', () => {
    const book = new OrderBook({ levels: 2, capacity: 2 })
    book.applySnapshot(new Float64Array([10, 1, 9, 1, 8, 1, 11, 1]), 0, 3, 1)
    expect([book.status, book.depth(0)]).toEqual(['valid', 2])
    book.applyDelta(0, 9, 0)
    expect(book.status).toBe('gapped')
  })

  it('remembers its horizon when a far level turns the side into a list', () => {
    const book = new OrderBook({ levels: 1, capacity: 3 })
    book.applySnapshot(new Float64Array([100, 1, 99, 1, 98, 1, 97, 1, 101, 1]), 0, 4, 1)
    book.applyDelta(0, 9000, 2)
    expect(side(book, 0).map((level) => level[0])).toEqual([9000, 100, 99])
    expect([book.missingFrom(0), book.bidSum()]).toEqual([98, 2])
    for (const price of [100, 99, 9000]) book.applyDelta(0, price, 0)
    expect(book.status).toBe('gapped')
  })

  it('does not call a thin book gapped when nothing was cut', () => {
    const book = sample(20, 32)
    book.applyDelta(0, 98, 0)
    book.applyDelta(0, 99, 0)
    expect([book.status, book.bidSum()]).toEqual(['valid', 5])
  })

  it('holds the largest price there is', () => {
    const book = new OrderBook({ levels: 1 })
    book.applySnapshot(new Float64Array([2 ** 31 - 1, 1, 2 ** 31 - 1, 2]), 0, 1, 1)
    expect([book.status, book.bestBid(), book.bestAskQuantity()]).toEqual([
      'locked',
      2 ** 31 - 1,
      2,
    ])
  })

  it('leaves nothing of a snapshot that is refused half way', () => {
    const book = sample()
    book.applySnapshot(new Float64Array([100, 1, 99, 1, 99, 1, 101, 1]), 0, 3, 1)
    expect([book.status, book.depth(0)]).toEqual(['unknown', 0])
    book.applySnapshot(new Float64Array([102, 1, 98, 1, 103, 1]), 0, 2, 1)
    expect(side(book, 0)).toEqual([
      [102, 1],
      [98, 1],
    ])
    expect(book.quantityAtPrice(0, 99)).toBe(0)
    expect(book.applyDelta(0, 99, 0)).toBe(0)
  })

  it('refuses malformed snapshots and updates without guessing', () => {
    const bad = [
      [10, 1, 10, 1, 11, 1],
      [9, 1, 10, 1, 11, 1],
      [10, 1, 9, 0, 11, 1],
      [10, 1, 9, Number.NaN, 11, 1],
      [10, 1, Number.NaN, 1, 11, 1],
      [10, 1, 0, 1, 11, 1],
      [10, 1, -1, 1, 11, 1],
      [10, 1, 9.5, 1, 11, 1],
      [10, 1, 9, 1.5, 11, 1],
      [10, 1, 9, 1, 2 ** 32 + 11, 1],
    ]
    for (const pool of bad) {
      const book = sample()
      book.applySnapshot(new Float64Array(pool), 0, 2, 1)
      expect([book.status, book.refused, book.depth(0)], `${pool}`).toEqual(['unknown', 1, 0])
    }
    const updates: [number, number][] = [
      [0, 1],
      [-5, 1],
      [2 ** 32, 1],
      [1.5, 1],
      [Number.NaN, 1],
      [5, -1],
      [5, Number.NaN],
      [5, Number.POSITIVE_INFINITY],
      [5, 0.5],
    ]
    for (const [price, quantity] of updates) {
      const book = sample()
      expect(book.applyDelta(0, price, quantity)).toBe(0)
      expect([book.status, book.refused], `${price} ${quantity}`).toEqual(['gapped', 1])
    }
  })

  it('asserts its options and the range of a level', () => {
    expect(() => new OrderBook({ levels: -1 })).toThrow(AssertionFailure)
    expect(() => new OrderBook({ levels: 0, capacity: 0 })).toThrow(/at least the 1 levels/)
    expect(() => new OrderBook({ levels: 5, capacity: 4 })).toThrow(/at least the 5 levels/)
    expect(() => sample().priceAt(0, 3)).toThrow(/no level 3/)
    expect(() => sample().quantityAt(1, -1)).toThrow(/no level -1/)
  })
})
