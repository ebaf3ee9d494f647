import { readFileSync } from 'node:fs'
import {
  type AdapterEnvironment,
  decodePayload,
  encodePayload,
  type TimerHandle,
  type VenueAdapter,
  type VenueSink,
  writeFileAtomically,
} from '../../adapters/mod.ts'
import {
  type Event,
  type ExchangeOptions,
  type Execution,
  type Instrument,
  MarketCursor,
  moneyFromNumber,
  SimulatedExchange,
} from '../../core/mod.ts'

/** What a paper venue is made of. */
export interface PaperOptions {
  readonly data: VenueAdapter
  readonly environment: AdapterEnvironment
  readonly exchange: (instruments: readonly Instrument[]) => ExchangeOptions
  readonly balance: number
  /** File that holds the venue's state between restarts. */
  readonly statePath: string
}

interface PaperState {
  readonly exchange: unknown
  readonly executions: readonly Execution[]
}

/**
 * A venue whose market is real and whose matching engine runs in process. Its state is stored
 * before any report of it is delivered, so a restart finds what was reported.
 */
export function createPaperVenue(options: PaperOptions): VenueAdapter {
  const { data, environment, balance, statePath } = options
  const cursor = new MarketCursor()
  const executions: Execution[] = []
  let exchange: SimulatedExchange | null = null
  let sink: VenueSink | null = null
  let timer: TimerHandle | null = null
  let instruments: readonly Instrument[] = []

  const venue = (): SimulatedExchange => {
    if (exchange === null) throw new Error('instruments are loaded before a paper venue is used')
    return exchange
  }
  /** Lets time pass at the venue, stores its state and hands its reports over. */
  const drain = (): void => {
    const now = environment.now()
    const events: Event[] = []
    venue().advanceTime(now)
    for (const event of venue().takeReports(now, 0)) events.push(event)
    for (const event of events) if (event.kind === 'executed') executions.push(event.execution)
    if (events.length > 0) {
      const state: PaperState = {
        exchange: venue().snapshot(),
        executions: executions.slice(-5000),
      }
      writeFileAtomically(statePath, encodePayload(state))
    }
    for (const event of events) sink?.event({ ...event, receivedTime: now })
    schedule()
  }
  const schedule = (): void => {
    const next = Math.min(venue().nextReportTime(), venue().nextActivityTime())
    if (timer !== null) environment.clearTimer(timer)
    timer = null
    if (next === Number.POSITIVE_INFINITY) return
    const delayMs = Math.max(1, Math.ceil((next - environment.now()) / 1000))
    timer = environment.setTimer(drain, Math.min(delayMs, 60_000))
  }
  return {
    venue: data.venue,
    capabilities: { ...data.capabilities, idempotentSubmit: true, deadManSwitch: false },
    async loadInstruments(symbols) {
      instruments = await data.loadInstruments(symbols)
      const exchangeOptions = options.exchange(instruments)
      const stored = readState(statePath)
      if (stored === null) {
        exchange = new SimulatedExchange(exchangeOptions)
        exchange.addAccount(moneyFromNumber(balance))
      } else {
        exchange = SimulatedExchange.restore(exchangeOptions, stored.exchange as never)
        executions.push(...stored.executions)
      }
      return instruments
    },
    loadBars: (instrument, intervalUs, count) => data.loadBars(instrument, intervalUs, count),
    async start(given) {
      sink = given
      await data.start({
        event: (event) => given.event(event),
        market(batch) {
          for (let i = 0; i < batch.count; i++) {
            cursor.load(batch, i)
            // A stream may repeat an instant the venue's own clock has passed.
            venue().advanceMarket(cursor)
          }
          given.market(batch)
          drain()
        },
      })
      given.event({
        kind: 'streamStatus',
        receivedTime: environment.now(),
        stream: 'account',
        instrument: null,
        status: 'connected',
      })
    },
    submit(order) {
      venue().submit(0, order, environment.now())
      schedule()
    },
    cancel(cancel) {
      venue().cancel(0, cancel, environment.now())
      schedule()
    },
    queryOrder(clientOrderId) {
      const receivedTime = environment.now()
      const found = venue().findOrder(0, clientOrderId)
      // What became of it may still be on its way; "canceled" would be a guess before it is heard.
      if (found === null && venue().nextReportTime() !== Number.POSITIVE_INFINITY) return
      const open = venue()
        .openOrders(0)
        .find((order) => order.clientOrderId === clientOrderId)
      sink?.event({
        kind: 'orderReported',
        receivedTime,
        venueTime: receivedTime,
        report: {
          clientOrderId,
          venueOrderId: open?.venueOrderId ?? null,
          evidence: found === null ? 'canceled' : 'accepted',
          code: null,
          text: found === null ? 'not open at the paper venue' : '',
        },
      })
    },
    queryAccount(since) {
      const receivedTime = environment.now()
      const positions = instruments
        .map(({ id }) => ({
          instrument: id,
          quantity: venue().position(0, id),
          averageEntryPrice: venue().averageEntryPrice(0, id),
        }))
        .filter((position) => position.quantity !== 0)
      const currency = instruments[0]?.quoteCurrency ?? ''
      sink?.event({
        kind: 'accountReported',
        receivedTime,
        venueTime: receivedTime,
        account: {
          openOrders: venue().openOrders(0),
          positions,
          balances: [{ currency, amount: venue().balance(0) }],
          executions: executions.filter((e) => e.venueTime >= since),
        },
      })
    },
    async stop() {
      if (timer !== null) environment.clearTimer(timer)
      timer = null
      await data.stop()
    },
  }
}

function readState(path: string): PaperState | null {
  try {
    return decodePayload(readFileSync(path, 'utf8')) as PaperState
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return null
    throw error
  }
}
