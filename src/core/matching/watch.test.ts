import { describe, expect, it } from 'vitest'
import { OrderBook } from '../book/order-book.ts'
import { joinQueue, nowhereInQueue, type QueuePlace } from './queue-position.ts'
import { testInstrument } from './test-kit.ts'
import { insertResting, VENUE_BOOK, VenueMarket } from './venue-market.ts'
import { createVenueOrder, type SideIndex } from './venue-order.ts'
import { watchPrices } from './watch.ts'

/** Bids 100 and 99, asks 103 and 104. */
function market(): VenueMarket {
  const book = new OrderBook(VENUE_BOOK)
  book.applySnapshot(Float64Array.of(100, 5, 99, 5, 103, 5, 104, 5), 0, 2, 2)
  return new VenueMarket(testInstrument(), book)
}

function rest(into: VenueMarket, side: SideIndex, price: number, place: QueuePlace): void {
  const order = { side: side === 0 ? 'buy' : 'sell', price, quantity: 1 } as never
  insertResting(into, side, Object.assign(createVenueOrder(0, 1, order, 0), { place }))
}

describe('the prices that orders of a market watch', () => {
  it('are the lowest and the highest of each side, and none of a side without orders', () => {
    const given = market()
    const watches = new Int32Array(4)
    rest(given, 0, 100, joinQueue(5, 5))
    rest(given, 0, 97, joinQueue(0, 0))
    expect(watchPrices(given, watches)).toBe(true)
    expect([...watches]).toEqual([97, 100, 0x7fffffff, 0])
  })

  it('hold levels that liquidity was taken from', () => {
    const given = market()
    const watches = new Int32Array(4)
    given.consumed.take(1, 103, 5, 2)
    expect(watchPrices(given, watches)).toBe(true)
    expect([...watches]).toEqual([0x7fffffff, 0, 103, 103])
  })

  it('do not say it all while an order waits, has no known place or is crossed by the book', () => {
    const watches = new Int32Array(4)
    const unseen = market()
    rest(unseen, 1, 110, nowhereInQueue())
    expect(watchPrices(unseen, watches)).toBe(false)
    const crossed = market()
    rest(crossed, 1, 100, joinQueue(0, 0))
    expect(watchPrices(crossed, watches)).toBe(false)
    const awaited = market()
    awaited.waiting.push(createVenueOrder(0, 1, { price: 90 } as never, 0))
    expect(watchPrices(awaited, watches)).toBe(false)
  })
})
