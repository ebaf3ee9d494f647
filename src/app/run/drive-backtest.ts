import {
  type Effect,
  type Engine,
  type Event,
  type MarketBatch,
  MarketCursor,
  RUN_RECORDS,
  type SimulatedExchange,
  unreachable,
} from '../../core/mod.ts'
import { widenInlining } from './inlining.ts'

/** What watches a backtest; all calls are after the engine stepped the input. */
export interface BacktestObserver {
  event(event: Event): void
  /**
   * After records [from, to) of the batch, each seen once. `halfMids` has the mid of the engine's
   * book behind each, from slot 0 on: half quanta, -1 for none or a trade. Must be cheap.
   */
  markets(batch: MarketBatch, from: number, to: number, halfMids: Float64Array): void
  /** After a heartbeat: a good moment to sample equity. */
  heartbeat(now: number): void
  effects(effects: readonly Effect[], now: number): void
}

/** Inputs of one backtest. */
export interface BacktestInput {
  readonly engine: Engine
  readonly exchange: SimulatedExchange
  readonly batch: MarketBatch
  /** What the exchange sees, record for record like `batch`; `batch` itself unless given. */
  readonly venueBatch?: MarketBatch
  /** Events stepped before the first record: session start and whatever warms up. */
  readonly opening: readonly Event[]
  readonly heartbeatUs: number
  readonly observer: BacktestObserver
  /** Called every `progressEvery` records; return true to stop early. */
  readonly progress?: (index: number, now: number) => boolean
}

/** How far a backtest came. */
export interface BacktestEnd {
  readonly records: number
  readonly now: number
  readonly interrupted: boolean
}

const FOREVER = Number.POSITIVE_INFINITY
const PROGRESS_EVERY = 65_536
/** Reports are heard this long after the last record. */
const AFTERMATH_US = 60_000_000

/**
 * Drives engine and simulated exchange through a recording in virtual time. The exchange's book
 * follows venue time, the engine's received time. At one instant the order is: heartbeat, the
 * exchange's own market, reports of our orders, market data as received (event.ts, sourcePriority).
 */
export function driveBacktest(input: BacktestInput): BacktestEnd {
  widenInlining()
  return new Drive(input).run()
}

class Drive {
  readonly #input: BacktestInput
  readonly #engine: Engine
  readonly #exchange: SimulatedExchange
  readonly #observer: BacktestObserver
  readonly #currency: string
  readonly #venueBatch: MarketBatch
  readonly #venueOrder: Int32Array | null
  readonly #venueCursor = new MarketCursor()
  #venueIndex = 0
  /** One slot each, typed, so that writing is cheap: next venue record, next heartbeat. */
  readonly #venueTime: Float64Array
  readonly #heartbeat: Float64Array

  constructor(input: BacktestInput) {
    const { engine, exchange, batch } = input
    this.#input = input
    this.#engine = engine
    this.#exchange = exchange
    this.#observer = input.observer
    this.#currency = engine.world.config.instruments[0]?.quoteCurrency ?? ''
    this.#venueBatch = input.venueBatch ?? batch
    this.#venueOrder = orderByVenueTime(this.#venueBatch)
    this.#venueTime = new Float64Array([venueTimeAt(this.#venueBatch, this.#venueOrder, 0)])
    this.#heartbeat = new Float64Array(1)
  }

  run(): BacktestEnd {
    const { opening, batch, heartbeatUs, progress } = this.#input
    for (const event of opening) this.#step(event)
    let now = opening.at(-1)?.receivedTime ?? 0
    const first = Math.max(now, batch.count > 0 ? batch.f64[0]! : now)
    this.#heartbeat[0] = Math.ceil(first / heartbeatUs) * heartbeatUs
    let index = 0
    let interrupted = false
    while (index < batch.count && !interrupted) {
      const end = Math.min(index + RUN_RECORDS, batch.count)
      this.#records(index, end)
      now = batch.f64[(end - 1) * 5]!
      interrupted = index % PROGRESS_EVERY === 0 && progress?.(index, now) === true
      index = end
    }
    return { records: index, now: this.#finish(now), interrupted }
  }

  /**
   * Hot: steps records [from, to) with whatever falls due before each. Until something is due the
   * exchange and the engine do not concern each other: each takes its records at a stretch.
   */
  #records(from: number, to: number): void {
    const { batch } = this.#input
    const engine = this.#engine
    const { halfMids } = engine
    const lastTime = batch.f64[(to - 1) * 5]!
    let index = from
    while (index < to) {
      const quietUntil = Math.min(this.#heartbeat[0]!, engine.quietUntil(), lastTime + 1)
      if (batch.f64[index * 5]! >= quietUntil) {
        this.#record(index++)
        continue
      }
      const until = this.#advanceVenue(quietUntil)
      const quietTo = engine.stepMarkets(batch, { from: index, to, until })
      if (quietTo > index) this.#observer.markets(batch, index, quietTo, halfMids)
      index = quietTo
      if (index < to) this.#record(index++)
    }
  }

  /** Lets the venue see records before `until` and its next activity; returns the earlier of both. */
  #advanceVenue(until: number): number {
    const exchange = this.#exchange
    const venueTime = this.#venueTime
    for (;;) {
      const limit = Math.min(until, exchange.nextActivityTime())
      if (!(venueTime[0]! < limit)) return limit
      if (this.#venueOrder !== null) this.#stepVenue()
      else {
        const batch = this.#venueBatch
        this.#venueIndex = exchange.advanceMarkets(batch, this.#venueIndex, batch.count, limit)
        venueTime[0] = venueTimeAt(batch, null, this.#venueIndex)
      }
    }
  }

  /** Steps a record and before it whatever is due. */
  #record(index: number): void {
    const { batch } = this.#input
    const received = batch.f64[index * 5]!
    if (this.#heartbeat[0]! <= received) this.#beat(received)
    this.#advanceExchange(received)
    const engine = this.#engine
    engine.stepMarkets(batch, { from: index, to: index + 1, until: FOREVER })
    this.#observer.markets(batch, index, index + 1, engine.halfMids)
    if (engine.hasEffects) this.#flush(received)
  }

  #beat(received: number): void {
    const heartbeat = this.#heartbeat
    while (heartbeat[0]! <= received) {
      const time = heartbeat[0]!
      this.#advanceExchange(time - 1)
      this.#step({ kind: 'heartbeat', receivedTime: time })
      this.#observer.heartbeat(time)
      heartbeat[0] = time + this.#input.heartbeatUs
    }
  }

  /** Brings the exchange to `until`, handing over reports in between at their own times. Hot. */
  #advanceExchange(until: number): void {
    const exchange = this.#exchange
    const venueTime = this.#venueTime
    for (;;) {
      const activity = exchange.nextActivityTime()
      if (venueTime[0]! < activity) {
        if (venueTime[0]! > until) return
        this.#stepVenue()
        continue
      }
      if (activity > until) return
      exchange.advanceTime(activity)
      while (venueTime[0]! <= activity) this.#stepVenue()
      this.#deliver(activity)
    }
  }

  #stepVenue(): void {
    const batch = this.#venueBatch
    const order = this.#venueOrder
    const index = this.#venueIndex
    this.#venueCursor.load(batch, order === null ? index : order[index]!)
    this.#exchange.advanceMarket(this.#venueCursor)
    this.#venueIndex = index + 1
    this.#venueTime[0] = venueTimeAt(batch, order, index + 1)
  }

  #deliver(until: number): void {
    const exchange = this.#exchange
    while (exchange.nextReportTime() <= until) {
      for (const event of exchange.takeReports(exchange.nextReportTime(), 0)) this.#step(event)
    }
  }

  #step(event: Event): void {
    this.#engine.step(event)
    this.#observer.event(event)
    this.#flush(event.receivedTime)
  }

  #flush(now: number): void {
    while (this.#engine.hasEffects) {
      const effects = this.#engine.takeEffects()
      this.#observer.effects(effects, now)
      for (const effect of effects) this.#execute(effect, now)
    }
  }

  #execute(effect: Effect, now: number): void {
    switch (effect.kind) {
      case 'submitOrder':
        return this.#exchange.submit(0, effect.order, now, effect.replaces)
      case 'cancelOrder':
        return this.#exchange.cancel(0, effect.cancel, now)
      case 'queryAccount':
        return this.#step(accountReport(this.#exchange, this.#currency, now))
      case 'queryOrder':
      case 'orderDenied':
      case 'evaluated':
      case 'differenceFound':
      case 'reconciled':
      case 'orderShadowed':
      case 'shadowExecuted':
      case 'breakerTripped':
      case 'breakerRearmed':
      case 'alert':
        return
      default:
        unreachable(effect, 'effect')
    }
  }

  /** Hears reports already on their way; no further market exists for anything else. */
  #finish(now: number): number {
    const exchange = this.#exchange
    this.#advanceExchange(now)
    const last = now + AFTERMATH_US
    while (exchange.nextReportTime() <= last) this.#deliver(exchange.nextReportTime())
    // One last look at the clock marks what is still held.
    const end = Math.max(now, this.#engine.world.now)
    this.#step({ kind: 'heartbeat', receivedTime: end })
    this.#observer.heartbeat(end)
    return end
  }
}

/** The exchange's whole truth, as a query would answer at once. */
export function accountReport(exchange: SimulatedExchange, currency: string, now: number): Event {
  return {
    kind: 'accountReported',
    receivedTime: now,
    venueTime: now,
    account: {
      openOrders: exchange.openOrders(0),
      positions: [],
      balances: [{ currency, amount: exchange.balance(0) }],
      executions: [],
    },
  }
}

/** Indices by (venueTime, index), or null when the records already are in that order. */
function orderByVenueTime(batch: MarketBatch): Int32Array | null {
  const { count, f64 } = batch
  if (batch.isVenueOrdered === true) return null
  let sorted = 1
  while (sorted < count && f64[sorted * 5 + 1]! >= f64[sorted * 5 - 4]!) sorted++
  if (sorted >= count) return null
  const order = new Int32Array(count)
  for (let i = 0; i < order.length; i++) order[i] = i
  return order.sort((a, b) => f64[a * 5 + 1]! - f64[b * 5 + 1]! || a - b)
}

function venueTimeAt(batch: MarketBatch, order: Int32Array | null, index: number): number {
  if (index >= batch.count) return FOREVER
  return batch.f64[(order === null ? index : order[index]!) * 5 + 1]!
}
