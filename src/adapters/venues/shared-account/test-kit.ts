import {
  type AccountReport,
  type Event,
  type Execution,
  type Instrument,
  Ledger,
  type Money,
  type NewOrder,
  price,
  quantity,
  type ReplacedOrder,
  type Side,
  signedQuantity,
} from '../../../core/mod.ts'
import type { AdapterEnvironment, VenueAdapter, VenueSink } from '../port.ts'
import type {
  AccountMemory,
  AccountNotice,
  EngineBooks,
  EngineView,
  SharedAccount,
  ShareOptions,
} from './options.ts'
import { createSharedAccount } from './shared-account.ts'

/** A coin of the venue: a perpetual unless said otherwise. */
export const coin = (id: number, symbol: string, more: Partial<Instrument> = {}): Instrument => ({
  id,
  venue: 'fake',
  symbol,
  kind: 'perpetual',
  quoteCurrency: 'USDC',
  baseCurrency: symbol,
  priceDecimals: 1,
  quantityDecimals: 3,
  priceRule: { kind: 'tick', quanta: 1 },
  minimumNotional: 0n,
  minimumQuantity: quantity(1),
  fees: { makerE9: 0, takerE9: 0 },
  longOnly: false,
  maximumLeverage: 10,
  ...more,
})

/** A venue that nets one account exactly, and tells nobody of anything before it is asked to. */
export class FakeVenue {
  readonly ledger: Ledger
  readonly instruments: readonly Instrument[]
  readonly sent: NewOrder[] = []
  /** Orders that took the place of others, with those. */
  readonly replacing: { readonly order: NewOrder; readonly replaced: ReplacedOrder }[] = []
  readonly told: Event[] = []
  executions: Execution[] = []
  openOrders: AccountReport['openOrders'] = []
  refusals = 0
  now = 1_000_000
  #sink: VenueSink | null = null

  constructor(instruments: readonly Instrument[], cash: Money) {
    this.instruments = instruments
    this.ledger = new Ledger(instruments)
    this.ledger.applyTransfer('USDC', cash)
  }

  /** A fill of an order; told unless it is kept for the next report. */
  fill(
    clientOrderId: string | null,
    fill: {
      readonly instrument: number
      readonly side: Side
      readonly price: number
      readonly lots: number
      readonly fee?: Money
    },
    isTold = true,
  ): Execution {
    this.now += 1_000
    const execution: Execution = {
      executionId: `x${this.executions.length}`,
      clientOrderId,
      venueOrderId: `v${clientOrderId ?? this.executions.length}`,
      instrument: fill.instrument,
      side: fill.side,
      price: price(fill.price),
      quantity: quantity(fill.lots),
      liquidity: 'taker',
      fee: fill.fee ?? 0n,
      venueTime: this.now,
    }
    this.executions.push(execution)
    this.ledger.applyExecution(execution)
    if (isTold) this.tellExecution(execution)
    return execution
  }

  tellExecution(execution: Execution): void {
    const { venueTime } = execution
    this.tell({ kind: 'executed', receivedTime: this.now, venueTime, execution })
  }

  pay(fundingId: string, instrument: number, amount: Money): Event {
    this.now += 1_000
    this.ledger.applyFunding(instrument, amount)
    const times = { receivedTime: this.now, venueTime: this.now }
    const event = {
      kind: 'fundingPaid',
      ...times,
      fundingId,
      instrument,
      rateE9: 1,
      amount,
    } as const
    this.tell(event)
    return event
  }

  tell(event: Event): void {
    this.told.push(event)
    this.#sink?.event(event)
  }

  market: VenueSink['market'] = (batch) => this.#sink?.market(batch)

  report(since: number): AccountReport {
    const positions = this.instruments.flatMap(({ id }) => {
      const lots = this.ledger.position(id).quantity
      if (lots === 0) return []
      const averageEntryPrice = this.ledger.averageEntryPrice(id)
      return [{ instrument: id, quantity: signedQuantity(lots), averageEntryPrice }]
    })
    const executions = this.executions.filter(({ venueTime }) => venueTime >= since)
    const balances = [{ currency: 'USDC', amount: this.ledger.cash('USDC') }]
    return { openOrders: this.openOrders, positions, balances, executions }
  }

  /** A new connection to it. */
  connect(): VenueAdapter {
    return {
      venue: 'fake',
      capabilities: {
        ...{ idempotentSubmit: true, queryByClientOrderId: true, postOnly: true },
        ...{ reduceOnly: true, deadManSwitch: false, bookCadenceUs: 0, bookLevels: 20 },
      },
      loadInstruments: (symbols) =>
        Promise.resolve(symbols.map((symbol, id) => ({ ...this.#bySymbol(symbol), id }))),
      loadBars: () => Promise.resolve([]),
      start: (sink) => {
        this.#sink = sink
        return Promise.resolve()
      },
      submit: (order) => void this.sent.push(order),
      replace: (order, replaced) => void this.replacing.push({ order, replaced }),
      cancel: () => {},
      queryOrder: () => {},
      queryAccount: (since) => {
        this.now += 1_000
        const times = { receivedTime: this.now, venueTime: this.now }
        if (this.refusals > 0) {
          this.refusals--
          return this.tell({ kind: 'accountQueryFailed', receivedTime: this.now, text: 'no' })
        }
        this.tell({ kind: 'accountReported', ...times, account: this.report(since) })
      },
      stop: () => {
        this.#sink = null
        return Promise.resolve()
      },
    }
  }

  #bySymbol(symbol: string): Instrument {
    return this.instruments.find((each) => each.symbol === symbol)!
  }
}

/** What an engine keeps, as far as an account can see it. It outlives its connection. */
export class FakeEngine {
  readonly options: ShareOptions
  readonly sessionId: string
  readonly seen = new Set<string>()
  readonly heard: Event[] = []
  batches = 0
  ledger: Ledger | null = null
  hasBegun = false
  isStopped = false
  /** By own instrument: the venue's less its own at the last report. */
  differences: readonly number[] = []
  adopts = false

  constructor(options: ShareOptions, number: number) {
    this.options = options
    this.sessionId = number.toString(16).padStart(16, 'e')
  }

  orderId = (n: number): string => `${this.sessionId}${n.toString(16).padStart(16, '0')}`

  async start(view: EngineView): Promise<void> {
    const instruments = await view.loadInstruments(this.options.symbols)
    this.ledger ??= new Ledger(instruments)
    const books: EngineBooks = {
      sessionId: this.sessionId,
      ledger: () => this.ledger!,
      hasBegun: () => this.hasBegun,
      knows: (id) => this.seen.has(id),
      isStopped: () => this.isStopped,
    }
    view.open(books)
    view.queryAccount(0)
    await view.start({
      market: () => void this.batches++,
      event: (event) => {
        if (!this.isStopped) this.#hear(event)
      },
    })
  }

  #hear(event: Event): void {
    this.heard.push(event)
    if (event.kind === 'executed') this.#book(event.execution)
    if (event.kind === 'accountReported') this.#compare(event.account)
    if (event.kind === 'fundingPaid' && !this.seen.has(event.fundingId)) {
      this.seen.add(event.fundingId)
      this.ledger!.applyFunding(event.instrument, event.amount)
    }
    if (event.kind === 'transferred') this.ledger!.applyTransfer(event.currency, event.amount)
  }

  #book(execution: Execution): void {
    if (this.seen.has(execution.executionId)) return
    this.seen.add(execution.executionId)
    this.ledger!.applyExecution(execution)
  }

  #compare(account: AccountReport): void {
    const isFirst = !this.hasBegun
    this.hasBegun = true
    for (const execution of account.executions) {
      if (isFirst) this.seen.add(execution.executionId)
      else this.#book(execution)
    }
    this.differences = this.options.symbols.map((_, id) => {
      const position = account.positions.find(({ instrument }) => instrument === id)
      const lots = position?.quantity ?? 0
      const difference = lots - this.ledger!.position(id).quantity
      if (difference !== 0 && (isFirst || this.adopts)) {
        const adopted = { quantity: lots, price: position?.averageEntryPrice ?? 100, time: 1 }
        this.ledger!.adoptPosition(id, adopted)
      }
      return difference
    })
    if (!isFirst) return
    for (const { currency, amount } of account.balances) {
      this.ledger!.applyTransfer(currency, amount - this.ledger!.cash(currency))
    }
  }
}

/** Several engines on one account of a fake venue. */
export interface FakeFleet {
  readonly account: SharedAccount
  readonly engines: readonly FakeEngine[]
  readonly notices: readonly AccountNotice[]
}

const environment = {
  now: () => 0,
  setTimer: (callback: () => void) => {
    queueMicrotask(callback)
    return { id: null }
  },
  clearTimer: () => {},
} as unknown as AdapterEnvironment

/** A text that is kept in memory. */
export function createMemory(): AccountMemory & { text: string | null } {
  const memory = {
    text: null as string | null,
    load: () => memory.text,
    save(text: string) {
      memory.text = text
    },
  }
  return memory
}

/** Connects engines to a venue; those of an earlier connection go on. */
export async function startFleet(
  venue: FakeVenue,
  memory: AccountMemory,
  engines: readonly FakeEngine[],
): Promise<FakeFleet> {
  const notices: AccountNotice[] = []
  const account = createSharedAccount({
    adapter: venue.connect(),
    environment,
    shares: engines.map(({ options }) => options),
    memory,
    notice: (notice) => void notices.push(notice),
  })
  await Promise.all(engines.map((engine, i) => engine.start(account.views[i]!)))
  return { account, engines, notices }
}

/** Engines of the given symbols, with a thousand each. */
export const makeEngines = (...symbols: readonly (readonly string[])[]): readonly FakeEngine[] =>
  symbols.map((own, i) => {
    const options = { engine: `engine-${i}`, symbols: own, balance: 1_000n * 10n ** 8n }
    return new FakeEngine(options, i)
  })

/** Lets what was put off happen. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
