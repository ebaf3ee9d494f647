import { describe, expect, it } from 'vitest'
import { fromNewYork } from '../calendar/new-york.ts'
import { MONEY_UNIT, quantity } from '../domain/units.ts'
import { type CorporateAction, NO_SPLIT_E9 } from '../rules/corporate-action.ts'
import { parseDay } from '../rules/dated-rule.ts'
import type { ShareCosts } from './options.ts'
import { TestVenue, testInstrument } from './test-kit.ts'

const DAY = 86_400_000_000
const HOUR = 3_600_000_000
/** New York's clock on a day, hours after its midnight. */
const at = (day: string, hours: number) => fromNewYork(parseDay(day) * DAY + hours * HOUR)

/** Cents and whole shares, no fees. */
const share = testInstrument({
  symbol: 'S',
  kind: 'equity',
  priceDecimals: 2,
  quantityDecimals: 0,
  minimumQuantity: quantity(1),
  fees: { makerE9: 0, takerE9: 0 },
})
const usual = [[{ from: 0, status: 'easy', rateE9: 36_000_000 }]] as const
const action = (day: string, change: Partial<CorporateAction>): CorporateAction => ({
  instrument: 0,
  day: parseDay(day),
  dividendE8: 0,
  ratioE9: NO_SPLIT_E9,
  ...change,
})

/** A venue of bars that holds so many shares, bought or sold at $100, from 2018-01-05 (a Friday). */
function holding(lots: number, costs: Partial<ShareCosts> = {}, dollars = 10_000_000n): TestVenue {
  const venue = new TestVenue(
    {
      instruments: [share],
      bars: { halfSpreadE9: 0, impactE9: 0 },
      shareCosts: { borrow: usual, actions: [], ...costs },
    },
    dollars * MONEY_UNIT,
  )
  venue.bar(at('2018-01-04', 9.5), at('2018-01-04', 16), [10_000, 10_000, 10_000, 10_000])
  venue.submit(at('2018-01-04', 17), {
    ...{ id: 'a', side: lots > 0 ? 'buy' : 'sell', price: 10_000, quantity: Math.abs(lots) },
    timeInForce: 'ioc',
  })
  venue.bar(at('2018-01-05', 9.5), at('2018-01-05', 16), [10_000, 10_000, 10_000, 10_000])
  venue.reports()
  return venue
}

/** What was booked, as id, kind or ratio, and amount or price. */
const paid = (venue: TestVenue) =>
  venue.reports().flatMap((event): (readonly [string, unknown, bigint | number])[] => {
    if (event.kind === 'transferred') return [[event.transferId, event.cause, event.amount]]
    if (event.kind === 'fundingPaid') return [[event.fundingId, event.cause, event.amount]]
    return event.kind === 'sharesSplit' ? [[event.splitId, event.ratioE9, event.price]] : []
  })

describe('shares held overnight', () => {
  it('cost rent for every calendar day when they are borrowed, at 1/360 of the yearly rate', () => {
    const venue = holding(-100)
    venue.advance(at('2018-01-08', 9))
    // $10,000 at 3.6 % a year: a dollar a day.
    expect(paid(venue)).toEqual([
      ['borrow:S@2018-01-05', 'borrow', -MONEY_UNIT],
      ['borrow:S@2018-01-06', 'borrow', -MONEY_UNIT],
      ['borrow:S@2018-01-07', 'borrow', -MONEY_UNIT],
    ])
    expect(venue.exchange.funding(0)).toBe(-3n * MONEY_UNIT)
  })

  it('cost nothing when they are owned', () => {
    const venue = holding(100)
    venue.advance(at('2018-01-08', 9))
    expect(paid(venue)).toEqual([])
  })

  it('pay by the rate of the day', () => {
    const terms = [
      { from: 0, status: 'easy', rateE9: 36_000_000 },
      { from: parseDay('2018-01-06'), status: 'hard', rateE9: 360_000_000 },
    ] as const
    const venue = holding(-100, { borrow: [terms] })
    venue.advance(at('2018-01-07', 9))
    expect(paid(venue).map(([, , amount]) => amount)).toEqual([-MONEY_UNIT, -10n * MONEY_UNIT])
  })

  it('cost interest for every calendar day on the money they were bought with', () => {
    const interest = [{ from: 0, rateE9: 100_000_000 }]
    const venue = holding(1_000, { interest }, 64_000n)
    venue.advance(at('2018-01-07', 9))
    // $36,000 at 10 % a year: $10 a day; the second day on $10 more.
    expect(paid(venue)).toEqual([
      ['interest@2018-01-05', 'interest', -10n * MONEY_UNIT],
      ['interest@2018-01-06', 'interest', -1_000_277_800n],
    ])
    const own = holding(1_000, { interest }, 100_000n)
    own.advance(at('2018-01-07', 9))
    expect(paid(own)).toEqual([])
  })

  it('leave cash that earns interest for every calendar day, where it does', () => {
    const cashInterest = [{ from: 0, rateE9: 36_000_000 }]
    const venue = holding(100, { cashInterest }, 20_000n)
    venue.advance(at('2018-01-07', 9))
    // $10,000 and the $2 of the night before at 3.6 % a year; the second day on a dollar more.
    expect(paid(venue)).toEqual([
      ['interest@2018-01-05', 'interest', 100_020_000n],
      ['interest@2018-01-06', 'interest', 100_030_000n],
    ])
    const borrows = holding(1_000, { cashInterest }, 64_000n)
    borrows.advance(at('2018-01-07', 9))
    expect(paid(borrows)).toEqual([])
  })

  it('that were sold short bring the lender a security, no money that pays for longs', () => {
    const venue = holding(-100, { borrow: null, interest: [{ from: 0, rateE9: 36_000_000 }] })
    venue.advance(at('2018-01-06', 9))
    expect(paid(venue)).toEqual([])
  })

  it('receive or owe a dividend on its ex-date, not a day later', () => {
    const actions = [action('2018-01-08', { dividendE8: 50_000_000 })]
    for (const [lots, amount] of [
      [100, 50n],
      [-100, -50n],
    ] as const) {
      const venue = holding(lots, { borrow: null, actions })
      venue.advance(at('2018-01-08', 0) - 1)
      expect(paid(venue)).toEqual([])
      venue.advance(at('2018-01-08', 0))
      expect(paid(venue)).toEqual([['dividend:S@2018-01-08', 'dividend', amount * MONEY_UNIT]])
    }
  })

  it('are not paid for when they were sold before the ex-date', () => {
    const actions = [action('2018-01-09', { dividendE8: 50_000_000 })]
    const venue = holding(100, { actions })
    const sell = { id: 'b', side: 'sell', price: 9_000, quantity: 100, timeInForce: 'ioc' } as const
    venue.submit(at('2018-01-05', 17), sell)
    venue.bar(at('2018-01-08', 9.5), at('2018-01-08', 16), [10_000, 10_000, 10_000, 10_000])
    venue.advance(at('2018-01-10', 0))
    expect(paid(venue)).toEqual([])
  })

  it('are counted anew by a split: same value, fraction in cash, orders canceled', () => {
    const actions = [action('2018-01-08', { ratioE9: 1_500_000_000 })]
    const venue = holding(101, { actions })
    const before = venue.exchange.equity(0)
    const sell = { id: 'b', side: 'sell', price: 9_000, quantity: 101, timeInForce: 'ioc' } as const
    venue.submit(at('2018-01-05', 17), sell)
    venue.advance(at('2018-01-08', 1))
    const heard = venue.reports()
    expect(heard.map(({ kind }) => kind)).toEqual(['orderReported', 'sharesSplit'])
    expect(venue.exchange.position(0, 0)).toBe(151)
    // 151.5 shares at 66.67 (from 66.666...): half a share becomes cash.
    expect(venue.exchange.equity(0) - before).toBe((15_150n * 6667n - 101n * 1_000_000n) * 10_000n)
  })

  it('lose nothing to a ratio that nine digits cannot write', () => {
    const actions = [action('2018-01-08', { ratioE9: 333_333_333 })]
    for (const lots of [300, -300]) {
      const venue = holding(lots, { borrow: null, actions })
      const before = venue.exchange.balance(0)
      venue.advance(at('2018-01-08', 1))
      expect(venue.exchange.position(0, 0)).toBe(lots / 3)
      expect(venue.exchange.balance(0)).toBe(before)
    }
  })

  it('go on identically from a snapshot', () => {
    const actions = [action('2018-01-08', { dividendE8: 1, ratioE9: 2 * NO_SPLIT_E9 })]
    const [whole, cut] = [holding(-7, { actions }), holding(-7, { actions })]
    cut.advance(at('2018-01-06', 12))
    cut.restart()
    for (const venue of [whole, cut]) venue.advance(at('2018-01-10', 0))
    expect(cut.reports()).toEqual(whole.reports())
    expect(cut.exchange.snapshot()).toEqual(whole.exchange.snapshot())
  })

  it('are nobody’s business where nothing is asked', () => {
    const venue = new TestVenue({ instruments: [share] })
    venue.advance(at('2018-01-04', 12))
    expect(venue.exchange.nextActivityTime()).toBe(Number.POSITIVE_INFINITY)
  })
})
