import type { Event, EventOf } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import { MarketCursor, MarketWriter } from '../domain/market-record.ts'
import type { NewOrder } from '../domain/order.ts'
import { MONEY_UNIT, type Money, price, quantity, type Side } from '../domain/units.ts'
import { SimulatedExchange } from './exchange.ts'
import type { ExchangeOptions } from './options.ts'

/** A perpetual with a price quantum and tick of 0.1, a lot of 0.001 and fees of 1.5 and 4.5 bp. */
export const testInstrument = (changes: Partial<Instrument> = {}): Instrument => ({
  id: 0,
  venue: 'test',
  symbol: 'BTC',
  kind: 'perpetual',
  quoteCurrency: 'USDC',
  baseCurrency: 'BTC',
  priceDecimals: 1,
  quantityDecimals: 3,
  priceRule: { kind: 'tick', quanta: 1 },
  minimumNotional: 0n,
  minimumQuantity: quantity(1),
  fees: { makerE9: 150_000, takerE9: 450_000 },
  longOnly: false,
  maximumLeverage: 40,
  ...changes,
})

/** What a test says about an order; the rest has plain defaults. */
export interface OrderWords {
  readonly id: string
  readonly side: Side
  readonly price: number
  readonly quantity: number
  readonly timeInForce?: 'gtc' | 'ioc'
  readonly postOnly?: boolean
  readonly reduceOnly?: boolean
  readonly instrument?: number
  readonly account?: number
}

const testOrder = (words: OrderWords): NewOrder => ({
  clientOrderId: words.id,
  intentId: `intent of ${words.id}`,
  instrument: words.instrument ?? 0,
  side: words.side,
  price: price(words.price),
  quantity: quantity(words.quantity),
  timeInForce: words.timeInForce ?? 'gtc',
  postOnly: words.postOnly ?? false,
  reduceOnly: words.reduceOnly ?? false,
  arrivalPrice: null,
})

/** Flat list of (price, quantity) pairs, best first. */
type Levels = readonly number[]

/** A simulated exchange with one account, spoken to in short words; times in us. */
export class TestVenue {
  exchange: SimulatedExchange
  readonly options: ExchangeOptions
  #trades = 0

  constructor(options: Partial<ExchangeOptions> = {}, balance: Money = 10_000_000n * MONEY_UNIT) {
    this.options = {
      instruments: [testInstrument()],
      queueModel: 'conservative',
      entryLatencyUs: 0,
      responseLatencyUs: 0,
      arrivalMatch: 'next',
      fundingIntervalUs: 0,
      bars: null,
      moneyDecimals: 6,
      ...options,
    }
    this.exchange = new SimulatedExchange(this.options)
    this.exchange.addAccount(balance)
  }

  submit(decisionTime: number, words: OrderWords): void {
    this.exchange.submit(words.account ?? 0, testOrder(words), decisionTime)
  }

  /** Sends an order in the place of another, of which `filled` lots are known to have filled. */
  replace(decisionTime: number, id: string, words: OrderWords, filled = 0): void {
    const replaced = {
      clientOrderId: id,
      instrument: 0,
      venueOrderId: null,
      filledQuantity: quantity(filled),
    }
    this.exchange.submit(words.account ?? 0, testOrder(words), decisionTime, replaced)
  }

  cancel(decisionTime: number, id: string, account = 0): void {
    const cancel = { clientOrderId: id, instrument: 0, venueOrderId: null }
    this.exchange.cancel(account, cancel, decisionTime)
  }

  book(venueTime: number, bids: Levels, asks: Levels, instrument = 0): void {
    this.#write((w) => w.snapshot({ receivedTime: venueTime, venueTime, instrument }, bids, asks))
  }

  delta(venueTime: number, side: 'bid' | 'ask', level: number, lots: number, instrument = 0): void {
    const head = { receivedTime: venueTime, venueTime, instrument }
    this.#write((w) => w.delta(head, side, level, lots))
  }

  /** A public trade; ids count up unless given. */
  trade(venueTime: number, aggressor: Side, at: number, lots: number, id?: number): void {
    const head = { receivedTime: venueTime, venueTime, instrument: 0 }
    this.#write((w) => w.trade(head, aggressor, at, lots, id ?? ++this.#trades))
  }

  /** A bar as (open, high, low, close). */
  bar(openTime: number, closeTime: number, ohlc: readonly [number, number, number, number]): void {
    const [open, high, low, close] = ohlc
    const head = { receivedTime: closeTime, venueTime: closeTime, instrument: 0 }
    this.#write((w) => w.bar(head, { open, high, low, close, volume: 1, openTime }))
  }

  rate(venueTime: number, rateE9: number): void {
    this.#write((w) => w.funding({ receivedTime: venueTime, venueTime, instrument: 0 }, rateE9))
  }

  mark(venueTime: number, mark: number, oracle: number): void {
    this.#write((w) => w.mark({ receivedTime: venueTime, venueTime, instrument: 0 }, mark, oracle))
  }

  advance(venueTime: number): void {
    this.exchange.advanceTime(venueTime)
  }

  /** All reports so far. */
  reports(account = 0): Event[] {
    return this.exchange.takeReports(Number.POSITIVE_INFINITY, account)
  }

  /** All reports so far in one word each: "a accepted", "a maker 3 @ 100", "b rejected tick". */
  heard(account = 0): string[] {
    return this.reports(account).map(inWords)
  }

  /** Executions among the reports so far. */
  executions(account = 0): EventOf<'executed'>['execution'][] {
    return this.reports(account).flatMap((e) => (e.kind === 'executed' ? [e.execution] : []))
  }

  /** Continues on an exchange restored from its own snapshot, through JSON. */
  restart(): void {
    const text = JSON.stringify(this.exchange.snapshot())
    this.exchange = SimulatedExchange.restore(this.options, JSON.parse(text))
  }

  #write(write: (writer: MarketWriter) => void): void {
    const writer = new MarketWriter(1)
    write(writer)
    const cursor = new MarketCursor()
    cursor.load(writer.batch(), 0)
    this.exchange.advanceMarket(cursor)
  }
}

function inWords(event: Event): string {
  switch (event.kind) {
    case 'orderReported': {
      const { clientOrderId, evidence, code } = event.report
      return [clientOrderId, evidence, code].filter((word) => word !== null).join(' ')
    }
    case 'executed': {
      const { clientOrderId, liquidity, quantity: lots, price: at } = event.execution
      return `${clientOrderId} ${liquidity} ${lots} @ ${at}`
    }
    case 'fundingPaid':
      return `funding ${event.amount}`
    default:
      return event.kind
  }
}
