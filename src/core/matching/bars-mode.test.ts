import { describe, expect, it } from 'vitest'
import { exitWithinBar, openFillPrice } from './bars-mode.ts'
import { type OrderWords, TestVenue, testInstrument } from './test-kit.ts'

const MINUTE = 60_000_000
const instrument = testInstrument()
const bars = { halfSpreadE9: 100_000, impactE9: 200_000 } // 1 bp and 2 bp

const venueOfBars = (entryLatencyUs = 0) => new TestVenue({ bars, entryLatencyUs })
const market = (words: Partial<OrderWords> = {}): OrderWords => ({
  id: 'a',
  side: 'buy',
  price: 20_000,
  quantity: 10,
  timeInForce: 'ioc',
  ...words,
})
const limit = (words: Partial<OrderWords> = {}): OrderWords =>
  market({ price: 9_900, timeInForce: 'gtc', ...words })

describe('with bars only', () => {
  it('an order trades at the next bar’s open, worsened by half the spread and the impact', () => {
    const venue = venueOfBars()
    venue.bar(0, MINUTE, [10_000, 10_100, 9_900, 10_050])
    venue.submit(MINUTE, market())
    venue.submit(MINUTE, market({ id: 'b', side: 'sell', price: 1 }))
    venue.bar(MINUTE, 2 * MINUTE, [10_000, 10_100, 9_900, 10_050])
    const [bought, sold] = venue.executions()
    expect(bought).toMatchObject({ price: 10_003, quantity: 10, venueTime: MINUTE })
    expect(sold).toMatchObject({ price: 9_997, quantity: 10, liquidity: 'taker' })
  })

  it('an order that arrives within a bar waits for the one after it', () => {
    const venue = venueOfBars(1)
    venue.submit(MINUTE, market())
    venue.bar(MINUTE, 2 * MINUTE, [10_000, 10_100, 9_900, 10_050])
    expect(venue.heard()).toEqual([])
    venue.bar(2 * MINUTE, 3 * MINUTE, [11_000, 11_000, 11_000, 11_000])
    expect(venue.executions()).toMatchObject([{ price: 11_004, venueTime: 2 * MINUTE }])
  })

  it('its fill cannot be known before the bar is', () => {
    const venue = venueOfBars()
    venue.submit(MINUTE, market())
    venue.bar(MINUTE, 2 * MINUTE, [10_000, 10_100, 9_900, 10_050])
    expect(venue.reports().map(({ receivedTime }) => receivedTime)).toEqual([
      2 * MINUTE,
      2 * MINUTE,
    ])
  })

  it('a limit that the worsened open does not reach meets nothing', () => {
    const venue = venueOfBars()
    venue.submit(MINUTE, market({ price: 10_002 }))
    venue.bar(MINUTE, 2 * MINUTE, [10_000, 10_100, 9_900, 10_050])
    expect(venue.heard()).toEqual(['a rejected iocNoMatch'])
  })

  it('a resting order fills only when traded through by a tick, at its own price', () => {
    const venue = venueOfBars()
    venue.submit(MINUTE, limit({ postOnly: true }))
    venue.bar(MINUTE, 2 * MINUTE, [10_000, 10_100, 9_900, 10_050])
    expect(venue.heard()).toEqual(['a accepted'])
    venue.bar(2 * MINUTE, 3 * MINUTE, [9_800, 9_850, 9_899, 9_850])
    expect(venue.heard()).toEqual(['a maker 10 @ 9900'])
  })

  it('a resting order may fill in the bar at whose open it came to rest', () => {
    const venue = venueOfBars()
    venue.submit(MINUTE, limit({ side: 'sell', price: 10_099 }))
    venue.bar(MINUTE, 2 * MINUTE, [10_000, 10_100, 9_900, 10_050])
    expect(venue.executions()).toMatchObject([{ price: 10_099, venueTime: 2 * MINUTE }])
  })

  it('post-only is rejected where the open would trade, reduce-only without a position', () => {
    const venue = venueOfBars()
    venue.submit(MINUTE, limit({ price: 10_100, postOnly: true }))
    venue.submit(MINUTE, market({ id: 'r', reduceOnly: true }))
    venue.bar(MINUTE, 2 * MINUTE, [10_000, 10_100, 9_900, 10_050])
    expect(venue.heard()).toEqual([
      'a rejected postOnlyWouldCross',
      'r rejected reduceOnlyWouldIncrease',
    ])
  })

  it('reduce-only stops at zero', () => {
    const venue = venueOfBars()
    venue.submit(MINUTE, market())
    venue.submit(
      MINUTE,
      market({ id: 'r', side: 'sell', price: 1, quantity: 30, reduceOnly: true }),
    )
    venue.bar(MINUTE, 2 * MINUTE, [10_000, 10_100, 9_900, 10_050])
    expect(venue.heard().slice(2)).toEqual([
      'r accepted',
      'r taker 10 @ 9997',
      'r canceled reduceOnlyWouldIncrease',
    ])
  })

  it('a restart forgets neither waiting nor resting orders', () => {
    const venue = venueOfBars()
    venue.submit(0, limit())
    venue.bar(0, MINUTE, [10_000, 10_100, 9_900, 10_050])
    venue.submit(MINUTE, market({ id: 'b' }))
    venue.advance(MINUTE)
    venue.restart()
    venue.bar(MINUTE, 2 * MINUTE, [10_000, 10_100, 9_899, 10_050])
    expect(venue.heard()).toEqual([
      'a accepted',
      'b accepted',
      'b taker 10 @ 10003',
      'a maker 10 @ 9900',
    ])
  })

  it('books and trades match nothing', () => {
    const venue = venueOfBars()
    venue.submit(0, limit())
    venue.bar(0, MINUTE, [10_000, 10_100, 9_900, 10_050])
    expect(venue.heard()).toEqual(['a accepted'])
    venue.book(MINUTE, [9_990, 100], [10_000, 100])
    venue.submit(MINUTE, market({ id: 'b' }))
    venue.book(MINUTE + 1, [9_000, 100], [9_001, 100])
    venue.delta(MINUTE + 1, 'ask', 9_000, 100)
    venue.trade(MINUTE + 2, 'sell', 9_000, 100)
    venue.advance(2 * MINUTE)
    expect(venue.heard()).toEqual([])
  })
})

describe('the price of a taker at the open', () => {
  it('is the open itself without costs, exactly', () => {
    const free = { halfSpreadE9: 0, impactE9: 0 }
    expect(openFillPrice(instrument, 'buy', 123_457, free)).toBe(123_457)
    expect(openFillPrice(instrument, 'sell', 123_457, free)).toBe(123_457)
  })

  it('is rounded against the taker', () => {
    const costs = { halfSpreadE9: 1, impactE9: 0 }
    expect(openFillPrice(instrument, 'buy', 10_000, costs)).toBe(10_001)
    expect(openFillPrice(instrument, 'sell', 10_000, costs)).toBe(9_999)
  })
})

describe('a stop and a target within one bar', () => {
  const long = { stop: 9_900, target: 10_100 }
  const bar = (open: number, high: number, low: number) => ({ open, high, low })

  it.each([
    ['neither is met', bar(10_000, 10_100, 9_901), null],
    ['the target is traded through', bar(10_000, 10_101, 9_901), ['target', 10_100]],
    ['the stop is touched', bar(10_000, 10_000, 9_900), ['stop', 9_900]],
    ['both are met: the worse', bar(10_000, 10_500, 9_900), ['stop', 9_900]],
    ['it opens beyond the stop', bar(9_800, 10_500, 9_700), ['stop', 9_800]],
  ] as const)('long: %s', (_, values, expected) => {
    const exit = exitWithinBar(instrument, 'buy', long, values)
    expect(exit && [exit.reason, exit.price]).toEqual(expected)
  })

  it('mirrors for shorts', () => {
    const short = { stop: 10_100, target: 9_900 }
    const exit = (values: { open: number; high: number; low: number }) =>
      exitWithinBar(instrument, 'sell', short, values)
    expect(exit(bar(10_000, 10_100, 9_000))).toEqual({ reason: 'stop', price: 10_100 })
    expect(exit(bar(10_200, 10_200, 10_000))).toEqual({ reason: 'stop', price: 10_200 })
    expect(exit(bar(10_000, 10_099, 9_899))).toEqual({ reason: 'target', price: 9_900 })
    expect(exit(bar(10_000, 10_099, 9_900))).toBeNull()
  })

  it('needs neither', () => {
    const none = { stop: null, target: null }
    expect(exitWithinBar(instrument, 'buy', none, bar(1, 2, 1))).toBeNull()
  })
})
