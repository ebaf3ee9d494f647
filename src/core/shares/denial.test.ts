import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromNewYork } from '../calendar/new-york.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { NewOrder } from '../domain/order.ts'
import { MONEY_UNIT, price, quantity } from '../domain/units.ts'
import { parseDay } from '../rules/dated-rule.ts'
import { countFill } from './day-trades.ts'
import { type ShareContext, shareDenial, tradingDayAt } from './denial.ts'
import { noteTestedBar, noteTestedMid, splitTested } from './price-test.ts'
import { freshShareState, type ShareRules } from './share-rules.ts'

const DAY = 86_400_000_000
const HOUR = 3_600_000_000
const at = (day: string, hours: number) => fromNewYork(parseDay(day) * DAY + hours * HOUR)

const share: Instrument = {
  ...{ id: 0, venue: 'test', symbol: 'S', kind: 'equity', quoteCurrency: 'USD' },
  ...{ baseCurrency: 'S', priceDecimals: 2, quantityDecimals: 0, longOnly: false },
  ...{ priceRule: { kind: 'tick', quanta: 1 }, minimumNotional: 0n, maximumLeverage: 2 },
  ...{ minimumQuantity: quantity(1), fees: { makerE9: 0, takerE9: 0 } },
}
const instruments = [share, { ...share, id: 1, symbol: 'T' }]

const margin: ShareRules = {
  ...{ account: 'margin', borrow: null, isLocateGranted: false, hasPriceTest: true },
  ...{ hasMargin: true, dayTrades: 'refuse', hasSettlement: true, isHeldOvernight: true },
}

const order = (side: 'buy' | 'sell', lots: number, limit = 10_000): NewOrder => ({
  ...{ clientOrderId: 'o', intentId: 'i', instrument: 0, side, price: price(limit) },
  ...{ quantity: quantity(lots), timeInForce: 'ioc', postOnly: false, reduceOnly: false },
  arrivalPrice: null,
})

/** The code of what an order is denied with, null when it is not; $100 a share, bid 100.00. */
function ask(
  wanted: NewOrder,
  change: {
    readonly rules?: Partial<ShareRules>
    readonly now?: number
    readonly equity?: number
    readonly lots?: readonly number[]
    readonly state?: ReturnType<typeof freshShareState>
    /** Quanta. */
    readonly mark?: number
  } = {},
): string | null {
  const {
    equity = 50_000,
    lots = [0, 0],
    state = freshShareState(instruments),
    mark = 10_000,
  } = change
  const context: ShareContext = {
    ...{ now: change.now ?? at('2018-03-01', 10), instruments, equity },
    cash: BigInt(equity) * MONEY_UNIT,
    positionLots: (i) => lots[i]!,
    worstCaseLots: () => 0,
    halfMid: () => 2 * mark,
    bestBid: () => mark,
  }
  return shareDenial(wanted, { ...margin, ...change.rules }, state, context)?.code ?? null
}

describe('a short sale', () => {
  const terms = (status: 'easy' | 'hard' | 'none') => ({
    borrow: [[{ from: 0, status, rateE9: 0 }], [{ from: 0, status: 'easy' as const, rateE9: 0 }]],
  })

  it('needs shares that can be borrowed', () => {
    expect(ask(order('sell', 10), { rules: terms('easy') })).toBeNull()
    expect(ask(order('sell', 10), { rules: terms('none') })).toBe('NOT_SHORTABLE')
    expect(ask(order('buy', 10), { rules: terms('none') })).toBeNull()
  })

  it('needs a locate where they are hard to borrow', () => {
    expect(ask(order('sell', 10), { rules: terms('hard') })).toBe('NO_LOCATE')
    const granted = { ...terms('hard'), isLocateGranted: true }
    expect(ask(order('sell', 10), { rules: granted })).toBeNull()
  })

  it('is nothing for a cash account, or for one below $2,000', () => {
    expect(ask(order('sell', 1), { rules: { account: 'cash' } })).toBe('NOT_SHORTABLE')
    expect(ask(order('sell', 1), { equity: 1_999 })).toBe('MARGIN_EQUITY')
    expect(ask(order('sell', 1), { equity: 2_000 })).toBeNull()
  })

  it('goes above the best bid only, on the day of a fall of 10 % and the next session', () => {
    const state = freshShareState(instruments)
    const bar = { instrument: 0, openTime: at('2018-03-01', 9.5), low: 10_000, close: 10_000 }
    noteTestedBar(state, bar)
    noteTestedBar(state, { ...bar, openTime: at('2018-03-02', 9.5), low: 9_001 })
    expect(ask(order('sell', 1), { state, now: at('2018-03-02', 17) })).toBeNull()
    noteTestedBar(state, { ...bar, openTime: at('2018-03-02', 9.5), low: 9_000 })
    expect(state.priceTests).toBe(1)
    const on = (day: string, hours: number, limit = 10_000) =>
      ask(order('sell', 1, limit), { state, now: at(day, hours) })
    expect(on('2018-03-02', 15)).toBe('PRICE_TEST')
    expect(on('2018-03-02', 15, 10_001)).toBeNull()
    // Sent on Friday's evening, it trades on Monday.
    expect(on('2018-03-02', 17)).toBe('PRICE_TEST')
    expect(on('2018-03-05', 15)).toBe('PRICE_TEST')
    expect(on('2018-03-05', 17)).toBeNull()
    expect(ask(order('buy', 1), { state, now: at('2018-03-05', 15) })).toBeNull()
    const off = { hasPriceTest: false }
    expect(ask(order('sell', 1), { state, rules: off, now: at('2018-03-05', 15) })).toBeNull()
  })

  it('is tested by the mid before the day has a bar, and on the scale of a split', () => {
    const state = freshShareState(instruments)
    const bar = { instrument: 0, openTime: at('2018-03-01', 9.5), low: 10_000, close: 10_000 }
    noteTestedBar(state, bar)
    splitTested(state, 0, 2_000_000_000)
    const day = parseDay('2018-03-02')
    noteTestedMid(state, 0, { halfMid: 9_001, day })
    expect(state.testUntil[0]).toBe(-1)
    noteTestedMid(state, 0, { halfMid: 9_000, day })
    noteTestedMid(state, 0, { halfMid: 8_000, day })
    expect(state.priceTests).toBe(1)
    expect(ask(order('sell', 1), { state, now: at('2018-03-02', 15) })).toBe('PRICE_TEST')
  })

  it('was not tested before 2011-02-28', () => {
    const state = freshShareState(instruments)
    const bar = { instrument: 0, openTime: at('2011-02-24', 9.5), low: 10_000, close: 10_000 }
    noteTestedBar(state, bar)
    noteTestedBar(state, { ...bar, openTime: at('2011-02-25', 9.5), low: 5_000 })
    expect(state.priceTests).toBe(0)
  })
})

describe('buying power', () => {
  it('is twice the equity overnight, shorts and longs added up', () => {
    expect(ask(order('buy', 1000))).toBeNull()
    expect(ask(order('buy', 1001))).toBe('BUYING_POWER')
    expect(ask(order('sell', 500), { lots: [0, 500] })).toBeNull()
    expect(ask(order('sell', 501), { lots: [0, 500] })).toBe('BUYING_POWER')
    expect(ask(order('buy', 5000), { rules: { hasMargin: false } })).toBeNull()
  })

  it('is the equity alone below $2,000', () => {
    expect(ask(order('buy', 19), { equity: 1_900 })).toBeNull()
    expect(ask(order('buy', 20), { equity: 1_900 })).toBe('BUYING_POWER')
  })

  it('of an account that is flat at every close is four times it, by the rule of the day', () => {
    const rules = { isHeldOvernight: false }
    expect(ask(order('buy', 2000), { rules })).toBeNull()
    expect(ask(order('buy', 2001), { rules })).toBe('BUYING_POWER')
    // Below $25,000 nobody was a day trader until 2026-06-03; since then it is no matter.
    expect(ask(order('buy', 401), { rules, equity: 20_000 })).toBe('BUYING_POWER')
    const since = { rules, equity: 20_000, now: at('2026-06-04', 10) }
    expect(ask(order('buy', 800), since)).toBeNull()
    expect(ask(order('buy', 801), since)).toBe('BUYING_POWER')
    // Shorts need 30 %.
    expect(ask(order('sell', 666), since)).toBeNull()
    expect(ask(order('sell', 667), since)).toBe('BUYING_POWER')
  })

  it('of such an account counts what it carried into the session as for the night', () => {
    const rules = { isHeldOvernight: false }
    const state = freshShareState(instruments)
    const since = { rules, state, equity: 20_000, now: at('2026-06-04', 10) }
    // $20,000 of T that could not be left yesterday need half, today's S a quarter.
    const carried = { ...since, lots: [0, 200] }
    expect(ask(order('buy', 400), carried)).toBeNull()
    expect(ask(order('buy', 401), carried)).toBe('BUYING_POWER')
    const day = parseDay('2026-06-03')
    countFill(state, { instrument: 1, day, before: 0, signedLots: 200 })
    expect(ask(order('buy', 401), carried)).toBe('BUYING_POWER')
    // The same 200 bought today are today's.
    countFill(state, { instrument: 1, day: day + 1, before: 0, signedLots: 200 })
    expect(ask(order('buy', 600), carried)).toBeNull()
    expect(ask(order('buy', 601), carried)).toBe('BUYING_POWER')
    // Sold beyond what was carried, all that is left is today's.
    const short = { ...since, state: freshShareState(instruments), lots: [10, 0] }
    expect(ask(order('sell', 676), short)).toBeNull()
    expect(ask(order('sell', 677), short)).toBe('BUYING_POWER')
  })

  it('of low-priced shorts is never more than the least that a short needs', () => {
    // At $6 half is $3 a share, and $5 must be there.
    expect(ask(order('sell', 1000, 600), { mark: 600, equity: 5_000 })).toBeNull()
    expect(ask(order('sell', 1001, 600), { mark: 600, equity: 5_000 })).toBe('BUYING_POWER')
  })

  it('of an engine that holds and one that leaves adds up to what their account may have', () => {
    // Each by its own equity: in the session all is above maintenance, for the night what stays is
    // half paid. No rule is needed for the two together.
    const now = at('2026-06-04', 10)
    const mine = (lots: number, equity: number, isHeldOvernight: boolean) =>
      ask(order('buy', lots), { rules: { isHeldOvernight }, equity, now }) === null
    fc.assert(
      fc.property(
        fc.record({ stays: fc.nat(2_000), leaves: fc.nat(2_000) }),
        fc.record({
          stays: fc.integer({ min: 2_000, max: 50_000 }),
          leaves: fc.integer({ min: 2_000, max: 50_000 }),
        }),
        (lots, equity) => {
          fc.pre(
            mine(lots.stays + 1, equity.stays, true) && mine(lots.leaves + 1, equity.leaves, false),
          )
          const all = equity.stays + equity.leaves
          expect(0.25 * 100 * (lots.stays + lots.leaves)).toBeLessThanOrEqual(all)
          expect(0.5 * 100 * lots.stays).toBeLessThanOrEqual(all)
          // Neither could have had more by asking with the whole account's equity for the night.
          expect(mine(lots.stays + 1, all, true)).toBe(true)
        },
      ),
    )
  })
})

describe('the pattern-day-trader rule', () => {
  /** Buys and sells so many times on a day. */
  const trade = (state: ReturnType<typeof freshShareState>, day: string, times: number): void => {
    for (let i = 0; i < times; i++) {
      countFill(state, { instrument: 0, day: parseDay(day), before: 0, signedLots: 10 })
      countFill(state, { instrument: 0, day: parseDay(day), before: 10, signedLots: -4 })
      countFill(state, { instrument: 0, day: parseDay(day), before: 6, signedLots: -6 })
    }
  }

  it('counts what is opened and closed in one session once, and nothing held overnight', () => {
    const state = freshShareState(instruments)
    trade(state, '2018-03-01', 2)
    countFill(state, { instrument: 1, day: parseDay('2018-03-01'), before: 0, signedLots: -5 })
    countFill(state, { instrument: 1, day: parseDay('2018-03-02'), before: -5, signedLots: 5 })
    expect(state.dayTrades).toBe(2)
    // Reversed in one order and back: two day trades of three orders.
    const day = parseDay('2018-03-05')
    countFill(state, { instrument: 1, day, before: 0, signedLots: 5 })
    countFill(state, { instrument: 1, day, before: 5, signedLots: -10 })
    countFill(state, { instrument: 1, day, before: -5, signedLots: 5 })
    expect(state.dayTrades).toBe(4)
  })

  it('refuses entries after three day trades in five sessions, below $25,000, until 2026-06-03', () => {
    const state = freshShareState(instruments)
    trade(state, '2018-03-01', 3)
    const on = (day: string, equity: number, rules: Partial<ShareRules> = {}) =>
      ask(order('buy', 1), { state, equity, rules, now: at(day, 10) })
    expect(on('2018-03-01', 24_999)).toBe('DAY_TRADES')
    expect(on('2018-03-01', 25_000)).toBeNull()
    expect(on('2018-03-07', 24_999)).toBe('DAY_TRADES')
    expect(on('2018-03-08', 24_999)).toBeNull()
    expect(on('2018-03-01', 24_999, { dayTrades: 'flag' })).toBeNull()
    const later = freshShareState(instruments)
    trade(later, '2026-06-03', 3)
    const then = (day: string) =>
      ask(order('buy', 1), { state: later, equity: 5_000, now: at(day, 10) })
    expect(then('2026-06-03')).toBe('DAY_TRADES')
    expect(then('2026-06-04')).toBeNull()
  })
})

it('an order sent while the market is closed trades in the next session', () => {
  expect(tradingDayAt(at('2018-07-03', 12.9))).toBe(parseDay('2018-07-03'))
  // Closed early, then Independence Day.
  expect(tradingDayAt(at('2018-07-03', 13))).toBe(parseDay('2018-07-05'))
  expect(tradingDayAt(at('2018-07-05', 0))).toBe(parseDay('2018-07-05'))
})
