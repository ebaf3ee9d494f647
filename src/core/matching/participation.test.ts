import { describe, expect, it } from 'vitest'
import type { Event } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import { MarketCursor, MarketWriter } from '../domain/market-record.ts'
import { moneyFromNumber } from '../domain/money.ts'
import type { NewOrder } from '../domain/order.ts'
import { price, quantity, type Side } from '../domain/units.ts'
import type { TradingCosts } from '../rules/trading-costs.ts'
import { SimulatedExchange } from './exchange.ts'
import type { ExchangeOptions } from './options.ts'

const SECOND = 1_000_000
const HOUR = 3600 * SECOND
/** 2019-01-09, 10:00 in New York. */
const TEN = Date.UTC(2019, 0, 9, 15) * 1000

const share: Instrument = {
  ...{ id: 0, venue: 'us-equities', symbol: 'S', kind: 'equity', quoteCurrency: 'USD' },
  ...{ baseCurrency: 'S', priceDecimals: 4, quantityDecimals: 0, minimumNotional: 0n },
  ...{ priceRule: { kind: 'tick', quanta: 1 }, minimumQuantity: quantity(1) },
  ...{ fees: { makerE9: 0, takerE9: 0 }, longOnly: true, maximumLeverage: 1 },
}

const costs: TradingCosts = {
  ...{ slippageBp: 1, tickDollars: 0.01, participationMax: 0.05 },
  halfSpread: [
    { dollarsFrom: 1_000_000, bp: 2 },
    { dollarsFrom: 0, bp: 8 },
  ],
  impact: { kind: 'table', rows: [{ dollarsFrom: 0, bp: 10 }], unknownBp: 25 },
  ...{ volumeHalfLifeSessions: 10, volatilityHalfLifeBars: 100 },
}

const options: ExchangeOptions = {
  ...{ instruments: [share], queueModel: 'conservative', arrivalMatch: 'next' },
  ...{ entryLatencyUs: 0, responseLatencyUs: 0, fundingIntervalUs: 0 },
  ...{ bars: null, hours: costs, moneyDecimals: 6 },
}

/** A venue that saw one session of 20,000 shares an hour at 100 dollars, the day before. */
class Stage {
  exchange = new SimulatedExchange(options)

  constructor(cash: number) {
    this.exchange.addAccount(moneyFromNumber(cash))
    this.bar(TEN - 24 * HOUR, 20_000)
    this.bar(TEN - HOUR, 3_000)
  }

  bar(openTime: number, volume: number): void {
    const writer = new MarketWriter(2)
    const time = openTime + HOUR
    const prices = { open: 1e6, high: 1e6, low: 1e6, close: 1e6 }
    writer.bar(
      { receivedTime: time, venueTime: time, instrument: 0 },
      { ...prices, volume, openTime },
    )
    this.#play(writer)
  }

  send(side: Side, lots: number, at: number, limit = side === 'buy' ? 110 : 90): void {
    const order: NewOrder = {
      ...{ clientOrderId: `o${at}`, intentId: 'i', instrument: 0, side },
      ...{ price: price(limit * 1e4), quantity: quantity(lots), timeInForce: 'ioc' },
      ...{ postOnly: false, reduceOnly: side === 'sell', arrivalPrice: null },
    }
    this.exchange.submit(0, order, at)
  }

  /** Offers a price; what was said until then. */
  offer(time: number, dollars = 100): Event[] {
    const writer = new MarketWriter(2)
    const head = { receivedTime: time, venueTime: time, instrument: 0 }
    writer.trade(head, 'buy', dollars * 1e4, 0, time)
    this.#play(writer)
    return this.exchange.takeReports(time, 0)
  }

  #play(writer: MarketWriter): void {
    const cursor = new MarketCursor()
    cursor.load(writer.batch(), 0)
    this.exchange.advanceMarket(cursor)
  }
}

const fillsOf = (events: readonly Event[]) =>
  events.flatMap((event) => (event.kind === 'executed' ? [event.execution] : []))
const said = (events: readonly Event[]) =>
  events.flatMap((event) => (event.kind === 'orderReported' ? [event.report.evidence] : []))

describe('an order by the hour', () => {
  it('is done at the price offered, worse by slippage, half the spread and the impact of its size', () => {
    const stage = new Stage(1e6)
    stage.send('buy', 200, TEN + SECOND)
    const [fill] = fillsOf(stage.offer(TEN + SECOND))
    // 1 + 2 + 10 x sqrt(200 / 20,000) basis points.
    expect(fill).toMatchObject({ price: 1e6 + 400, quantity: 200 })
    stage.send('sell', 200, TEN + 2 * SECOND)
    expect(fillsOf(stage.offer(TEN + 2 * SECOND))[0]).toMatchObject({ price: 1e6 - 400 })
  })

  it('waits for a price after its arrival, and ends where that is beyond its limit', () => {
    const stage = new Stage(1e6)
    stage.send('buy', 200, TEN + SECOND, 100)
    expect(said(stage.offer(TEN + SECOND))).toEqual(['rejected'])
  })

  it('is filled up to a share of what the hour of the day usually trades; the rest ends', () => {
    const stage = new Stage(1e6)
    stage.send('buy', 1500, TEN + SECOND)
    const events = stage.offer(TEN + SECOND)
    expect(fillsOf(events)[0]).toMatchObject({ quantity: 1000 })
    expect(said(events)).toEqual(['accepted', 'canceled'])
    stage.send('buy', 10, TEN + 2 * SECOND)
    expect(said(stage.offer(TEN + 2 * SECOND))).toEqual(['rejected'])
    stage.bar(TEN, 90_000)
    // The next hour of the day was never seen.
    stage.send('buy', 10, TEN + HOUR + SECOND)
    expect(said(stage.offer(TEN + HOUR + SECOND))).toEqual(['rejected'])
  })

  it('buys no more than the cash pays for', () => {
    const stage = new Stage(10_100)
    stage.send('buy', 500, TEN + SECOND)
    const events = stage.offer(TEN + SECOND)
    const [fill] = fillsOf(events)
    expect(fill!.quantity).toBe(100)
    expect(stage.exchange.balance(0)).toBeGreaterThanOrEqual(0n)
    stage.send('buy', 500, TEN + 2 * SECOND)
    expect(said(stage.offer(TEN + 2 * SECOND))).toEqual(['rejected'])
  })

  it('goes on from a snapshot as if nothing had been', () => {
    const stage = new Stage(1e6)
    stage.send('buy', 600, TEN + SECOND)
    stage.offer(TEN + SECOND)
    const copy = JSON.parse(JSON.stringify(stage.exchange.snapshot()))
    const other = new Stage(1e6)
    other.exchange = SimulatedExchange.restore(options, copy)
    for (const each of [stage, other]) each.send('sell', 700, TEN + 3 * SECOND)
    const [first, second] = [stage, other].map((each) => each.offer(TEN + 3 * SECOND))
    expect(fillsOf(first!)[0]).toMatchObject({ quantity: 400 })
    expect(fillsOf(second!)).toEqual(fillsOf(first!))
  })
})
