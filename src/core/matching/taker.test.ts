import { describe, expect, it } from 'vitest'
import { TestVenue } from './test-kit.ts'

const bids = [999, 5, 998, 10, 997, 10]
const asks = [1001, 5, 1002, 10, 1003, 10]

describe('an arriving order', () => {
  it('waits for the first book state at or after its arrival', () => {
    const venue = new TestVenue({ entryLatencyUs: 50 })
    venue.book(100, bids, asks)
    venue.submit(100, { id: 'a', side: 'buy', price: 1001, quantity: 3, timeInForce: 'ioc' })
    venue.book(149, bids, [1000, 5])
    expect(venue.heard()).toEqual([])
    venue.book(150, bids, asks)
    expect(venue.heard()).toEqual(['a accepted', 'a taker 3 @ 1001'])
  })

  it('meets the book as it stands when the book is authoritative', () => {
    const venue = new TestVenue({ entryLatencyUs: 50, arrivalMatch: 'current' })
    venue.book(100, bids, asks)
    venue.submit(100, { id: 'a', side: 'buy', price: 1001, quantity: 3, timeInForce: 'ioc' })
    venue.advance(149)
    expect(venue.heard()).toEqual([])
    venue.advance(150)
    expect(venue.heard()).toEqual(['a accepted', 'a taker 3 @ 1001'])
  })

  it('arriving at the time of a record comes before it', () => {
    const venue = new TestVenue({ arrivalMatch: 'current' })
    venue.book(100, bids, asks)
    venue.submit(150, { id: 'a', side: 'buy', price: 1001, quantity: 3, timeInForce: 'ioc' })
    venue.delta(150, 'ask', 1001, 0)
    expect(venue.heard()).toEqual(['a accepted', 'a taker 3 @ 1001'])
  })

  it('may be matched against a state of the very instant of its arrival', () => {
    const venue = new TestVenue()
    venue.book(100, bids, asks)
    venue.submit(100, { id: 'a', side: 'buy', price: 1001, quantity: 3, timeInForce: 'ioc' })
    venue.advance(101)
    expect(venue.heard()).toEqual(['a accepted', 'a taker 3 @ 1001'])
  })

  it('waits until an update of many deltas is complete', () => {
    const venue = new TestVenue()
    venue.book(100, bids, asks)
    venue.submit(110, { id: 'a', side: 'buy', price: 1002, quantity: 8, timeInForce: 'ioc' })
    venue.delta(120, 'bid', 998, 7)
    venue.delta(120, 'ask', 1001, 0)
    expect(venue.heard()).toEqual([])
    expect(venue.exchange.nextActivityTime()).toBe(121)
    venue.advance(121)
    expect(venue.heard()).toEqual(['a accepted', 'a taker 8 @ 1002'])
  })

  it('is not matched against a state that is late and older than its arrival', () => {
    const venue = new TestVenue()
    venue.submit(1000, { id: 'a', side: 'buy', price: 1001, quantity: 1, timeInForce: 'ioc' })
    venue.advance(1000)
    venue.book(900, bids, asks)
    venue.delta(950, 'ask', 1001, 4)
    venue.advance(1001)
    expect(venue.heard()).toEqual([])
    venue.book(1002, bids, asks)
    expect(venue.heard()).toEqual(['a accepted', 'a taker 1 @ 1001'])
  })

  it('does not trade on a crossed book', () => {
    const venue = new TestVenue()
    venue.submit(100, { id: 'a', side: 'buy', price: 1002, quantity: 1, timeInForce: 'ioc' })
    venue.book(110, [1005, 1], [1001, 1])
    expect(venue.heard()).toEqual([])
    venue.book(120, [1000, 1], [1001, 1])
    expect(venue.heard()).toEqual(['a accepted', 'a taker 1 @ 1001'])
  })

  it('is reported after the response latency, and not before', () => {
    const venue = new TestVenue({ entryLatencyUs: 50, responseLatencyUs: 30 })
    venue.submit(100, { id: 'a', side: 'buy', price: 1001, quantity: 3, timeInForce: 'ioc' })
    expect(venue.exchange.nextActivityTime()).toBe(150)
    venue.book(200, bids, asks)
    expect(venue.exchange.nextReportTime()).toBe(230)
    expect(venue.exchange.takeReports(229, 0)).toEqual([])
    const reports = venue.exchange.takeReports(230, 0)
    expect(reports.map(({ receivedTime }) => receivedTime)).toEqual([230, 230])
    expect(venue.exchange.nextActivityTime()).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('a taker', () => {
  const current = () => {
    const venue = new TestVenue({ arrivalMatch: 'current' })
    venue.book(100, bids, asks)
    return venue
  }

  it('walks the book level by level and stops at its limit', () => {
    const venue = current()
    venue.submit(100, { id: 'a', side: 'buy', price: 1002, quantity: 40, timeInForce: 'ioc' })
    venue.advance(100)
    const said = ['a accepted', 'a taker 5 @ 1001', 'a taker 10 @ 1002', 'a canceled']
    expect(venue.heard()).toEqual(said)
    expect(venue.exchange.position(0, 0)).toBe(15)
    expect(venue.exchange.averageEntryPrice(0, 0)).toBeCloseTo(1001.667, 3)
  })

  it('that meets nothing is rejected', () => {
    const venue = current()
    venue.submit(100, { id: 'a', side: 'buy', price: 1000, quantity: 1, timeInForce: 'ioc' })
    venue.advance(100)
    expect(venue.heard()).toEqual(['a rejected iocNoMatch'])
  })

  it('rests what a good-till-canceled order does not take', () => {
    const venue = current()
    venue.submit(100, { id: 'a', side: 'sell', price: 999, quantity: 7 })
    venue.advance(100)
    expect(venue.heard()).toEqual(['a accepted', 'a taker 5 @ 999'])
    const open = { clientOrderId: 'a', venueOrderId: '1', leavesQuantity: 2, side: 'sell' }
    expect(venue.exchange.openOrders(0)).toMatchObject([open])
  })

  const sweep = (venue: TestVenue, time: number, id: string) => {
    venue.submit(time, { id, side: 'buy', price: 1001, quantity: 5, timeInForce: 'ioc' })
    venue.advance(time)
    return venue.heard()
  }

  it('finds liquidity gone that it took', () => {
    const venue = current()
    expect(sweep(venue, 100, 'a')).toEqual(['a accepted', 'a taker 5 @ 1001'])
    expect(sweep(venue, 110, 'b')).toEqual(['b rejected iocNoMatch'])
  })

  it('finds it still gone after a snapshot that repeats the level and changes others', () => {
    const venue = current()
    sweep(venue, 100, 'a')
    venue.book(110, bids, [1001, 5, 1002, 77])
    expect(sweep(venue, 120, 'b')).toEqual(['b rejected iocNoMatch'])
  })

  it('finds liquidity again once a snapshot shows the level with another quantity', () => {
    const venue = current()
    sweep(venue, 100, 'a')
    venue.book(110, bids, [1001, 6])
    expect(sweep(venue, 120, 'b')).toEqual(['b accepted', 'b taker 5 @ 1001'])
  })

  it('finds liquidity again once a delta names the level, also with the same quantity', () => {
    const venue = current()
    sweep(venue, 100, 'a')
    venue.delta(110, 'ask', 1001, 5)
    expect(sweep(venue, 120, 'b')).toEqual(['b accepted', 'b taker 5 @ 1001'])
  })

  it('never meets the account’s own order: the resting one is canceled', () => {
    const venue = current()
    venue.submit(100, { id: 'rest', side: 'sell', price: 1000, quantity: 4 })
    venue.submit(101, { id: 'take', side: 'buy', price: 1001, quantity: 5, timeInForce: 'ioc' })
    venue.advance(101)
    const said = [
      'rest accepted',
      'rest canceled selfTrade',
      'take accepted',
      'take taker 5 @ 1001',
    ]
    expect(venue.heard()).toEqual(said)
  })

  it('trades with another account’s resting order by price, then by its place in the queue', () => {
    const venue = current()
    venue.exchange.addAccount(10_000_000_00000000n)
    venue.submit(100, { id: 'inside', side: 'sell', price: 1000, quantity: 2, account: 1 })
    venue.submit(100, { id: 'behind', side: 'sell', price: 1001, quantity: 9, account: 1 })
    venue.submit(101, { id: 'take', side: 'buy', price: 1001, quantity: 10, timeInForce: 'ioc' })
    venue.advance(101)
    expect(venue.heard()).toEqual([
      'take accepted',
      'take taker 2 @ 1000',
      'take taker 5 @ 1001',
      'take taker 3 @ 1001',
    ])
    expect(venue.heard(1)).toEqual([
      'inside accepted',
      'behind accepted',
      'inside maker 2 @ 1000',
      'behind maker 3 @ 1001',
    ])
    expect(venue.exchange.position(1, 0)).toBe(-5)
  })

  it('shortens the queue before other accounts’ orders that it does not reach', () => {
    const venue = current()
    venue.exchange.addAccount(10_000_000_00000000n)
    venue.submit(100, { id: 'rest', side: 'sell', price: 1001, quantity: 9, account: 1 })
    venue.submit(101, { id: 'take', side: 'buy', price: 1001, quantity: 3, timeInForce: 'ioc' })
    venue.advance(101)
    venue.trade(110, 'buy', 1001, 3)
    expect(venue.heard(1)).toEqual(['rest accepted', 'rest maker 1 @ 1001'])
  })
})
