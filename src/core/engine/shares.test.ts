import { describe, expect, it } from 'vitest'
import { MarketWriter } from '../domain/market-record.ts'
import { moneyFromNumber } from '../domain/money.ts'
import { price, quantity } from '../domain/units.ts'
import type { ShareRules } from '../shares/share-rules.ts'
import { Engine } from './engine.ts'
import { Bench, SECOND, START, testInstrument } from './test-kit.ts'

const margin: ShareRules = {
  ...{ account: 'margin', borrow: null, isLocateGranted: false, hasPriceTest: true },
  ...{ hasMargin: true, dayTrades: 'flag', hasSettlement: true, isHeldOvernight: true },
}

/** Shares at a tenth of a dollar's price steps, whole; $100 each. */
const share = (id: number) =>
  testInstrument(id, {
    ...{ kind: 'equity', quantityDecimals: 0, minimumQuantity: quantity(1), maximumLeverage: 2 },
    fees: { makerE9: 0, takerE9: 0 },
  })

const bench = (change: Partial<ShareRules> = {}, cash = 10_000): Bench =>
  new Bench({
    instruments: [share(0), share(1)],
    shares: { ...margin, ...change },
  }).start({ cash })

/** The same on Monday, 10:00 of New York. */
function monday(change: Partial<ShareRules> = {}, cash = 10_000): Bench {
  const one = bench(change, cash)
  one.now = START + 15 * 3600 * SECOND
  one.pass(1)
  for (const { id } of one.config.instruments) one.book(id, 1000, 1002)
  return one
}

/** Enters and fills so many lots at 1002. */
function hold(given: Bench, instrument: number, side: 'buy' | 'sell', lots: number): void {
  const order = given.enter(side, lots, { instrument, urgency: 'aggressive' })
  given.fill(order, lots, { at: side === 'buy' ? 1002 : 1000 })
}

describe('rules of shares in the gate', () => {
  it('deny what adds risk, with a code of their own, and let exits pass', () => {
    const none = [{ from: 0, status: 'none', rateE9: 0 }] as const
    const one = bench({ borrow: [none, none] })
    one.wanted.push({
      ...{ kind: 'enter', instrument: 0, side: 'sell', quantity: quantity(1) },
      ...{ urgency: 'aggressive', reason: 'test' },
    })
    one.pass(1)
    expect(one.denials).toEqual(['NOT_SHORTABLE'])
    expect(one.engine.world.counters.denials).toEqual({ NOT_SHORTABLE: 1 })
    hold(one, 0, 'buy', 10)
    one.exit('aggressive')
    expect(one.lastSent()).toMatchObject({ side: 'sell', quantity: 10, reduceOnly: true })
  })

  it('are not asked of accounts without them', () => {
    const one = new Bench({ instruments: [share(0), share(1)] }).start()
    expect(one.enter('buy', 900, { urgency: 'aggressive' }).quantity).toBe(900)
    expect(one.engine.snapshot().shares).toBeNull()
  })

  it('keep proceeds of a cash account until they settle', () => {
    const one = bench({ account: 'cash' })
    hold(one, 0, 'buy', 99)
    one.exit('aggressive')
    one.fill(one.lastSent(), 99, { at: 1000 })
    // Sunday evening of New York counts as Sunday: it settles on Monday.
    one.wanted.push({
      ...{ kind: 'enter', instrument: 1, side: 'buy', quantity: quantity(50) },
      ...{ urgency: 'aggressive', reason: 'test' },
    })
    one.pass(1)
    expect(one.denials).toEqual(['UNSETTLED_CASH'])
    one.now = START + 30 * 3600 * SECOND
    one.pass(2)
    expect(one.enter('buy', 50, { instrument: 1, urgency: 'aggressive' }).quantity).toBe(50)
  })

  it('test the price of a bar that fell by 10 %', () => {
    const one = new Bench({
      instruments: [share(0), share(1)],
      signal: {
        ...{ source: 'bar', intervalUs: SECOND, window: 3, current: 'include', maxGap: 5 },
        ...{ trendWindow: 0, imbalanceLevels: 2, prices: 'book' },
      },
      shares: margin,
    }).start()
    const bar = (openTime: number, low: number) => {
      const writer = new MarketWriter(4)
      const head = { receivedTime: one.now, venueTime: one.now, instrument: 0 }
      writer.bar(head, { open: 1000, high: 1000, low, close: 1000, volume: 1, openTime })
      one.market(writer)
    }
    const day = 86_400 * SECOND
    one.now += SECOND
    bar(START - 3 * day, 1000)
    one.now += SECOND
    bar(START - SECOND, 900)
    expect(one.engine.world.shares?.priceTests).toBe(1)
  })
})

describe('a call for margin', () => {
  it('leaves the positions that need most until the rest is enough, and counts once', () => {
    const one = monday()
    hold(one, 0, 'buy', 60)
    hold(one, 1, 'buy', 130)
    one.pass(1)
    expect(one.alerts).toEqual([])
    // 190 shares at $55 need 2612; the equity is 10000 - 190 x 45.2.
    one.book(0, 550, 550)
    one.book(1, 550, 550)
    one.pass(1)
    expect(one.alerts).toEqual(['MARGIN_CALL'])
    expect(one.lastSent()).toMatchObject({ instrument: 1, side: 'sell', quantity: 130 })
    const sent = one.sent.length
    one.pass(3)
    expect(one.engine.world.shares).toMatchObject({ marginCalls: 1, isCalled: true })
    one.fill(one.lastSent(), 130, { at: 550 })
    one.pass(2)
    expect(one.engine.world.shares).toMatchObject({ marginCalls: 1, isCalled: false })
    expect(one.lots(0)).toBe(60)
    expect(one.sent.length).toBe(sent)
  })

  it('waits for the session', () => {
    const one = bench()
    hold(one, 0, 'buy', 190)
    one.book(0, 550, 550)
    one.pass(1)
    expect(one.alerts).toEqual([])
    one.now = START + 15 * 3600 * SECOND
    one.pass(1)
    expect(one.alerts).toEqual(['MARGIN_CALL'])
  })

  it('does not come where margin is off, or nothing is borrowed', () => {
    for (const change of [{ hasMargin: false }, { account: 'cash' }] as const) {
      const one = monday(change, 20_000)
      hold(one, 0, 'buy', 190)
      one.book(0, 10, 10)
      one.pass(2)
      expect(one.alerts).toEqual([])
    }
  })
})

it('a split counts shares anew at the same equity, once, and a restored core knows of it', () => {
  const one = bench()
  hold(one, 0, 'buy', 61)
  one.book(0, 1000, 1002)
  one.pass(1)
  const before = one.engine.world.equity
  const split = {
    kind: 'sharesSplit' as const,
    ...{ receivedTime: one.now, venueTime: one.now, splitId: 'I0@2026-01-05' },
    ...{ instrument: 0, ratioE9: 2_000_000_000, price: price(500) },
  }
  one.engine.world.books[0]!.clear()
  one.tell(split)
  one.tell(split)
  one.tell({ kind: 'heartbeat', receivedTime: one.now + SECOND })
  expect(one.lots(0)).toBe(122)
  expect(one.engine.world.equity).toBeCloseTo(before, 6)
  expect(one.engine.world.ledger.imbalanceOfBooks('I0')).toBe(0n)
  const again = new Engine(one.config)
  again.restore(JSON.parse(JSON.stringify(one.engine.snapshot())))
  expect(again.snapshot()).toEqual(one.engine.snapshot())
})

it('rent and dividends are booked on accounts of their own', () => {
  const one = bench()
  one.pass(1)
  const paid = (fundingId: string, cause: 'borrow' | 'dividend', amount: bigint) =>
    one.tell({
      kind: 'fundingPaid',
      ...{ receivedTime: one.now, venueTime: one.now, fundingId, cause },
      ...{ instrument: 0, rateE9: 0, amount },
    })
  paid('borrow:I0@2026-01-05', 'borrow', -moneyFromNumber(3))
  paid('dividend:I0@2026-01-05', 'dividend', moneyFromNumber(7))
  paid('dividend:I0@2026-01-05', 'dividend', moneyFromNumber(7))
  const { ledger } = one.engine.world
  expect(ledger.balance('expense:borrow', 'USDC')).toBe(moneyFromNumber(3))
  expect(ledger.balance('income:dividends', 'USDC')).toBe(-moneyFromNumber(7))
  expect(ledger.cash('USDC')).toBe(moneyFromNumber(10_004))
  expect(ledger.imbalanceOfBooks('USDC')).toBe(0n)
})
