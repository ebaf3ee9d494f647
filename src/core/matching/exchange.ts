import type { OrderBook } from '../book/order-book.ts'
import type { Event, VenueOpenOrder } from '../domain/event.ts'
import { type MarketBatch, MarketCursor } from '../domain/market-record.ts'
import type { CancelOrder, ClientOrderId, NewOrder, ReplacedOrder } from '../domain/order.ts'
import type { AssetUnits, Money, SignedQuantity, TimeUs } from '../domain/units.ts'
import { averageEntryPrice } from '../ledger/position.ts'
import { assert } from '../lib/assert.ts'
import { type Command, enqueue } from './command.ts'
import { FundingSchedule } from './funding.ts'
import { equity } from './margin.ts'
import { MatchingEngine } from './matching-engine.ts'
import type { ExchangeOptions } from './options.ts'
import { OvernightSchedule } from './overnight.ts'
import {
  EXCHANGE_SNAPSHOT_VERSION,
  type ExchangeSnapshot,
  restoreAccounts,
  restoreMarket,
  snapshotMarket,
} from './snapshot.ts'
import { markPrice } from './venue-market.ts'
import { listOrder } from './venue-order.ts'

const FOREVER = Number.POSITIVE_INFINITY

/** Where an order is that is not closed. */
export type OrderPlace = 'arriving' | 'waiting' | 'resting'

/** Records that were left out. */
export interface IgnoredRecords {
  /** Trades whose id was among the last {@link TRADE_WINDOW} of their stream. */
  readonly duplicateTrades: number
  /** Records older than the newest of their stream (what venues resend after a reconnect). */
  readonly historyFrames: number
}

/**
 * A simulated venue: its own books advanced by venue time, orders with latency and queue position,
 * accounts with cash, positions, fees and funding. Pure and deterministic; one engine behind
 * backtests, paper trading, drills and the simulated wire server.
 *
 * Order of what happens at one venue time: funding, what shares owe overnight, books that became
 * complete, commands in order of arrival and submission, then market records in the order given.
 */
export class SimulatedExchange {
  readonly #options: ExchangeOptions
  readonly #engine: MatchingEngine
  readonly #funding: FundingSchedule
  readonly #overnight: OvernightSchedule
  /** Commands on their way, by arrival. */
  readonly #pending: Command[] = []
  readonly #clock: Float64Array
  readonly #cursor = new MarketCursor()
  /** One slot: earliest of arrivals, funding and unsettled books; -Infinity before the start. */
  readonly #next = new Float64Array([-FOREVER])
  /** One slot: what nextActivityTime answers, NaN when it is to be worked out again. */
  readonly #activity = new Float64Array([Number.NaN])

  constructor(options: ExchangeOptions) {
    const { instruments, entryLatencyUs, responseLatencyUs, moneyDecimals } = options
    assert(
      instruments.every(({ id }, i) => id === i),
      'instruments must be listed in the order of their ids',
    )
    assert(
      new Set(instruments.map(({ quoteCurrency }) => quoteCurrency)).size <= 1,
      'instruments of one simulated venue must share their quote currency',
    )
    assert(entryLatencyUs >= 0 && responseLatencyUs >= 0, 'latencies must not be negative')
    assert(options.hours === undefined || options.bars === null, 'either by the hour or by bars')
    assert(moneyDecimals >= 0 && moneyDecimals <= 8, 'moneyDecimals must be 0 to 8')
    this.#options = options
    this.#engine = new MatchingEngine(options)
    this.#funding = new FundingSchedule(options.fundingIntervalUs, moneyDecimals)
    this.#overnight = new OvernightSchedule(options.shareCosts ?? null, moneyDecimals)
    this.#clock = this.#engine.clearing.clock
  }

  /** Venue time up to which everything has happened. */
  get now(): TimeUs {
    return this.#engine.clearing.now
  }

  /** Opens an account with cash in the quote currency; returns its index: 0, 1, ... */
  addAccount(balance: Money): number {
    return this.#engine.clearing.openAccount(balance)
  }

  /**
   * Sends an order, in the place of another one when it replaces one; it arrives after the entry
   * latency. Its outcome comes as reports.
   */
  submit(account: number, order: NewOrder, decisionTime: TimeUs, replaces?: ReplacedOrder): void {
    this.#engine.clearing.account(account)
    const arrivalTime = this.#arrival(decisionTime)
    const command = { kind: 'submit', account, arrivalTime, order } as const
    this.#enqueue(replaces === undefined ? command : { ...command, replaces })
  }

  /** Sends a cancel; it arrives after the entry latency. */
  cancel(account: number, cancel: CancelOrder, decisionTime: TimeUs): void {
    this.#engine.clearing.account(account)
    const arrivalTime = this.#arrival(decisionTime)
    this.#enqueue({ kind: 'cancel', account, arrivalTime, cancel })
  }

  /**
   * Applies one market record at its venue time, after everything due by then. Records come in
   * order of venue time (a live feed may interleave its streams); at equal times trades should come
   * before book states. Records older than the newest of their stream are ignored and counted.
   * Hot: without orders or consumed liquidity on the instrument only the book moves.
   */
  advanceMarket(cursor: MarketCursor): void {
    const time = cursor.venueTime
    if (time >= this.#next[0]!) this.#runUntil(time)
    this.#passTo(time)
    if (this.#engine.apply(cursor)) this.#schedule()
  }

  /**
   * Applies records [from, to) of a batch as {@link advanceMarket} would one after another, as long
   * as their venue time is before `until` and before the next activity; returns the index of the
   * first one left. Hot.
   */
  advanceMarkets(batch: MarketBatch, from: number, to: number, until: TimeUs): number {
    const { f64 } = batch
    const cursor = this.#cursor
    let index = from
    while (index < to) {
      const limit = Math.min(until, this.nextActivityTime())
      const quietLimit = Math.min(limit, this.#next[0]!)
      const quietTo = this.#engine.applyByKernel(batch, index, to, quietLimit)
      if (quietTo > index) this.#passTo(f64[5 * quietTo - 4]!)
      index = quietTo
      if (index === to || f64[5 * index + 1]! >= limit) break
      cursor.load(batch, index++)
      this.advanceMarket(cursor)
    }
    return index
  }

  /** Lets everything due at or before `venueTime` happen: arrivals, funding, complete books. */
  advanceTime(venueTime: TimeUs): void {
    if (venueTime >= this.#next[0]!) this.#runUntil(venueTime)
    this.#passTo(venueTime)
  }

  /** Earliest arrival, funding payment, complete book or report to come; Infinity when none. */
  nextActivityTime(): TimeUs {
    const activity = this.#activity
    if (Number.isNaN(activity[0]!)) {
      const funding = this.#funding.nextTimeThatMatters(this.#engine.clearing)
      activity[0] = Math.min(this.#nextInternal(funding), this.nextReportTime())
    }
    return activity[0]!
  }

  /** When the earliest report can be known; Infinity when there is none. */
  nextReportTime(): TimeUs {
    let earliest = FOREVER
    for (const outbox of this.#engine.clearing.outboxes)
      earliest = Math.min(earliest, outbox.nextTime())
    return earliest
  }

  /** Hands over an account's reports that can be known at `until`, in order. */
  takeReports(until: TimeUs, account: number): Event[] {
    this.#engine.clearing.account(account)
    this.#activity[0] = Number.NaN
    return this.#engine.clearing.outboxes[account]!.take(until)
  }

  /** Signed lots. */
  position(account: number, instrument: number): SignedQuantity {
    return this.#engine.clearing.account(account).positions[instrument]!.quantity as SignedQuantity
  }

  /** What is held beyond whole lots, where fees are taken in the asset. */
  dust(account: number, instrument: number): AssetUnits {
    return this.#engine.clearing.account(account).positions[instrument]!.dust
  }

  /** Average entry price in quanta (a fraction), null when flat. */
  averageEntryPrice(account: number, instrument: number): number | null {
    const position = this.#engine.clearing.account(account).positions[instrument]!
    return averageEntryPrice(position, this.#options.instruments[instrument]!)
  }

  /** Cash, after fees and funding. */
  balance(account: number): Money {
    return this.#engine.clearing.account(account).balance
  }

  /** Cash plus the value of open positions at their marks. */
  equity(account: number): Money {
    return equity(this.#engine.clearing.account(account), this.#engine.markets)
  }

  /** Realised PnL before fees and funding, at average cost. */
  realisedPnl(account: number): Money {
    return this.#engine.clearing.account(account).total('realised')
  }

  /** Fees paid; negative when rebates prevail. */
  fees(account: number): Money {
    return this.#engine.clearing.account(account).total('fees')
  }

  /** Funding received (positive) or paid. */
  funding(account: number): Money {
    return this.#engine.clearing.account(account).total('funding')
  }

  /**
   * Orders that arrived and may still trade, oldest first; immediate-or-cancel ones are not shown.
   */
  openOrders(account: number): readonly VenueOpenOrder[] {
    const held = [...this.#engine.clearing.account(account).orders.values()]
    return held.filter(({ order }) => order.timeInForce === 'gtc').map(listOrder)
  }

  /**
   * Where an order is: on its way, arrived and waiting to be matched, or resting; null when the
   * venue does not hold it (never sent, closed).
   */
  findOrder(account: number, clientOrderId: ClientOrderId): OrderPlace | null {
    const held = this.#engine.clearing.account(account).orders.get(clientOrderId)
    if (held !== undefined) return held.isResting ? 'resting' : 'waiting'
    const isArriving = this.#pending.some(
      (command) =>
        command.kind === 'submit' &&
        command.account === account &&
        command.order.clientOrderId === clientOrderId,
    )
    return isArriving ? 'arriving' : null
  }

  /**
   * The venue's own book as of now: external liquidity only. Not to be written, nor to be kept over
   * the next record.
   */
  book(instrument: number): OrderBook {
    return this.#engine.markets[instrument]!.book
  }

  /** Mark record, else mid, else last price, in quanta (possibly a half); -1 when unknown. */
  markPrice(instrument: number): number {
    return markPrice(this.#engine.markets[instrument]!)
  }

  /** Records left out so far. */
  ignoredRecords(): IgnoredRecords {
    const { duplicateTrades, historyFrames } = this.#engine
    return { duplicateTrades, historyFrames }
  }

  /** The whole state as plain data; restored under the same options it continues identically. */
  snapshot(): ExchangeSnapshot {
    const engine = this.#engine
    const { accounts, outboxes, now, executions } = engine.clearing
    return {
      version: EXCHANGE_SNAPSHOT_VERSION,
      now,
      hasStarted: this.#next[0] !== -FOREVER,
      sequence: engine.sequence,
      executions,
      markets: engine.markets.map(snapshotMarket),
      accounts: accounts.map((account, i) => ({
        account: account.snapshot(),
        outbox: outboxes[i]!.snapshot(),
      })),
      pending: [...this.#pending],
      unsettled: [...engine.unsettled],
      funding: this.#funding.snapshot(),
      overnight: this.#overnight.snapshot(),
      streamTimes: [...engine.streamTimes].map((time) => (time === -FOREVER ? null : time)),
      duplicateTrades: engine.duplicateTrades,
      historyFrames: engine.historyFrames,
      hours: engine.hours?.snapshot() ?? null,
    }
  }

  /** An exchange in the state of a snapshot taken under the same options. */
  static restore(options: ExchangeOptions, snapshot: ExchangeSnapshot): SimulatedExchange {
    const { version, markets } = snapshot
    assert(version === EXCHANGE_SNAPSHOT_VERSION, `exchange snapshot of version ${version}`)
    assert(markets.length === options.instruments.length, 'snapshot of another universe')
    const exchange = new SimulatedExchange(options)
    const engine = exchange.#engine
    const orders = engine.markets.flatMap((market, i) => restoreMarket(market, markets[i]!))
    restoreAccounts(engine.clearing, options.instruments, snapshot, orders)
    engine.sequence = snapshot.sequence
    exchange.#pending.push(...snapshot.pending)
    for (const [instrument, time] of snapshot.unsettled) engine.unsettled.set(instrument, time)
    exchange.#funding.restore(snapshot.funding, snapshot.hasStarted)
    exchange.#overnight.restore(snapshot.overnight, snapshot.hasStarted)
    engine.streamTimes.set(snapshot.streamTimes.map((time) => time ?? -FOREVER))
    engine.duplicateTrades = snapshot.duplicateTrades
    engine.historyFrames = snapshot.historyFrames
    if (snapshot.hours !== null) engine.hours?.restore(snapshot.hours)
    for (const market of engine.markets) engine.noteBusy(market)
    if (snapshot.hasStarted) exchange.#schedule()
    return exchange
  }

  #passTo(time: TimeUs): void {
    if (time > this.#clock[0]!) this.#clock[0] = time
  }

  #arrival(decisionTime: TimeUs): TimeUs {
    return Math.max(decisionTime + this.#options.entryLatencyUs, this.#clock[0]!)
  }

  #enqueue(command: Command): void {
    enqueue(this.#pending, command)
    this.#activity[0] = Number.NaN
    if (command.arrivalTime < this.#next[0]!) this.#next[0] = command.arrivalTime
  }

  #nextInternal(funding: TimeUs): TimeUs {
    const { unsettled } = this.#engine
    let next = Math.min(funding, this.#overnight.nextTime())
    if (this.#pending.length > 0) next = Math.min(next, this.#pending[0]!.arrivalTime)
    if (unsettled.size > 0) for (const time of unsettled.values()) next = Math.min(next, time)
    return next
  }

  #schedule(): void {
    this.#activity[0] = Number.NaN
    this.#next[0] = this.#nextInternal(this.#funding.nextTime())
  }

  #runUntil(until: TimeUs): void {
    this.#funding.start(until)
    this.#overnight.start(until)
    for (;;) {
      this.#schedule()
      const next = this.#next[0]!
      if (next > until) return
      this.#passTo(next)
      const engine = this.#engine
      if (this.#funding.nextTime() === next) this.#funding.run(engine.markets, engine.clearing)
      else if (this.#overnight.nextTime() === next) {
        this.#overnight.run(engine.markets, engine.clearing, (market, ratio) =>
          engine.countAnew(market, ratio),
        )
      } else if (!engine.settleBooks(next)) engine.handle(this.#pending.shift()!)
    }
  }
}
