import { describe, expect, it } from 'vitest'
import type { Instrument } from '../domain/instrument.ts'
import { MONEY_UNIT, quantity } from '../domain/units.ts'
import { type OrderWords, TestVenue, testInstrument } from './test-kit.ts'

const bids = [999, 50, 998, 10]
const asks = [1001, 50, 1002, 10]

function market(changes: Partial<Instrument> = {}, balance = 10_000_000n * MONEY_UNIT): TestVenue {
  const instruments = [testInstrument(changes)]
  const venue = new TestVenue({ instruments, arrivalMatch: 'current' }, balance)
  venue.book(100, bids, asks)
  return venue
}

function say(venue: TestVenue, words: OrderWords): string[] {
  venue.submit(venue.exchange.now, words)
  venue.advance(venue.exchange.now)
  return venue.heard()
}

const buy = { id: 'a', side: 'buy', price: 1000, quantity: 10 } as const
const hold = (venue: TestVenue, lots: number) =>
  say(venue, { id: 'hold', side: 'buy', price: 1001, quantity: lots, timeInForce: 'ioc' })

describe('the form of an order', () => {
  it.each([
    ['a price between ticks', { price: 1003 }, 'tick'],
    ['a price of zero', { price: 0 }, 'tick'],
    ['a price that is no number', { price: Number.NaN }, 'tick'],
    ['an endless price', { price: Number.POSITIVE_INFINITY }, 'tick'],
    ['less than the smallest quantity', { quantity: 4 }, 'lot'],
    ['a broken lot', { quantity: 10.5 }, 'lot'],
    ['an instrument that does not exist', { instrument: 3 }, 'unknownInstrument'],
    ['too small a value', { quantity: 9 }, 'minimumNotional'],
  ] as const)('is refused with %s', (_, change, code) => {
    const venue = market({
      priceRule: { kind: 'tick', quanta: 5 },
      minimumQuantity: quantity(5),
      minimumNotional: MONEY_UNIT,
    })
    expect(say(venue, { ...buy, ...change })).toEqual([`a rejected ${code}`])
    expect(say(venue, buy)).toEqual(['a accepted'])
  })

  it('is refused under a client order id that is in use', () => {
    const venue = market()
    expect(say(venue, buy)).toEqual(['a accepted'])
    expect(say(venue, buy)).toEqual(['a rejected other'])
    expect(venue.exchange.openOrders(0)).toHaveLength(1)
  })

  it('may fall below the minimum notional when it is reduce-only', () => {
    const venue = market({ minimumNotional: 10n * MONEY_UNIT })
    hold(venue, 200)
    const exit = { id: 'x', side: 'sell', price: 999, quantity: 1, timeInForce: 'ioc' } as const
    expect(say(venue, exit)).toEqual(['x rejected minimumNotional'])
    expect(say(venue, { ...exit, reduceOnly: true })).toEqual(['x accepted', 'x taker 1 @ 999'])
  })
})

describe('post-only', () => {
  it('is rejected when it would trade at once and rests otherwise', () => {
    const venue = market()
    const words = { ...buy, postOnly: true }
    expect(say(venue, { ...words, price: 1001 })).toEqual(['a rejected postOnlyWouldCross'])
    expect(say(venue, words)).toEqual(['a accepted'])
  })

  it('does not see liquidity that is gone', () => {
    const venue = market()
    hold(venue, 50)
    expect(say(venue, { ...buy, price: 1001, postOnly: true })).toEqual(['a accepted'])
  })

  it('is rejected against another account’s resting order', () => {
    const venue = market()
    venue.exchange.addAccount(1000n * MONEY_UNIT)
    say(venue, { id: 'other', side: 'sell', price: 1000, quantity: 1, account: 1 })
    expect(say(venue, { ...buy, postOnly: true })).toEqual(['a rejected postOnlyWouldCross'])
  })
})

describe('reduce-only', () => {
  const exit = { id: 'x', side: 'sell', price: 999, quantity: 25, reduceOnly: true } as const

  it('is rejected without a position to reduce', () => {
    const venue = market()
    expect(say(venue, exit)).toEqual(['x rejected reduceOnlyWouldIncrease'])
    hold(venue, 5)
    const wrong = say(venue, { ...exit, side: 'buy', price: 1001 })
    expect(wrong).toEqual(['x rejected reduceOnlyWouldIncrease'])
  })

  it('stops at zero and never turns the position', () => {
    const venue = market()
    hold(venue, 20)
    expect(say(venue, exit)).toEqual([
      'x accepted',
      'x taker 20 @ 999',
      'x canceled reduceOnlyWouldIncrease',
    ])
    expect(venue.exchange.position(0, 0)).toBe(0)
  })

  it('is bounded by the position when it rests', () => {
    const venue = market()
    hold(venue, 20)
    expect(say(venue, { ...exit, price: 1000 })).toEqual(['x accepted'])
    venue.trade(200, 'buy', 1000, 100)
    expect(venue.heard()).toEqual(['x maker 20 @ 1000', 'x canceled reduceOnlyWouldIncrease'])
  })

  it('is canceled when it rests and something else closes the position', () => {
    const venue = market()
    hold(venue, 20)
    say(venue, { ...exit, price: 1005 })
    const close = { id: 'c', side: 'sell', price: 999, quantity: 20, timeInForce: 'ioc' } as const
    expect(say(venue, close)).toEqual([
      'c accepted',
      'c taker 20 @ 999',
      'x canceled reduceOnlyWouldIncrease',
    ])
  })
})

describe('a longs-only instrument', () => {
  const spot = { kind: 'spot', longOnly: true, maximumLeverage: 1 } as const

  it('sells only what is held and not offered already', () => {
    const venue = market(spot)
    const offer = { id: 's', side: 'sell', price: 1005, quantity: 20 } as const
    expect(say(venue, offer)).toEqual(['s rejected insufficientMargin'])
    hold(venue, 30)
    expect(say(venue, offer)).toEqual(['s accepted'])
    expect(say(venue, { ...offer, id: 't' })).toEqual(['t rejected insufficientMargin'])
    expect(say(venue, { ...offer, id: 't', quantity: 10 })).toEqual(['t accepted'])
  })

  it('moves cash by the notional and the fee', () => {
    const venue = market(spot, 10n * MONEY_UNIT)
    hold(venue, 10) // 10 x 0.001 x 100.1 = 1.001, fee 4.5 bp
    expect(venue.exchange.balance(0)).toBe(10_0000_0000n - 1_0010_0000n - 45_000n)
    expect(venue.exchange.equity(0)).toBe(venue.exchange.balance(0) + 1_0000_0000n)
  })

  it('refuses to spend more cash than there is', () => {
    const venue = market(spot, MONEY_UNIT)
    expect(say(venue, { ...buy, quantity: 10 })).toEqual(['a rejected insufficientMargin'])
    expect(say(venue, { ...buy, quantity: 9 })).toEqual(['a accepted'])
    expect(say(venue, { ...buy, id: 'b', quantity: 1 })).toEqual(['b rejected insufficientMargin'])
  })
})

describe('margin', () => {
  it('limits exposure to the equity times the leverage, orders included', () => {
    const venue = market({ maximumLeverage: 5 }, 10n * MONEY_UNIT) // 500 lots at 100.0 = 50
    expect(say(venue, { ...buy, quantity: 501 })).toEqual(['a rejected insufficientMargin'])
    expect(say(venue, { ...buy, price: 990, quantity: 450 })).toEqual(['a accepted'])
    expect(say(venue, { ...buy, id: 'b', quantity: 60 })).toEqual(['b rejected insufficientMargin'])
    const hedge = { id: 's', side: 'sell', price: 1005, quantity: 450 } as const
    expect(say(venue, hedge)).toEqual(['s accepted'])
  })

  it('never stands in the way of an order that reduces', () => {
    const venue = market({ maximumLeverage: 5 }, 10n * MONEY_UNIT)
    venue.book(150, [999, 500], [1001, 500])
    hold(venue, 400)
    venue.book(200, [499, 500], [501, 500])
    const equity = 10 - 0.4 * (100.1 - 50) - 0.4 * 100.1 * 0.00045
    expect(Number(venue.exchange.equity(0)) / 1e8).toBeCloseTo(equity, 8)
    const more = say(venue, { ...buy, price: 499, quantity: 1 })
    expect(more).toEqual(['a rejected insufficientMargin'])
    const exit = { id: 'x', side: 'sell', price: 499, quantity: 300, timeInForce: 'ioc' } as const
    expect(say(venue, exit)).toEqual(['x accepted', 'x taker 300 @ 499'])
  })
})

describe('a cancel', () => {
  it('ends a resting order, and one that still waits for its first state', () => {
    const venue = new TestVenue({ entryLatencyUs: 10 })
    venue.book(100, bids, asks)
    venue.submit(100, { ...buy, id: 'waits' })
    venue.cancel(105, 'waits')
    venue.advance(115)
    expect(venue.heard()).toEqual(['waits canceled'])
    venue.submit(115, buy)
    venue.book(125, bids, asks)
    venue.cancel(125, 'a')
    venue.advance(134)
    expect(venue.heard()).toEqual(['a accepted'])
    venue.advance(135)
    expect(venue.heard()).toEqual(['a canceled'])
  })

  it('is refused for an order that is unknown or closed', () => {
    const venue = market()
    say(venue, { ...buy, price: 1001, timeInForce: 'ioc' })
    venue.cancel(100, 'a')
    venue.cancel(100, 'never')
    venue.advance(100)
    expect(venue.heard()).toEqual(['a cancelRejected other', 'never cancelRejected other'])
  })

  it('finds an order also by the venue’s own id', () => {
    const venue = market()
    say(venue, buy)
    const cancel = { clientOrderId: '', instrument: 0, venueOrderId: '1' }
    venue.exchange.cancel(0, cancel, 100)
    venue.advance(100)
    expect(venue.heard()).toEqual(['a canceled'])
  })
})

describe('an order', () => {
  it('can be found from its submission to its end', () => {
    const venue = new TestVenue({ entryLatencyUs: 10 })
    const place = () => venue.exchange.findOrder(0, 'a')
    venue.book(100, bids, asks)
    expect(place()).toBeNull()
    venue.submit(100, buy)
    expect(place()).toBe('arriving')
    venue.advance(110)
    expect(place()).toBe('waiting')
    venue.book(120, bids, asks)
    expect(place()).toBe('resting')
    venue.trade(130, 'sell', 1000, 10)
    expect(place()).toBeNull()
  })

  it('is not listed as open while it could only be taken at once or not at all', () => {
    const venue = new TestVenue()
    venue.submit(100, { ...buy, timeInForce: 'ioc' })
    venue.advance(100)
    expect(venue.exchange.findOrder(0, 'a')).toBe('waiting')
    expect(venue.exchange.openOrders(0)).toEqual([])
  })
})
