import {
  assert,
  type Effect,
  type Engine,
  type Event,
  type HourPanel,
  MarketCursor,
  MarketWriter,
  type NewOrder,
  type SimulatedExchange,
  type TimeUs,
} from '../../../core/mod.ts'
import { type ExecutionPrice, executionPrice, type MinutePrices } from '../../../models/mod.ts'
import { accountReport } from '../drive-backtest.ts'

/** What watches an hourly backtest. */
export interface HourlyObserver {
  /** After the engine stepped it. */
  event(event: Event): void
  /**
   * An order went out after the decision of a bar; `price` is where it will be tried, null where
   * the name does not trade.
   */
  order(order: NewOrder, bar: number, price: ExecutionPrice | null): void
  /** After the decision of a bar. */
  decided(bar: number): void
}

/** What an hourly drive needs. */
export interface HourlyDriveInput {
  readonly engine: Engine
  readonly exchange: SimulatedExchange
  readonly panel: HourPanel
  readonly opening: readonly Event[]
  /** Minutes by name; null: the next open is traded at. */
  readonly minutes: readonly (MinutePrices | null)[] | null
  readonly latencyUs: number
  /** From a decision's sales to its purchases, us. */
  readonly buyDelayUs: number
  readonly observer: HourlyObserver
  /** Called after each bar; return true to stop early. */
  readonly progress?: ((bar: number, bars: number) => boolean) | undefined
}

/** From a bar's close until engine and venue have it, us: before its decision. */
const FEED_DELAY_US = 1_000_000

/**
 * Drives engine and simulated exchange hour by hour in virtual time: the finished bars of all names
 * at once, then a heartbeat at the decision, at the next session's open where the exchange is shut
 * meanwhile, and after the sales. What an order is tried at is a price of its own, after it was
 * sent; the engine never sees it before its fill. Returns the bars driven.
 */
export function driveHours(input: HourlyDriveInput): number {
  return new HourlyDrive(input).run()
}

/** A price that an order waits for. */
interface Offer {
  readonly time: TimeUs
  readonly instrument: number
  readonly quanta: number
}

class HourlyDrive {
  readonly #input: HourlyDriveInput
  readonly #engine: Engine
  readonly #exchange: SimulatedExchange
  readonly #bars: number
  readonly #writer = new MarketWriter(1 << 10)
  readonly #cursor = new MarketCursor()
  #offers: Offer[] = []
  #offerId = 0
  #bar = -1

  constructor(input: HourlyDriveInput) {
    this.#input = input
    this.#engine = input.engine
    this.#exchange = input.exchange
    this.#bars = input.panel.grid.openTime.length
  }

  run(): number {
    const { opening, panel, observer, progress, buyDelayUs } = this.#input
    const { grid } = panel
    for (const event of opening) this.#step(event)
    for (let bar = 0; bar < this.#bars; bar++) {
      this.#bar = bar
      this.#advance(grid.closeTime[bar]!)
      this.#feed(bar)
      this.#beat(grid.decisionTime[bar]!)
      const { strategyFailure } = this.#engine.world
      // A live session would go on without new risk; a backtest of half a strategy says nothing.
      assert(strategyFailure === null, `bar ${bar}: the strategy failed: ${strategyFailure}`)
      observer.decided(bar)
      const nextOpen = grid.openTime[bar + 1]
      if (nextOpen === undefined) return bar + 1
      const tradeTime = Math.max(nextOpen, grid.decisionTime[bar]!)
      if (tradeTime > grid.decisionTime[bar]!) this.#beat(tradeTime)
      this.#beat(tradeTime + buyDelayUs)
      if (progress?.(bar, this.#bars) === true) return bar + 1
    }
    return this.#bars
  }

  /** The finished bars of every name, to the venue and to the engine. */
  #feed(bar: number): void {
    const { panel } = this.#input
    const { bars, grid } = panel
    const { instruments } = this.#engine.world.config
    const writer = this.#writer
    writer.clear()
    const venueTime = grid.closeTime[bar]!
    const receivedTime = Math.min(venueTime + FEED_DELAY_US, grid.decisionTime[bar]! - 1)
    const openTime = grid.openTime[bar]!
    for (const { id, priceDecimals, quantityDecimals } of instruments) {
      const at = id * this.#bars + bar
      const scale = 10 ** priceDecimals
      const close = Math.round(bars.close[at]! * scale)
      if (!(close > 0)) continue
      writer.bar(
        { receivedTime, venueTime, instrument: id },
        {
          open: Math.round(bars.open[at]! * scale),
          high: Math.round(bars.high[at]! * scale),
          low: Math.round(bars.low[at]! * scale),
          close,
          volume: Math.round(bars.volume[at]! * 10 ** quantityDecimals),
          openTime,
        },
      )
    }
    const batch = writer.batch()
    const cursor = this.#cursor
    for (let i = 0; i < batch.count; i++) {
      cursor.load(batch, i)
      this.#exchange.advanceMarket(cursor)
      this.#engine.stepMarket(cursor)
    }
    this.#flush(receivedTime)
  }

  #beat(time: TimeUs): void {
    this.#advance(time)
    this.#step({ kind: 'heartbeat', receivedTime: time })
  }

  /** Lets everything due at or before an instant happen: prices, the venue's own doings, reports. */
  #advance(until: TimeUs): void {
    const exchange = this.#exchange
    for (;;) {
      const offer = this.#offers[0]
      const due = Math.min(offer?.time ?? Number.POSITIVE_INFINITY, exchange.nextActivityTime())
      if (due > until) return
      exchange.advanceTime(due)
      if (offer !== undefined && offer.time <= due) {
        this.#offers.shift()
        this.#offer(offer)
      }
      this.#deliver(due)
    }
  }

  #offer({ time, instrument, quanta }: Offer): void {
    const writer = this.#writer
    writer.clear()
    writer.trade(
      { receivedTime: time, venueTime: time, instrument },
      'buy',
      quanta,
      0,
      ++this.#offerId,
    )
    this.#cursor.load(writer.batch(), 0)
    this.#exchange.advanceMarket(this.#cursor)
  }

  #deliver(until: TimeUs): void {
    const exchange = this.#exchange
    while (exchange.nextReportTime() <= until) {
      for (const event of exchange.takeReports(exchange.nextReportTime(), 0)) this.#step(event)
    }
  }

  #step(event: Event): void {
    this.#engine.step(event)
    if (event.kind === 'executed') {
      assert(this.#engine.world.ledger.cash('USD') >= 0n, 'cash is never negative')
    }
    this.#input.observer.event(event)
    this.#flush(event.receivedTime)
  }

  #flush(now: TimeUs): void {
    while (this.#engine.hasEffects) {
      for (const effect of this.#engine.takeEffects()) this.#execute(effect, now)
    }
  }

  #execute(effect: Effect, now: TimeUs): void {
    const exchange = this.#exchange
    if (effect.kind === 'submitOrder') return this.#submit(effect, now)
    if (effect.kind === 'cancelOrder') return exchange.cancel(0, effect.cancel, now)
    if (effect.kind === 'queryAccount') this.#step(accountReport(exchange, 'USD', now))
  }

  #submit(effect: Extract<Effect, { kind: 'submitOrder' }>, now: TimeUs): void {
    const { order } = effect
    const { instrument, clientOrderId } = order
    this.#exchange.submit(0, order, now)
    const found = this.#priceOf(instrument, now)
    this.#input.observer.order(order, this.#bar, found)
    if (found === null) {
      return this.#exchange.cancel(0, { clientOrderId, instrument, venueOrderId: null }, now)
    }
    const { priceDecimals } = this.#engine.world.config.instruments[instrument]!
    const time = Math.max(found.time, now + this.#input.latencyUs)
    const quanta = Math.max(1, Math.round(found.price * 10 ** priceDecimals))
    let at = this.#offers.length
    while (at > 0 && this.#offers[at - 1]!.time > time) at--
    this.#offers.splice(at, 0, { time, instrument, quanta })
  }

  #priceOf(instrument: number, now: TimeUs): ExecutionPrice | null {
    const { panel, minutes, latencyUs } = this.#input
    const next = this.#bar + 1
    if (next >= this.#bars) return null
    return executionPrice({
      ...{ knownTime: now, latencyUs, minutes: minutes?.[instrument] ?? null },
      endTime: panel.grid.closeTime[next]!,
      nextOpenTime: panel.grid.openTime[next]!,
      nextOpen: panel.bars.open[instrument * this.#bars + next]!,
    })
  }
}
