import { describe, expect, it } from 'vitest'
import type { Instrument } from '../domain/instrument.ts'
import { MONEY_UNIT, type Money } from '../domain/units.ts'
import { VenueAccount } from './account.ts'
import { TestVenue, testInstrument } from './test-kit.ts'

const trade = (
  account: VenueAccount,
  instrument: Instrument,
  signedLots: number,
  price: number,
): Money => account.fill(instrument, { signedLots, price, liquidity: 'taker', venueTime: 1 }).fee

describe('an account', () => {
  it('realises PnL of a perpetual at average cost and moves cash by it', () => {
    const instrument = testInstrument({ fees: { makerE9: 0, takerE9: 0 } })
    const account = new VenueAccount(100n * MONEY_UNIT, [instrument], 6)
    trade(account, instrument, 10, 1000) // 0.010 at 100.0
    trade(account, instrument, 10, 1100)
    trade(account, instrument, -5, 1150) // 10.0 above the average of 105.0
    expect(account.balance).toBe(100n * MONEY_UNIT + 5_000_000n)
    trade(account, instrument, -25, 1000) // closes 15 at 5.0 below, opens 10 short
    expect(account.total('realised')).toBe(5_000_000n - 7_500_000n)
    expect(account.positions[0]).toMatchObject({ quantity: -10, cost: -100_000_000n })
  })

  it('pays fees rounded half to even at the money decimals; a negative rate is a rebate', () => {
    const instrument = testInstrument({ fees: { makerE9: -50_000, takerE9: 450_000 } })
    const account = new VenueAccount(0n, [instrument], 6)
    const maker = { signedLots: -3, price: 1001, liquidity: 'maker', venueTime: 1 } as const
    expect(trade(account, instrument, 3, 1001)).toBe(13_500n) // 0.3003 x 4.5 bp = 0.000135135
    expect(account.fill(instrument, maker).fee).toBe(-1_500n)
    expect(account.total('fees')).toBe(12_000n)
    expect(account.balance).toBe(-12_000n)
  })

  it('pays the fees of the date on sales of equities, and on nothing else, where it has them', () => {
    const share = testInstrument({
      kind: 'equity',
      priceDecimals: 2,
      quantityDecimals: 0,
      fees: { makerE9: 0, takerE9: 0 },
    })
    const cents = (account: VenueAccount, signedLots: number, day: string): number => {
      const venueTime = Date.parse(`${day}T15:00:00Z`) * 1000
      const fill = { signedLots, price: 10_000, liquidity: 'taker', venueTime } as const
      return Number(account.fill(share, fill).fee / (MONEY_UNIT / 100n))
    }
    const account = new VenueAccount(0n, [share], 6, true)
    expect(cents(account, 200, '2018-05-21')).toBe(0)
    // $10,000 and 100 shares: 23.10 then 13.00 a million, and 0.000119 a share.
    expect(cents(account, -100, '2018-05-21')).toBe(24 + 2)
    expect(cents(account, -100, '2018-05-22')).toBe(13 + 2)
    expect(cents(account, -100, '2018-05-22')).toBe(13 + 2)
    expect(account.total('fees')).toBe((56n * MONEY_UNIT) / 100n)
    expect(cents(new VenueAccount(0n, [share], 6), -100, '2018-05-22')).toBe(0)
    const spot = new VenueAccount(0n, [testInstrument({ kind: 'spot' })], 6, true)
    const none = new VenueAccount(0n, [testInstrument({ kind: 'spot' })], 6)
    const coin = testInstrument({ kind: 'spot' })
    expect(trade(spot, coin, -3, 1001)).toBe(trade(none, coin, -3, 1001))
  })

  it('survives JSON', () => {
    const instrument = testInstrument()
    const account = new VenueAccount(5n, [instrument], 8)
    trade(account, instrument, 3, 1001)
    account.fund(0, -7n)
    const copy = new VenueAccount(0n, [instrument], 8)
    copy.restore(JSON.parse(JSON.stringify(account.snapshot())))
    expect(copy).toEqual(account)
  })
})

describe('a venue', () => {
  it('keeps its accounts apart', () => {
    const venue = new TestVenue({ arrivalMatch: 'current' })
    expect(venue.exchange.addAccount(MONEY_UNIT)).toBe(1)
    venue.book(1, [999, 5], [1001, 5])
    venue.submit(1, { id: 'a', side: 'buy', price: 1001, quantity: 1, account: 1 })
    venue.advance(1)
    expect(venue.heard(0)).toEqual([])
    expect(venue.exchange.position(0, 0)).toBe(0)
    expect(venue.exchange.position(1, 0)).toBe(1)
    expect(venue.exchange.balance(1)).toBe(MONEY_UNIT - 4500n)
  })

  it('values at mark record, then mid, then last price', () => {
    const venue = new TestVenue()
    expect(venue.exchange.markPrice(0)).toBe(-1)
    venue.trade(1, 'buy', 990, 1)
    expect(venue.exchange.markPrice(0)).toBe(990)
    venue.book(2, [999, 5], [1000, 5])
    expect(venue.exchange.markPrice(0)).toBe(999.5)
    venue.mark(3, 1005, 1004)
    expect(venue.exchange.markPrice(0)).toBe(1005)
  })

  it('refuses options that make no sense', () => {
    const euro = testInstrument({ id: 1, quoteCurrency: 'EUR' })
    const refuses = (options: object, words: RegExp) =>
      expect(() => new TestVenue(options)).toThrow(words)
    refuses({ instruments: [testInstrument(), euro] }, /quote currency/)
    refuses({ instruments: [euro] }, /order of their ids/)
    refuses({ entryLatencyUs: -1 }, /latencies/)
    refuses({ moneyDecimals: 9 }, /moneyDecimals/)
    refuses({ fundingIntervalUs: 5 }, /funding interval/)
  })
})
