import {
  type Effect,
  Engine,
  type EngineConfig,
  type Event,
  type EventOf,
  type ExchangeOptions,
  type Execution,
  MarketCursor,
  type Money,
  SimulatedExchange,
  type TimeUs,
} from '../../../core/mod.ts'
import type { Latency } from './measure-latency.ts'
import type { SessionRecord } from './session-record.ts'
import { VenueFeed } from './venue-feed.ts'

/** One run over what a session saw, against a simulated venue. */
export interface RerunRequest {
  readonly session: SessionRecord
  /** Who decides: an engine, or the session itself, whose recorded commands are sent again. */
  readonly decides: { readonly engine: EngineConfig; readonly operator: boolean } | 'session'
  readonly exchange: ExchangeOptions
  readonly balance: Money
  readonly latency: Latency
}

/** What the simulated venue booked. */
export interface Rerun {
  readonly executions: readonly Execution[]
  readonly funding: readonly EventOf<'fundingPaid'>[]
}

/** Inputs of a journal that say what the strategy saw, beside its market data. */
const seen: ReadonlySet<Event['kind']> = new Set<Event['kind']>([
  'sessionStarted',
  'heartbeat',
  'streamStatus',
  'barsSeeded',
  'fellBehind',
  'sessionStopping',
])

/** Reports are heard this long after the last input, as in a backtest. */
const AFTERMATH_US = 60_000_000

/**
 * Steps a session's inputs again, the venue's answers excepted: those are a simulated venue's. With
 * one order of inputs the result is that of a backtest. Deterministic.
 */
export function rerun(request: RerunRequest): Rerun {
  return new Drive(request).run()
}

class Drive {
  readonly #request: RerunRequest
  readonly #engine: Engine | null
  readonly #exchange: SimulatedExchange
  readonly #feed: VenueFeed
  readonly #executions: Execution[] = []
  readonly #funding: EventOf<'fundingPaid'>[] = []
  #now: TimeUs = 0

  constructor(request: RerunRequest) {
    const { decides, latency, session } = request
    this.#request = request
    this.#engine = decides === 'session' ? null : new Engine(decides.engine)
    // Entry latencies are each command's own: they are added where commands are sent.
    const options = { entryLatencyUs: 0, responseLatencyUs: latency.responseUs }
    this.#exchange = new SimulatedExchange({ ...request.exchange, ...options })
    this.#exchange.addAccount(request.balance)
    this.#feed = new VenueFeed(session.recording.batch)
  }

  run(): Rerun {
    const { items, recording } = this.#request.session
    const { batch } = recording
    const cursor = new MarketCursor()
    let next = 0
    for (let index = 0; index <= batch.count; index++) {
      for (; next < items.length && items[next]!.records <= index; next++) this.#item(next)
      if (index === batch.count) break
      cursor.load(batch, index)
      this.#advance(cursor.receivedTime)
      this.#now = cursor.receivedTime
      this.#engine?.stepMarket(cursor)
      this.#flush()
    }
    this.#advance(this.#now)
    const last = this.#now + AFTERMATH_US
    while (this.#exchange.nextReportTime() <= last) this.#deliver(this.#exchange.nextReportTime())
    return { executions: this.#executions, funding: this.#funding }
  }

  #item(index: number): void {
    const { session, decides } = this.#request
    const item = session.items[index]!
    if (item.kind === 'command') {
      if (decides !== 'session') return
      this.#advance(item.time - 1)
      this.#now = item.time
      return this.#execute(item.command)
    }
    const { event } = item
    if (decides === 'session') return
    if (!seen.has(event.kind) && !(decides.operator && event.kind === 'operatorCommanded')) return
    this.#advance(event.receivedTime - 1)
    this.#step(event)
  }

  /** Brings the venue to `until`, handing over reports in between at their own times. */
  #advance(until: TimeUs): void {
    const exchange = this.#exchange
    const feed = this.#feed
    for (;;) {
      const activity = exchange.nextActivityTime()
      if (feed.nextTime < activity) {
        if (feed.nextTime > until) return
        feed.step(exchange)
        continue
      }
      if (activity > until) return
      exchange.advanceTime(activity)
      while (feed.nextTime <= activity) feed.step(exchange)
      this.#deliver(activity)
    }
  }

  #deliver(until: TimeUs): void {
    const exchange = this.#exchange
    while (exchange.nextReportTime() <= until) {
      for (const event of exchange.takeReports(exchange.nextReportTime(), 0)) this.#hear(event)
    }
  }

  #hear(event: Event): void {
    if (event.kind === 'executed') this.#executions.push(event.execution)
    else if (event.kind === 'fundingPaid') this.#funding.push(event)
    this.#step(event)
  }

  #step(event: Event): void {
    this.#now = Math.max(this.#now, event.receivedTime)
    this.#engine?.step(event)
    this.#flush()
  }

  #flush(): void {
    const engine = this.#engine
    while (engine?.hasEffects === true) {
      for (const effect of engine.takeEffects()) this.#execute(effect)
    }
  }

  /** Commands travel, questions are answered at once; all else concerns nobody but the engine. */
  #execute(effect: Effect): void {
    const { latency } = this.#request
    const exchange = this.#exchange
    if (effect.kind === 'submitOrder') {
      const entryUs = latency.entryUs(effect.kind, effect.order.clientOrderId)
      exchange.submit(0, effect.order, this.#now + entryUs, effect.replaces)
    } else if (effect.kind === 'cancelOrder') {
      const entryUs = latency.entryUs(effect.kind, effect.cancel.clientOrderId)
      exchange.cancel(0, effect.cancel, this.#now + entryUs)
    } else if (effect.kind === 'queryAccount') {
      this.#hearEverything()
      this.#step(this.#accountReport())
    } else if (effect.kind === 'queryOrder') {
      this.#hearEverything()
      this.#answer(effect.clientOrderId)
    }
  }

  /** An answer is the venue's whole truth: reports still on their way are part of it. */
  #hearEverything(): void {
    for (const report of this.#exchange.takeReports(Number.POSITIVE_INFINITY, 0)) {
      this.#hear({ ...report, receivedTime: this.#now })
    }
  }

  #answer(clientOrderId: string): void {
    const place = this.#exchange.findOrder(0, clientOrderId)
    if (place === 'arriving') return
    const evidence = place === null ? 'notFound' : 'accepted'
    const report = { clientOrderId, venueOrderId: null, evidence, code: null, text: '' } as const
    const receivedTime = this.#now
    this.#step({ kind: 'orderReported', receivedTime, venueTime: receivedTime, report })
  }

  #accountReport(): Event {
    const { instruments } = this.#request.exchange
    const exchange = this.#exchange
    const positions = instruments
      .map(({ id }) => ({
        instrument: id,
        quantity: exchange.position(0, id),
        averageEntryPrice: exchange.averageEntryPrice(0, id),
      }))
      .filter(({ quantity }) => quantity !== 0)
    const currency = instruments[0]?.quoteCurrency ?? ''
    return {
      kind: 'accountReported',
      receivedTime: this.#now,
      venueTime: this.#now,
      account: {
        openOrders: exchange.openOrders(0),
        positions,
        balances: [{ currency, amount: exchange.balance(0) }],
        executions: [],
      },
    }
  }
}
