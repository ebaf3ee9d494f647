import { describe, expect, it } from 'vitest'
import { TestVenue, testInstrument } from './test-kit.ts'

/** A bid of 10 lots rests at 1000 in a book of 995 to 1005. */
function resting(): TestVenue {
  const venue = new TestVenue({ arrivalMatch: 'current' })
  venue.book(1, [995, 50], [1005, 50])
  venue.submit(2, { id: 'old', side: 'buy', price: 1000, quantity: 10 })
  venue.advance(2)
  expect(venue.heard()).toEqual(['old accepted'])
  return venue
}

describe('a replaced order', () => {
  it('ends in the instant in which the new one rests, which waits at the end of its queue', () => {
    const venue = resting()
    venue.replace(3, 'old', { id: 'new', side: 'buy', price: 1001, quantity: 10 })
    venue.advance(3)
    expect(venue.heard()).toEqual(['old canceled', 'new accepted'])
    expect(venue.exchange.openOrders(0).map(({ clientOrderId }) => clientOrderId)).toEqual(['new'])
  })

  it('that filled meanwhile leaves the new one so much less', () => {
    const venue = resting()
    venue.replace(5, 'old', { id: 'new', side: 'buy', price: 1001, quantity: 10 })
    venue.trade(4, 'sell', 1000, 4)
    venue.advance(6)
    expect(venue.heard()).toEqual(['old maker 4 @ 1000', 'old canceled', 'new accepted'])
    expect(venue.exchange.openOrders(0)[0]!.leavesQuantity).toBe(6)
  })

  it('whose fills were known is replaced by what was asked for', () => {
    const venue = resting()
    venue.trade(4, 'sell', 1000, 4)
    venue.replace(5, 'old', { id: 'new', side: 'buy', price: 1001, quantity: 6 }, 4)
    venue.advance(6)
    expect(venue.exchange.openOrders(0)[0]!.leavesQuantity).toBe(6)
  })

  it('that is gone is not replaced: both are told of', () => {
    const venue = resting()
    venue.trade(4, 'sell', 999, 10)
    venue.replace(5, 'old', { id: 'new', side: 'buy', price: 1001, quantity: 10 })
    venue.advance(6)
    expect(venue.heard()).toEqual([
      'old maker 10 @ 1000',
      'new rejected other',
      'old cancelRejected other',
    ])
  })

  it('rests on, with its place in the queue, when the new one may not be', () => {
    const venue = resting()
    const wrong = { id: 'new', side: 'buy', price: 1006, quantity: 10, postOnly: true } as const
    venue.replace(3, 'old', wrong)
    venue.replace(4, 'old', { ...wrong, id: 'sell', side: 'sell', postOnly: false })
    venue.replace(5, 'old', { ...wrong, id: 'old', postOnly: false })
    venue.replace(6, 'old', { ...wrong, id: 'huge', postOnly: false, quantity: 1e12 })
    venue.advance(7)
    expect(venue.heard()).toEqual([
      'new rejected postOnlyWouldCross',
      'old cancelRejected postOnlyWouldCross',
      'sell rejected other',
      'old cancelRejected other',
      'old rejected other',
      'old cancelRejected other',
      'huge rejected insufficientMargin',
      'old cancelRejected insufficientMargin',
    ])
    venue.trade(8, 'sell', 1000, 10)
    expect(venue.heard()).toEqual(['old maker 10 @ 1000'])
  })

  it('frees what it held back for the new one', () => {
    const spot = testInstrument({ kind: 'spot', longOnly: true, maximumLeverage: 1 })
    // 10 lots at 100.0 cost 1; all the cash is in the resting order.
    const venue = new TestVenue({ arrivalMatch: 'current', instruments: [spot] }, 100_100_000n)
    venue.book(1, [995, 50], [1005, 50])
    venue.submit(2, { id: 'old', side: 'buy', price: 1000, quantity: 10 })
    venue.submit(3, { id: 'more', side: 'buy', price: 1000, quantity: 10 })
    venue.replace(4, 'old', { id: 'new', side: 'buy', price: 1000, quantity: 10 })
    venue.advance(5)
    expect(venue.heard()).toEqual([
      'old accepted',
      'more rejected insufficientMargin',
      'old canceled',
      'new accepted',
    ])
  })

  it('survives a restart on its way', () => {
    const venue = resting()
    venue.replace(50, 'old', { id: 'new', side: 'buy', price: 1001, quantity: 10 })
    venue.restart()
    venue.advance(60)
    expect(venue.heard()).toEqual(['old canceled', 'new accepted'])
  })
})
