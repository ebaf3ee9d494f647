import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { DayNumber } from '../calendar/civil-day.ts'
import { type Session, sessionsBetween } from '../calendar/sessions.ts'
import { usEquityClosure } from '../calendar/us-equity-days.ts'
import type { Instrument } from '../domain/instrument.ts'
import { notional } from '../domain/money.ts'
import type { NewOrder } from '../domain/order.ts'
import { MONEY_UNIT, type Money, price, quantity } from '../domain/units.ts'
import { formatDay } from '../rules/dated-rule.ts'
import { newYorkDay } from '../rules/sell-fees.ts'
import { shareDenial } from './denial.ts'
import { dropSettled, noteProceeds, unsettledCash } from './settled-cash.ts'
import { freshShareState, type ShareRules } from './share-rules.ts'

const FUNDS = 10_000n * MONEY_UNIT

const named = (id: number, kind: 'equity' | 'spot'): Instrument => ({
  ...{ id, venue: 'test', symbol: `S${id}`, kind, quoteCurrency: 'USD', baseCurrency: `S${id}` },
  ...{ priceDecimals: 2, quantityDecimals: 0, priceRule: { kind: 'tick', quanta: 1 } },
  ...{ minimumNotional: 0n, minimumQuantity: quantity(1), fees: { makerE9: 0, takerE9: 0 } },
  ...{ longOnly: kind === 'spot', maximumLeverage: 1 },
})
/** A share and a coin. */
const instruments = [named(0, 'equity'), named(1, 'spot')]

const rules: ShareRules = {
  ...{ account: 'cash', borrow: null, isLocateGranted: false, hasPriceTest: true },
  ...{ hasMargin: true, dayTrades: 'refuse', hasSettlement: true, isHeldOvernight: true },
}

/** Holidays on which banks are closed and exchanges are not, of the years that are tried. */
const bankHolidays = ['2018-10-08', '2018-11-12', '2024-10-14', '2024-11-11', '2017-10-09']

/** The day a trade settles, counted by hand: another way than the code under test. */
function settlesOn(trade: DayNumber): DayNumber {
  const text = formatDay(trade)
  let left = text >= '2024-05-28' ? 1 : text >= '2017-09-05' ? 2 : 3
  let day = trade
  while (left > 0) {
    day++
    const isOpen = usEquityClosure(day) === null && !bankHolidays.includes(formatDay(day))
    if (isOpen) left--
  }
  return day
}

/** Around each change of the cycle, and weeks with holidays and early closes in them. */
const spans = [
  [Date.UTC(2017, 7, 28), Date.UTC(2017, 8, 16)],
  [Date.UTC(2024, 4, 20), Date.UTC(2024, 5, 8)],
  [Date.UTC(2018, 10, 5), Date.UTC(2018, 10, 28)],
  [Date.UTC(2024, 6, 1), Date.UTC(2024, 6, 9)],
].map(([from, until]) => sessionsBetween('us-equities', from! * 1000, until! * 1000))

const wish = fc.record({
  /** Instants within the span as fractions of its sessions. */
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  instrument: fc.integer({ min: 0, max: 1 }),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  price: fc.integer({ min: 100, max: 90_000 }),
  share: fc.double({ min: 0.05, max: 1.6, noNaN: true }),
})

const instantOf = (sessions: readonly Session[], at: number): number => {
  const index = Math.min(sessions.length - 1, Math.floor(at * sessions.length))
  const { openTime, closeTime } = sessions[index]!
  const within = at * sessions.length - index
  return Math.floor(openTime + Math.min(0.999, within) * (closeTime - openTime))
}

const orderOf = (instrument: number, side: 'buy' | 'sell', at: number, lots: number): NewOrder => ({
  ...{ clientOrderId: 'o', intentId: 'i', instrument, side },
  ...{ price: price(at), quantity: quantity(lots), timeInForce: 'ioc' },
  ...{ postOnly: false, reduceOnly: side === 'sell', arrivalPrice: null },
})

it('a cash account never spends what has not settled, and may spend all that has', () => {
  let refused = 0
  let bought = 0
  fc.assert(
    fc.property(
      fc.constantFrom(...spans),
      fc.array(wish, { maxLength: 40 }),
      (sessions, wishes) => {
        const state = freshShareState(instruments)
        const held = [0, 0]
        let cash = FUNDS
        /** Every sale of shares with its day: the account of another bookkeeper. */
        const sales: { readonly settles: DayNumber; readonly proceeds: Money }[] = []
        for (const { at, instrument: id, side, price: quanta, share } of wishes.toSorted(
          (a, b) => a.at - b.at,
        )) {
          const now = instantOf(sessions, at)
          const day = newYorkDay(now)
          dropSettled(state, day)
          const pending = sales.reduce(
            (sum, { settles, proceeds }) => (settles > day ? sum + proceeds : sum),
            0n,
          )
          expect(unsettledCash(state, day)).toBe(pending)
          const instrument = instruments[id]!
          if (side === 'sell') {
            const lots = Math.min(held[id]!, Math.ceil(held[id]! * share))
            if (lots === 0) continue
            const proceeds = notional(instrument, quanta, lots)
            held[id]! -= lots
            cash += proceeds
            // Coins settle at once: only shares are kept apart.
            if (instrument.kind !== 'equity') continue
            noteProceeds(state, day, proceeds)
            sales.push({ settles: settlesOn(day), proceeds })
            continue
          }
          const wanted = (Number(cash) / 1e8) * share
          const lots = Math.floor(wanted / (quanta / 100))
          if (lots === 0) continue
          const cost = notional(instrument, quanta, lots)
          const denial = shareDenial(orderOf(id, 'buy', quanta, lots), rules, state, {
            ...{ now, instruments, equity: Number(cash) / 1e8, cash },
            positionLots: (i) => held[i]!,
            worstCaseLots: () => 0,
            halfMid: () => 2 * quanta,
            bestBid: () => quanta,
          })
          const settled = cash - pending
          expect(denial === null).toBe(cost <= settled)
          if (denial !== null) {
            refused++
            expect(denial.code).toBe(cost <= cash ? 'UNSETTLED_CASH' : 'BUYING_POWER')
            continue
          }
          bought++
          cash -= cost
          held[id]! += lots
        }
      },
    ),
    { numRuns: 300 },
  )
  expect(refused).toBeGreaterThan(20)
  expect(bought).toBeGreaterThan(20)
})
