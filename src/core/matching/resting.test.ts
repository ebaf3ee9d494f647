import { describe, expect, it } from 'vitest'
import type { QueueModel } from './options.ts'
import { TestVenue } from './test-kit.ts'

const bids = [999, 50, 998, 10, 997, 10]
const asks = [1001, 5, 1002, 10, 1003, 10]
const models = ['conservative', 'proRata', 'optimistic'] as const

/** A venue where a buy of 10 rests at 999 behind 50 displayed lots. */
function queued(queueModel: QueueModel = 'conservative'): TestVenue {
  const venue = new TestVenue({ queueModel })
  venue.submit(100, { id: 'a', side: 'buy', price: 999, quantity: 10 })
  venue.book(110, bids, asks)
  expect(venue.heard()).toEqual(['a accepted'])
  return venue
}

describe('a resting order', () => {
  it('is filled by what trades at its price spill over the queue before it', () => {
    const venue = queued()
    venue.trade(120, 'sell', 999, 49)
    expect(venue.heard()).toEqual([])
    venue.trade(121, 'sell', 999, 4)
    expect(venue.heard()).toEqual(['a maker 3 @ 999'])
    venue.trade(122, 'sell', 999, 100)
    expect(venue.heard()).toEqual(['a maker 7 @ 999'])
    expect(venue.exchange.openOrders(0)).toEqual([])
  })

  it('is not concerned by buyers at its price, nor by trades above it', () => {
    const venue = queued('optimistic')
    venue.trade(120, 'buy', 999, 500)
    venue.trade(121, 'sell', 1000, 500)
    expect(venue.heard()).toEqual([])
  })

  it('at a new best price is first in the queue', () => {
    const venue = new TestVenue()
    venue.submit(100, { id: 'a', side: 'buy', price: 1000, quantity: 10 })
    venue.book(110, bids, asks)
    venue.trade(120, 'sell', 1000, 4)
    expect(venue.heard()).toEqual(['a accepted', 'a maker 4 @ 1000'])
  })

  it('takes cancellations to be behind it under the conservative model', () => {
    const venue = queued('conservative')
    venue.delta(120, 'bid', 999, 40)
    venue.trade(130, 'sell', 999, 40)
    expect(venue.heard()).toEqual([])
    venue.trade(131, 'sell', 999, 1)
    expect(venue.heard()).toEqual(['a maker 1 @ 999'])
  })

  it('never has more before it than is displayed', () => {
    const venue = queued('conservative')
    venue.delta(120, 'bid', 999, 8)
    venue.delta(121, 'bid', 999, 80)
    venue.trade(130, 'sell', 999, 9)
    expect(venue.heard()).toEqual(['a maker 1 @ 999'])
  })

  it('shares cancellations out evenly under the pro-rata model', () => {
    const venue = queued('proRata')
    venue.delta(120, 'bid', 999, 80)
    venue.delta(121, 'bid', 999, 40) // half of 80 leaves: 25 of 50 ahead are left
    venue.trade(130, 'sell', 999, 26)
    expect(venue.heard()).toEqual(['a maker 1 @ 999'])
  })

  it('takes cancellations to be before it under the optimistic model', () => {
    const venue = queued('optimistic')
    venue.delta(120, 'bid', 999, 80)
    venue.delta(121, 'bid', 999, 40) // 40 leave: 10 of 50 ahead are left
    venue.trade(130, 'sell', 999, 11)
    expect(venue.heard()).toEqual(['a maker 1 @ 999'])
  })

  it.each(models)('nets a trade out of the decrease that follows it (%s)', (model) => {
    const venue = queued(model)
    venue.trade(120, 'sell', 999, 20)
    venue.delta(121, 'bid', 999, 30)
    venue.trade(130, 'sell', 999, 30)
    expect(venue.heard()).toEqual([])
    venue.trade(131, 'sell', 999, 1)
    expect(venue.heard()).toEqual(['a maker 1 @ 999'])
  })

  it.each(models)('nets it out also when the book came first (%s)', (model) => {
    const venue = queued(model)
    venue.book(120, [999, 30, 998, 10], asks)
    venue.trade(120, 'sell', 999, 20)
    venue.trade(130, 'sell', 999, 30)
    expect(venue.heard()).toEqual([])
    venue.trade(131, 'sell', 999, 1)
    expect(venue.heard()).toEqual(['a maker 1 @ 999'])
  })

  it('keeps its place while its level is outside the published depth', () => {
    const venue = queued('optimistic')
    venue.book(120, [1005, 1, 1004, 1], [1006, 1])
    venue.book(130, bids, asks)
    venue.trade(140, 'sell', 999, 50)
    expect(venue.heard()).toEqual([])
    venue.trade(141, 'sell', 999, 1)
    expect(venue.heard()).toEqual(['a maker 1 @ 999'])
  })

  it('beyond the published depth counts whatever it finds there as before it', () => {
    const venue = new TestVenue({ queueModel: 'optimistic' })
    venue.submit(100, { id: 'a', side: 'buy', price: 990, quantity: 10 })
    venue.book(110, bids, asks)
    venue.trade(115, 'sell', 990, 100)
    venue.book(120, [991, 1, 990, 20], [992, 1])
    venue.trade(130, 'sell', 990, 21)
    expect(venue.heard()).toEqual(['a accepted', 'a maker 1 @ 990'])
  })

  it('lets trades at its price explain nothing while the level could not be seen', () => {
    const venue = new TestVenue({ queueModel: 'optimistic' })
    venue.submit(100, { id: 'a', side: 'buy', price: 990, quantity: 10 })
    venue.book(110, bids, asks)
    venue.trade(115, 'sell', 990, 100)
    venue.book(120, [991, 1, 990, 20], [992, 1])
    venue.delta(121, 'bid', 990, 5)
    venue.trade(130, 'sell', 990, 6)
    expect(venue.heard()).toEqual(['a accepted', 'a maker 1 @ 990'])
  })

  it('nets out every trade of an instant that has several, each before its update', () => {
    const venue = queued('optimistic')
    venue.trade(120, 'sell', 999, 20, 101)
    venue.delta(120, 'bid', 999, 30)
    venue.trade(120, 'sell', 999, 10, 102)
    venue.delta(120, 'bid', 999, 20)
    venue.trade(130, 'sell', 999, 21)
    expect(venue.heard()).toEqual(['a maker 1 @ 999'])
  })

  it('gives back a decrease once when several late trades explain it', () => {
    const venue = queued('optimistic')
    venue.book(120, [999, 30, 998, 10], asks)
    venue.trade(120, 'sell', 999, 10)
    venue.trade(120, 'sell', 999, 10)
    venue.trade(130, 'sell', 999, 31)
    expect(venue.heard()).toEqual(['a maker 1 @ 999'])
  })

  it('does not queue behind what the simulation itself took from its level', () => {
    const venue = new TestVenue({ arrivalMatch: 'current' })
    venue.book(100, bids, asks)
    venue.submit(100, { id: 's', side: 'sell', price: 999, quantity: 30, timeInForce: 'ioc' })
    venue.submit(101, { id: 'a', side: 'buy', price: 999, quantity: 10 })
    venue.advance(101)
    venue.reports()
    venue.trade(110, 'sell', 999, 21)
    expect(venue.heard()).toEqual(['a maker 1 @ 999'])
  })

  it('ignores trades that its own starting state already contains', () => {
    const venue = queued()
    venue.trade(105, 'sell', 998, 5)
    venue.trade(110, 'sell', 998, 5)
    expect(venue.heard()).toEqual([])
  })

  it('shares one trade among orders by price, then age', () => {
    const venue = new TestVenue({ arrivalMatch: 'current' })
    venue.book(100, [990, 5], [1010, 5])
    venue.submit(101, { id: 'late', side: 'buy', price: 1000, quantity: 4 })
    venue.submit(102, { id: 'later', side: 'buy', price: 1000, quantity: 4 })
    venue.submit(103, { id: 'best', side: 'buy', price: 1001, quantity: 4 })
    venue.advance(103)
    venue.reports()
    venue.trade(110, 'sell', 1000, 7)
    expect(venue.heard()).toEqual(['best maker 4 @ 1001', 'late maker 3 @ 1000'])
  })
})

describe('a trade through the price of a resting order', () => {
  it.each([
    ['conservative', 'a maker 6 @ 999'],
    ['proRata', 'a maker 6 @ 999'],
    ['optimistic', 'a maker 10 @ 999'],
  ] as const)('fills it at its price (%s)', (model, words) => {
    const venue = queued(model)
    venue.trade(120, 'sell', 998, 6)
    expect(venue.heard()).toEqual([words])
  })

  it('fills a passive order that no book state has met yet', () => {
    const venue = new TestVenue()
    venue.book(100, bids, asks)
    venue.submit(105, { id: 'a', side: 'buy', price: 999, quantity: 10 })
    venue.trade(106, 'sell', 999, 500)
    expect(venue.heard()).toEqual([])
    venue.trade(107, 'sell', 998, 4)
    expect(venue.heard()).toEqual(['a accepted', 'a maker 4 @ 999'])
  })

  it('leaves an order waiting while no book is known', () => {
    const venue = new TestVenue()
    venue.submit(105, { id: 'a', side: 'buy', price: 1100, quantity: 4 })
    venue.trade(106, 'sell', 998, 4)
    expect(venue.heard()).toEqual([])
  })

  it('leaves an order waiting that would take by the last known book', () => {
    const venue = new TestVenue()
    venue.book(100, bids, asks)
    venue.submit(105, { id: 'a', side: 'buy', price: 1100, quantity: 4 })
    venue.trade(106, 'sell', 998, 4)
    expect(venue.heard()).toEqual([])
    venue.book(110, bids, asks)
    expect(venue.heard()).toEqual(['a accepted', 'a taker 4 @ 1001'])
  })
})

describe('a book that moves through the price of a resting order', () => {
  it.each([
    ['conservative', 'a maker 6 @ 999'],
    ['proRata', 'a maker 6 @ 999'],
    ['optimistic', 'a maker 10 @ 999'],
  ] as const)('fills it at its price (%s)', (model, words) => {
    const venue = queued(model)
    venue.book(120, [997, 10], [998, 2, 999, 4, 1000, 50])
    expect(venue.heard()).toEqual([words])
  })

  it('fills it once: the same liquidity is gone afterwards', () => {
    const venue = queued()
    venue.book(120, [997, 10], [998, 6, 1000, 50])
    venue.book(121, [997, 11], [998, 6, 1000, 51])
    expect(venue.heard()).toEqual(['a maker 6 @ 999'])
    venue.book(122, [997, 11], [998, 7, 1000, 51])
    expect(venue.heard()).toEqual(['a maker 4 @ 999'])
  })

  it('fills nothing while it is crossed itself', () => {
    const venue = queued('optimistic')
    venue.book(120, [1000, 5], [998, 5])
    expect(venue.heard()).toEqual([])
  })

  it('does so for sells as well, with deltas', () => {
    const venue = new TestVenue()
    venue.submit(100, { id: 'a', side: 'sell', price: 1001, quantity: 10 })
    venue.book(110, bids, asks)
    venue.delta(120, 'ask', 1001, 0)
    venue.delta(120, 'bid', 1001, 3)
    expect(venue.heard()).toEqual(['a accepted', 'a maker 3 @ 1001'])
  })
})

describe('records of the past', () => {
  it('are ignored and counted: repeated trade ids and history frames', () => {
    const venue = queued()
    venue.trade(120, 'sell', 999, 30, 7)
    venue.trade(120, 'sell', 999, 30, 7)
    venue.trade(119, 'sell', 999, 30, 8)
    venue.book(109, [999, 1], asks)
    venue.delta(109, 'bid', 999, 1)
    venue.trade(121, 'sell', 999, 20, 9)
    expect(venue.heard()).toEqual([])
    expect(venue.exchange.ignoredRecords()).toEqual({ duplicateTrades: 1, historyFrames: 3 })
    venue.trade(121, 'sell', 999, 1, 10)
    expect(venue.heard()).toEqual(['a maker 1 @ 999'])
  })
})
