import {
  type Effect,
  type Engine,
  type Event,
  type MarketBatch,
  MarketCursor,
  type SimulatedExchange,
  unreachable,
} from '../../core/mod.ts'

/** What watches a backtest; all calls are after the engine stepped the input. */
export interface BacktestObserver {
  event(event: Event): void
  /** Called once per record; must be cheap. */
  market(cursor: MarketCursor): void
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

const PROGRESS_EVERY = 65_536

/**
 * Drives engine and simulated exchange through a recording in virtual time. The exchange's book
 * follows venue time, the engine's received time. At one instant the order is: heartbeat, the
 * exchange's own market, reports of our orders, market data as received (event.ts, sourcePriority).
 */
export function driveBacktest(input: BacktestInput): BacktestEnd {
  const { engine, exchange, batch, heartbeatUs, observer } = input
  const currency = engine.world.config.instruments[0]?.quoteCurrency ?? ''
  const venueBatch = input.venueBatch ?? batch
  const venueOrder = orderByVenueTime(venueBatch)
  const cursor = new MarketCursor()
  const venueCursor = new MarketCursor()
  let venueIndex = 0
  let nextVenueTime = venueTimeAt(venueBatch, venueOrder, 0)

  const flush = (now: number): void => {
    while (engine.hasEffects) {
      const effects = engine.takeEffects()
      observer.effects(effects, now)
      for (const effect of effects) execute(effect, now)
    }
  }
  const execute = (effect: Effect, now: number): void => {
    switch (effect.kind) {
      case 'submitOrder':
        return exchange.submit(0, effect.order, now)
      case 'cancelOrder':
        return exchange.cancel(0, effect.cancel, now)
      case 'queryAccount':
        return step(accountReport(exchange, currency, now))
      case 'queryOrder':
      case 'orderDenied':
      case 'evaluated':
      case 'differenceFound':
      case 'reconciled':
      case 'breakerTripped':
      case 'alert':
        return
      default:
        unreachable(effect, 'effect')
    }
  }
  const step = (event: Event): void => {
    engine.step(event)
    observer.event(event)
    flush(event.receivedTime)
  }
  const deliver = (until: number): void => {
    while (exchange.nextReportTime() <= until) {
      for (const event of exchange.takeReports(exchange.nextReportTime(), 0)) step(event)
    }
  }
  /** Brings the exchange to `until`, handing over reports in between at their own times. */
  const advanceExchange = (until: number): void => {
    for (;;) {
      const activity = exchange.nextActivityTime()
      const next = Math.min(nextVenueTime, activity, exchange.nextReportTime())
      if (next > until) return
      if (activity <= next) exchange.advanceTime(activity)
      while (nextVenueTime <= next) {
        venueCursor.load(venueBatch, venueOrder === null ? venueIndex : venueOrder[venueIndex]!)
        exchange.advanceMarket(venueCursor)
        venueIndex++
        nextVenueTime = venueTimeAt(venueBatch, venueOrder, venueIndex)
      }
      deliver(next)
    }
  }

  for (const event of input.opening) step(event)
  let now = input.opening.at(-1)?.receivedTime ?? 0
  const firstTime = batch.count > 0 ? batch.f64[0]! : now
  let nextHeartbeat = Math.ceil(Math.max(now, firstTime) / heartbeatUs) * heartbeatUs
  let index = 0
  let interrupted = false
  for (; index < batch.count; index++) {
    const received = batch.f64[index * 5]!
    while (nextHeartbeat <= received) {
      advanceExchange(nextHeartbeat - 1)
      step({ kind: 'heartbeat', receivedTime: nextHeartbeat })
      observer.heartbeat(nextHeartbeat)
      nextHeartbeat += heartbeatUs
    }
    if (nextVenueTime <= received || exchange.nextActivityTime() <= received) {
      advanceExchange(received)
    } else if (exchange.nextReportTime() <= received) deliver(received)
    cursor.load(batch, index)
    engine.stepMarket(cursor)
    observer.market(cursor)
    if (engine.hasEffects) flush(received)
    now = received
    if (index % PROGRESS_EVERY === 0 && input.progress?.(index, received) === true) {
      interrupted = true
      break
    }
  }
  // Reports already on their way are still heard; no further market exists for anything else.
  advanceExchange(now)
  const last = now + 60_000_000
  while (exchange.nextReportTime() <= last) deliver(exchange.nextReportTime())
  // One last look at the clock marks what is still held.
  const end = Math.max(now, engine.world.now)
  step({ kind: 'heartbeat', receivedTime: end })
  observer.heartbeat(end)
  return { records: index, now: end, interrupted }
}

/** The exchange's whole truth, as a query would answer at once. */
function accountReport(exchange: SimulatedExchange, currency: string, now: number): Event {
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
  let previous = Number.NEGATIVE_INFINITY
  let isSorted = true
  for (let i = 0; i < batch.count && isSorted; i++) {
    const time = batch.f64[i * 5 + 1]!
    isSorted = time >= previous
    previous = time
  }
  if (isSorted) return null
  const order = new Int32Array(batch.count)
  for (let i = 0; i < order.length; i++) order[i] = i
  return order.sort((a, b) => batch.f64[a * 5 + 1]! - batch.f64[b * 5 + 1]! || a - b)
}

function venueTimeAt(batch: MarketBatch, order: Int32Array | null, index: number): number {
  if (index >= batch.count) return Number.POSITIVE_INFINITY
  return batch.f64[(order === null ? index : order[index]!) * 5 + 1]!
}
