import { describe, expect, it } from 'vitest'
import { MONEY_UNIT } from '../domain/units.ts'
import { fundingAmount } from './funding.ts'
import { TestVenue, testInstrument } from './test-kit.ts'

const HOUR = 3_600_000_000
const SECOND = 1_000_000
const bids = [9990, 5000]
const asks = [10010, 5000]

/** A venue with hourly funding whose account holds 1000 lots (1.000 at 1,001.0) since 10 s. */
function holding(lots = 1000): TestVenue {
  const venue = new TestVenue({ arrivalMatch: 'current', fundingIntervalUs: HOUR })
  venue.book(SECOND, bids, asks)
  const side = lots > 0 ? 'buy' : 'sell'
  const at = lots > 0 ? 10010 : 9990
  venue.submit(10 * SECOND, { id: 'h', side, price: at, quantity: Math.abs(lots) })
  venue.advance(11 * SECOND)
  venue.reports()
  return venue
}

describe('funding', () => {
  it('is position x oracle price x rate, paid by longs when the rate is positive', () => {
    const venue = holding()
    venue.mark(HOUR - SECOND, 10000, 9980)
    venue.rate(HOUR - SECOND, 12_500)
    venue.advance(HOUR + SECOND)
    expect(venue.heard()).toEqual(['funding -1247500']) // 998.0 x 0.0000125
    expect(venue.exchange.funding(0)).toBe(-1_247_500n)
  })

  it('is earned by shorts then', () => {
    const venue = holding(-1000)
    venue.mark(HOUR - SECOND, 10000, 9980)
    venue.rate(HOUR - SECOND, 12_500)
    venue.advance(HOUR + SECOND)
    expect(venue.heard()).toEqual(['funding 1247500'])
  })

  it('is due in full however short the position was held, and not after it is closed', () => {
    const venue = holding()
    venue.rate(HOUR, 12_500)
    const exit = { id: 'x', side: 'sell', price: 9990, quantity: 1000 } as const
    venue.submit(HOUR + 1, exit)
    venue.advance(HOUR + SECOND)
    expect(venue.heard()).toContain('funding -1250000')
    venue.rate(2 * HOUR, 12_500)
    venue.advance(2 * HOUR + SECOND)
    expect(venue.heard()).toEqual([])
  })

  it('concerns whoever holds after everything stamped with the hour', () => {
    const venue = holding()
    venue.rate(HOUR, 12_500)
    venue.submit(HOUR, { id: 'x', side: 'sell', price: 9990, quantity: 1000 })
    venue.advance(HOUR + SECOND)
    expect(venue.heard()).toEqual(['x accepted', 'x taker 1000 @ 9990'])
  })

  it('uses the rate that a venue publishes shortly after the hour', () => {
    const venue = holding()
    venue.rate(40_000, 99_000)
    venue.rate(HOUR + 60_000, 12_500)
    venue.advance(HOUR + SECOND)
    expect(venue.heard()).toEqual(['funding -1250000'])
  })

  it('does not take the next hour’s rate from a stream of current rates', () => {
    const venue = holding()
    venue.rate(HOUR - SECOND, 12_500)
    venue.rate(HOUR + 500_000, 99_000)
    venue.advance(HOUR + SECOND)
    expect(venue.heard()).toEqual(['funding -1250000'])
  })

  it('falls back to the newest rate there is, and pays nothing without any', () => {
    const venue = holding()
    venue.advance(HOUR + SECOND)
    expect(venue.heard()).toEqual([])
    venue.rate(HOUR + 2 * SECOND, 12_500)
    venue.advance(3 * HOUR + SECOND)
    expect(venue.heard()).toEqual(['funding -1250000', 'funding -1250000'])
  })

  it('reports each hour once, under an id of its own, with the hour as its venue time', () => {
    const venue = holding()
    venue.rate(HOUR, 12_500)
    venue.advance(2 * HOUR + SECOND)
    const paid = venue.reports().map((e) => (e.kind === 'fundingPaid' ? e : null))
    expect(paid.map((e) => e?.fundingId)).toEqual([`BTC@${HOUR}`, `BTC@${2 * HOUR}`])
    expect(paid.map((e) => e?.venueTime)).toEqual([HOUR, 2 * HOUR])
    expect(paid.map((e) => e?.receivedTime)).toEqual([HOUR + SECOND, 2 * HOUR + SECOND])
  })

  it('announces its next activity only while something is held', () => {
    const venue = holding()
    expect(venue.exchange.nextActivityTime()).toBe(HOUR + 1)
    venue.advance(HOUR + 1)
    expect(venue.exchange.nextActivityTime()).toBe(HOUR + SECOND)
    const flat = new TestVenue({ fundingIntervalUs: HOUR })
    flat.book(SECOND, bids, asks)
    expect(flat.exchange.nextActivityTime()).toBe(Number.POSITIVE_INFINITY)
  })

  it('does not exist for spot', () => {
    const instruments = [testInstrument({ kind: 'spot' })]
    const venue = new TestVenue({ instruments, arrivalMatch: 'current', fundingIntervalUs: HOUR })
    venue.book(SECOND, bids, asks)
    venue.submit(SECOND, { id: 'h', side: 'buy', price: 10010, quantity: 10 })
    venue.rate(HOUR, 12_500)
    venue.advance(HOUR + SECOND)
    expect(venue.exchange.funding(0)).toBe(0n)
  })
})

describe('the amount of funding', () => {
  const instrument = testInstrument()

  it('rounds half to even at the money decimals', () => {
    const of = (rateE9: number, decimals: number) =>
      fundingAmount(instrument, { quantity: 1, price: 10_000, rateE9 }, decimals)
    expect(of(12_500, 8)).toBe(-1250n) // 1.0 x 0.0000125
    expect(of(12_500, 6)).toBe(-1200n)
    expect(of(13_500, 6)).toBe(-1400n)
    expect(of(-12_501, 6)).toBe(1300n)
  })

  it('takes half quanta and rates finer than parts per billion', () => {
    const holding = { quantity: 2000, price: 10_000.5, rateE9: 12_500.5 }
    const exact = (MONEY_UNIT * 100_005n * 2n * 125_005n) / (100n * 10_000_000_000n)
    expect(fundingAmount(instrument, holding, 8)).toBe(-exact)
  })
})
