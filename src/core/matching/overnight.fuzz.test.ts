import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sessionsBetween } from '../calendar/sessions.ts'
import type { Event } from '../domain/event.ts'
import { notional } from '../domain/money.ts'
import { MONEY_UNIT, type Money, quantity } from '../domain/units.ts'
import { Ledger } from '../ledger/ledger.ts'
import { type CorporateAction, NO_SPLIT_E9 } from '../rules/corporate-action.ts'
import { TestVenue, testInstrument } from './test-kit.ts'

/** Half of the runs borrow. */
const FUNDS = 100_000n * MONEY_UNIT
/** Three weeks around Thanksgiving and a change of clocks. */
const sessions = sessionsBetween(
  'us-equities',
  Date.UTC(2018, 9, 29) * 1000,
  Date.UTC(2018, 10, 27) * 1000,
)

const share = testInstrument({
  symbol: 'S',
  kind: 'equity',
  priceDecimals: 2,
  quantityDecimals: 0,
  minimumQuantity: quantity(1),
  fees: { makerE9: 100_000, takerE9: 300_000 },
  maximumLeverage: 2,
})

const day = fc.record({
  open: fc.integer({ min: 50, max: 90_000 }),
  close: fc.integer({ min: 50, max: 90_000 }),
  order: fc.option(
    fc.record({
      side: fc.constantFrom('buy' as const, 'sell' as const),
      lots: fc.integer({ min: 1, max: 900 }),
    }),
  ),
  dividendE8: fc.option(fc.integer({ min: 1, max: 300_000_000 }), { freq: 3 }),
  ratioE9: fc.option(fc.integer({ min: 50_000_000, max: 20_000_000_000 }), { freq: 4 }),
})
const days = fc.array(day, { minLength: sessions.length, maxLength: sessions.length })
type Day = typeof day extends fc.Arbitrary<infer Value> ? Value : never

const actionsOf = (list: readonly Day[]): readonly CorporateAction[] =>
  list.flatMap(({ dividendE8, ratioE9 }, i) =>
    dividendE8 === null && ratioE9 === null
      ? []
      : [
          {
            instrument: 0,
            day: sessions[i]!.day,
            dividendE8: dividendE8 ?? 0,
            ratioE9: ratioE9 ?? NO_SPLIT_E9,
          },
        ],
  )

/** What a venue told of random days, and the venue; restarted from a snapshot after one of them. */
function play(list: readonly Day[], restartAfter: number | null): [TestVenue, readonly Event[]] {
  const rate = (rateE9: number, from: number) => ({ from, status: 'easy' as const, rateE9 })
  const terms = [rate(5_000_000, 0), rate(300_000_001, sessions[9]!.day)]
  const venue = new TestVenue(
    {
      instruments: [share],
      bars: { halfSpreadE9: 100_000, impactE9: 0 },
      shareCosts: {
        borrow: [terms],
        interest: [{ from: 0, rateE9: 82_500_001 }],
        actions: actionsOf(list),
      },
    },
    FUNDS,
  )
  const heard: Event[] = []
  list.forEach(({ open, close, order }, i) => {
    const { openTime, closeTime } = sessions[i]!
    const ohlc = [open, Math.max(open, close), Math.min(open, close), close] as const
    venue.bar(openTime, closeTime, ohlc)
    if (i === restartAfter) venue.restart()
    if (order !== null) {
      const price = order.side === 'buy' ? 2_000_000 : 1
      const words = { id: `o${i}`, side: order.side, price, quantity: order.lots }
      venue.submit(closeTime, { ...words, timeInForce: 'ioc' })
    }
    heard.push(...venue.reports())
  })
  venue.advance(sessions.at(-1)!.closeTime + 86_400_000_000)
  return [venue, [...heard, ...venue.reports()]]
}

/** Books of what was heard, with what holding cost and earned. */
function book(heard: readonly Event[]) {
  const ledger = new Ledger([share])
  ledger.applyTransfer('USDC', FUNDS)
  const paid = { borrow: 0n, dividend: 0n, interest: 0n }
  for (const event of heard) {
    if (event.kind === 'executed') ledger.applyExecution(event.execution)
    else if (event.kind === 'fundingPaid') {
      ledger.applyFunding(event.instrument, event.amount, event.cause)
      paid[event.cause!] += event.amount
    } else if (event.kind === 'transferred') {
      ledger.applyTransfer(event.currency, event.amount, event.cause)
      paid.interest += event.amount
    } else if (event.kind === 'sharesSplit') ledger.applySplit(event.instrument, event)
    for (const currency of ['USDC', share.baseCurrency]) {
      expect(ledger.imbalanceOfBooks(currency)).toBe(0n)
    }
  }
  return { ledger, paid }
}

it('equity changes by profit, fees, rent, interest and dividends and by nothing else, to the unit', () => {
  fc.assert(
    fc.property(days, fc.nat({ max: sessions.length - 1 }), (list, restartAfter) => {
      const [venue, heard] = play(list, null)
      const { ledger, paid } = book(heard)
      const { realised, fees } = ledger.totals()
      const { quantity: lots, cost } = ledger.position(0)
      const mark: Money = notional(share, venue.exchange.markPrice(0), lots)
      const change = ledger.cash('USDC') + mark - FUNDS
      // Interest is among the fees of the account.
      expect(change).toBe(realised + (mark - cost) - fees + paid.borrow + paid.dividend)
      expect(paid.borrow <= 0n && paid.interest <= 0n).toBe(true)
      expect(ledger.balance('expense:interest', 'USDC')).toBe(-paid.interest)
      expect(ledger.balance('expense:borrow', 'USDC')).toBe(-paid.borrow)
      expect(ledger.balance('income:dividends', 'USDC')).toBe(-paid.dividend)
      expect(venue.exchange.balance(0)).toBe(ledger.cash('USDC'))
      expect(venue.exchange.position(0, 0)).toBe(lots)
      expect(venue.exchange.realisedPnl(0)).toBe(realised)
      const [again, repeated] = play(list, restartAfter)
      expect(repeated).toEqual(heard)
      expect(again.exchange.snapshot()).toEqual(venue.exchange.snapshot())
    }),
    { numRuns: 60 },
  )
})
