import type {
  AdapterEnvironment,
  TimerHandle,
  VenueAdapter,
  VenueSink,
} from '../../adapters/mod.ts'
import {
  type ExchangeOptions,
  type Instrument,
  MarketCursor,
  moneyFromNumber,
  type NewOrder,
  type OrderReport,
  type ReplacedOrder,
  SimulatedExchange,
  type TimeUs,
} from '../../core/mod.ts'
import { openPaperMemory, type PaperMemory } from './paper-memory.ts'

/** What a paper venue is made of. */
export interface PaperOptions {
  readonly data: VenueAdapter
  readonly environment: AdapterEnvironment
  readonly exchange: (instruments: readonly Instrument[]) => ExchangeOptions
  readonly balance: number
  /** File that holds the venue's state between restarts. */
  readonly statePath: string
}

/** The parts of a paper venue whose instruments are loaded. */
interface Opened {
  readonly exchange: SimulatedExchange
  readonly memory: PaperMemory
  readonly instruments: readonly Instrument[]
}

/**
 * A venue whose market is real and whose matching engine runs in process. Its state is stored
 * before a command counts as sent and before anything is said of it, so a restart finds every order
 * and all that was reported. What is on its way while the process is down arrives when it is back.
 */
export function createPaperVenue(options: PaperOptions): VenueAdapter {
  const { data, environment } = options
  const cursor = new MarketCursor()
  let opened: Opened | null = null
  let sink: VenueSink | null = null
  let timer: TimerHandle | null = null

  const venue = (): Opened => {
    if (opened === null) throw new Error('instruments are loaded before a paper venue is used')
    return opened
  }
  /** By the clock that is ahead: a state that was seen already is none that a command may meet. */
  const decisionTime = (): TimeUs => Math.max(environment.now(), venue().exchange.now)
  const store = (): void => {
    const { exchange, memory } = venue()
    collect(venue())
    memory.store(exchange.snapshot())
  }
  /** Lets time pass at the venue, stores its state and hands its reports over. */
  const drain = (): void => {
    const { exchange, memory } = venue()
    const now = environment.now()
    exchange.advanceTime(now)
    collect(venue())
    const events = memory.takeDue(now)
    if (events.length > 0) store()
    for (const event of events) sink?.event({ ...event, receivedTime: now })
    schedule()
  }
  const schedule = (): void => {
    const { exchange, memory } = venue()
    collect(venue())
    const next = Math.min(memory.nextTime(), exchange.nextActivityTime())
    if (timer !== null) environment.clearTimer(timer)
    timer = null
    if (next === Number.POSITIVE_INFINITY) return
    const delayMs = Math.max(1, Math.ceil((next - environment.now()) / 1000))
    timer = environment.setTimer(drain, Math.min(delayMs, 60_000))
  }
  const send = (order: NewOrder, replaced?: ReplacedOrder): void => {
    const { exchange, memory } = venue()
    exchange.submit(0, order, decisionTime(), replaced)
    memory.submitted(order, replaced)
    store()
    schedule()
  }
  return {
    venue: data.venue,
    capabilities: {
      ...data.capabilities,
      idempotentSubmit: true,
      replace: true,
      deadManSwitch: false,
    },
    async loadInstruments(symbols) {
      opened = open(options, await data.loadInstruments(symbols))
      return opened.instruments
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
            venue().exchange.advanceMarket(cursor)
          }
          given.market(batch)
          drain()
        },
      })
      const receivedTime = environment.now()
      const status = { stream: 'account', instrument: null, status: 'connected' } as const
      given.event({ kind: 'streamStatus', receivedTime, ...status })
      schedule()
    },
    submit: (order) => send(order),
    replace: (order, replaced) => send(order, replaced),
    cancel(cancel) {
      venue().exchange.cancel(0, cancel, decisionTime())
      store()
      schedule()
    },
    queryOrder(clientOrderId) {
      store()
      const report = whereIs(clientOrderId, venue())
      if (report === null) return
      const receivedTime = environment.now()
      sink?.event({ kind: 'orderReported', receivedTime, venueTime: receivedTime, report })
    },
    queryAccount(since) {
      const { memory } = venue()
      store()
      const receivedTime = environment.now()
      for (const payment of memory.takeUnheard()) sink?.event({ ...payment, receivedTime })
      const account = accountOf(venue(), since)
      sink?.event({ kind: 'accountReported', receivedTime, venueTime: receivedTime, account })
    },
    async stop() {
      if (timer !== null) environment.clearTimer(timer)
      timer = null
      await data.stop()
    },
  }
}

function open(options: PaperOptions, instruments: readonly Instrument[]): Opened {
  const memory = openPaperMemory(options.statePath)
  const exchangeOptions = options.exchange(instruments)
  if (memory.stored !== null) {
    const exchange = SimulatedExchange.restore(exchangeOptions, memory.stored)
    return { exchange, memory, instruments }
  }
  const exchange = new SimulatedExchange(exchangeOptions)
  exchange.addAccount(moneyFromNumber(options.balance))
  return { exchange, memory, instruments }
}

const collect = ({ exchange, memory }: Opened): void =>
  memory.collect(exchange.takeReports(Number.POSITIVE_INFINITY, 0))

/** What is known of an order; null while its outcome is on its way: all else would be a guess. */
function whereIs(
  clientOrderId: OrderReport['clientOrderId'],
  { exchange, memory }: Opened,
): OrderReport | null {
  const place = exchange.findOrder(0, clientOrderId)
  if (place === 'arriving') return null
  if (place === null) {
    const isQuiet = memory.nextTime() === Number.POSITIVE_INFINITY
    return isQuiet ? memory.endOf(clientOrderId) : null
  }
  const open = exchange.openOrders(0).find((order) => order.clientOrderId === clientOrderId)
  const venueOrderId = open?.venueOrderId ?? null
  return { clientOrderId, venueOrderId, evidence: 'accepted', code: null, text: '' }
}

function accountOf({ exchange, memory, instruments }: Opened, since: number) {
  const positions = instruments
    .map(({ id }) => ({
      instrument: id,
      quantity: exchange.position(0, id),
      dust: exchange.dust(0, id),
      averageEntryPrice: exchange.averageEntryPrice(0, id),
    }))
    .filter(({ quantity, dust }) => quantity !== 0 || dust !== 0n)
  const currency = instruments[0]?.quoteCurrency ?? ''
  return {
    openOrders: exchange.openOrders(0),
    positions,
    balances: [{ currency, amount: exchange.balance(0) }],
    executions: memory.executionsSince(since),
  }
}
