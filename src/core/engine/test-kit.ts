import type { Effect, EffectOf } from '../domain/effect.ts'
import type { AccountReport, Event, OperatorCommand, StreamName } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import { MarketCursor, MarketWriter } from '../domain/market-record.ts'
import { moneyFromNumber } from '../domain/money.ts'
import type { Execution, NewOrder, OrderReport } from '../domain/order.ts'
import type { Intent, Strategy, Urgency } from '../domain/strategy.ts'
import { price, quantity, type Side, signedQuantity } from '../domain/units.ts'
import type { OrderRecord } from '../execution/order-store.ts'
import type { EngineConfig } from './config.ts'
import { Engine } from './engine.ts'

/** 2026-01-05T00:00:00Z, where every bench begins. */
export const START = 1_767_571_200_000_000
export const SECOND = 1_000_000
export const SESSION = '0123456789abcdef'

/** Prices in tenths, lots of a thousandth, no fees of its own. */
export const testInstrument = (id: number, change: Partial<Instrument> = {}): Instrument => ({
  id,
  venue: 'test',
  symbol: `I${id}`,
  kind: 'perpetual',
  quoteCurrency: 'USDC',
  baseCurrency: `I${id}`,
  priceDecimals: 1,
  quantityDecimals: 3,
  priceRule: { kind: 'tick', quanta: 1 },
  minimumNotional: moneyFromNumber(1),
  minimumQuantity: quantity(1),
  fees: { makerE9: 100_000, takerE9: 450_000 },
  longOnly: false,
  maximumLeverage: 20,
  ...change,
})

/** Does what it was told at the next heartbeat; its state counts how often it was asked. */
export const obedient = (wanted: Intent[]): Strategy<unknown> => ({
  id: 'obedient',
  init: () => ({ calls: 0 }),
  on(trigger, _view, state, output) {
    ;(state as { calls: number }).calls++
    if (trigger.kind !== 'heartbeat') return
    for (const intent of wanted.splice(0)) output.intent(intent)
  },
})

/** One-second bars, no limits but those a test sets. */
export const testConfig = (
  strategy: Strategy<unknown>,
  change: Partial<EngineConfig> = {},
): EngineConfig => ({
  instruments: [testInstrument(0), testInstrument(1)],
  signal: {
    source: 'mid',
    intervalUs: SECOND,
    window: 3,
    current: 'include',
    maxGap: 5,
    trendWindow: 0,
    imbalanceLevels: 2,
  },
  executor: {
    takerSlippageMax: 0.001,
    makerLifetimeUs: 30 * SECOND,
    makerRepricesMax: 3,
    exitEscalationUs: 10 * SECOND,
    retryPauseUs: SECOND,
    answerTimeoutUs: 5 * SECOND,
  },
  limits: {
    orderNotionalMax: null,
    positionNotionalMax: null,
    grossNotionalMax: null,
    netNotionalMax: null,
    positionsMax: null,
    leverageMax: null,
    ordersPerMinuteMax: null,
    breakers: [],
    priceBandMax: null,
    bookAgeMaxUs: 5 * SECOND,
    accountAgeMaxUs: null,
  },
  strategy,
  bookCapacity: 16,
  trace: 'changes',
  reconcileIntervalUs: 0,
  onDifference: 'stop',
  ...change,
})

interface Started {
  readonly resumed?: boolean
  readonly cash?: number
}

/** A core on the bench: told things one by one, with everything it answers kept. */
export class Bench {
  engine: Engine
  readonly config: EngineConfig
  /** What the obedient strategy shall want at the next heartbeat. */
  readonly wanted: Intent[]
  readonly effects: Effect[] = []
  now = START
  readonly #cursor = new MarketCursor()
  #ids = 0

  constructor(change: Partial<EngineConfig> = {}) {
    this.wanted = []
    this.config = testConfig(obedient(this.wanted), change)
    this.engine = new Engine(this.config)
  }

  /** Starts a session, connects, answers the account query with `cash` and sends a first book. */
  start({ resumed = false, cash = 10_000 }: Started = {}): this {
    this.session(resumed)
    this.stream('book', 'connected')
    this.stream('account', 'connected')
    this.account({ balances: [{ currency: 'USDC', amount: moneyFromNumber(cash) }] })
    for (const { id } of this.config.instruments) this.book(id, 1000, 1002)
    return this
  }

  session(resumed: boolean): void {
    this.tell({
      kind: 'sessionStarted',
      receivedTime: this.now,
      mode: 'drill',
      sessionId: SESSION,
      seed: 1,
      resumed,
      configurationHash: '',
      dataHash: '',
      codeHash: '',
    })
  }

  tell(event: Event): void {
    this.engine.step(event)
    this.effects.push(...this.engine.takeEffects())
  }

  stream(
    stream: StreamName,
    status: 'connected' | 'disconnected' | 'gap',
    instrument: number | null = null,
  ): void {
    this.tell({ kind: 'streamStatus', receivedTime: this.now, stream, instrument, status })
  }

  /** A book of two levels a side around the best prices (quanta), 10 lots each. */
  book(instrument: number, bid: number, ask: number, lots = 10): void {
    const writer = new MarketWriter(4)
    const head = { receivedTime: this.now, venueTime: this.now, instrument }
    writer.snapshot(head, [bid, lots, bid - 1, lots], [ask, lots, ask + 1, lots])
    this.market(writer)
  }

  market(writer: MarketWriter): void {
    const batch = writer.batch()
    for (let i = 0; i < batch.count; i++) {
      this.#cursor.load(batch, i)
      this.engine.stepMarket(this.#cursor)
      this.effects.push(...this.engine.takeEffects())
    }
  }

  /** Lets whole seconds pass, a heartbeat each; books are refreshed unless told otherwise. */
  pass(seconds: number, refresh = true): void {
    for (let i = 0; i < seconds; i++) {
      this.now += SECOND
      this.tell({ kind: 'heartbeat', receivedTime: this.now })
      if (!refresh) continue
      const { books } = this.engine.world
      books.forEach((book, id) => {
        if (book.status === 'valid') this.book(id, book.bestBid(), book.bestAsk())
      })
    }
  }

  /** Wants an entry at the next heartbeat, which comes now; returns the order it led to. */
  enter(
    side: Side,
    lots: number,
    how: { readonly urgency?: Urgency; readonly instrument?: number } = {},
  ): NewOrder {
    const { urgency = 'passive', instrument = 0 } = how
    const reason = 'test'
    this.wanted.push({ kind: 'enter', instrument, side, quantity: quantity(lots), urgency, reason })
    this.pass(1)
    return this.lastSent()
  }

  /** Wants an exit at the next heartbeat, which comes now. */
  exit(urgency: Urgency = 'passive', instrument = 0): void {
    this.wanted.push({ kind: 'exit', instrument, urgency, reason: 'test' })
    this.pass(1)
  }

  /** Holds a position of an aggressive entry that filled at once. */
  hold(side: Side, lots: number, at = 1002): void {
    this.fill(this.enter(side, lots, { urgency: 'aggressive' }), lots, { at })
  }

  report(
    order: Pick<NewOrder, 'clientOrderId'>,
    evidence: OrderReport['evidence'],
    more: Partial<OrderReport> = {},
  ): void {
    const { clientOrderId } = order
    const report = { clientOrderId, venueOrderId: null, evidence, code: null, text: '', ...more }
    const at = { receivedTime: this.now, venueTime: this.now }
    this.tell({ kind: 'orderReported', ...at, report })
  }

  execution(order: NewOrder, lots: number, change: Partial<Execution> = {}): Execution {
    return {
      executionId: `e${++this.#ids}`,
      clientOrderId: order.clientOrderId,
      venueOrderId: `v${order.clientOrderId}`,
      instrument: order.instrument,
      side: order.side,
      price: order.price,
      quantity: quantity(lots),
      liquidity: 'taker',
      fee: 0n,
      venueTime: this.now,
      ...change,
    }
  }

  /** Executes a part of an order; returns the execution, to be repeated or reported again. */
  fill(
    order: NewOrder,
    lots: number,
    how: Partial<Execution> & { readonly at?: number; readonly id?: string } = {},
  ): Execution {
    const { at, id, ...more } = how
    const execution = this.execution(order, lots, {
      price: price(at ?? order.price),
      ...(id === undefined ? {} : { executionId: id }),
      ...more,
    })
    this.executed(execution)
    return execution
  }

  executed(execution: Execution): void {
    const { venueTime } = execution
    this.tell({ kind: 'executed', receivedTime: this.now, venueTime, execution })
  }

  /** A whole account report; what is not given is empty, cash is what the ledger holds. */
  account(report: Partial<AccountReport> = {}): void {
    const amount = this.engine.world.ledger.cash('USDC')
    const account = {
      openOrders: [],
      positions: [],
      balances: [{ currency: 'USDC', amount }],
      executions: [],
      ...report,
    }
    this.tell({ kind: 'accountReported', receivedTime: this.now, venueTime: this.now, account })
  }

  /** A report that holds just this position of instrument 0. */
  position(lots: number, entry: number | null = 1002): void {
    const held = { instrument: 0, quantity: signedQuantity(lots), averageEntryPrice: entry }
    this.account({ positions: lots === 0 ? [] : [held] })
  }

  operator(command: OperatorCommand): void {
    const by = { actor: 'test', reason: 'test' }
    this.tell({
      kind: 'operatorCommanded',
      receivedTime: this.now,
      commandId: `${++this.#ids}`,
      command,
      ...by,
    })
  }

  of<Kind extends Effect['kind']>(kind: Kind): readonly EffectOf<Kind>[] {
    return this.effects.filter((effect): effect is EffectOf<Kind> => effect.kind === kind)
  }

  get sent(): readonly NewOrder[] {
    return this.of('submitOrder').map(({ order }) => order)
  }

  lastSent(): NewOrder {
    const order = this.sent.at(-1)
    if (order === undefined) throw new Error('nothing was sent')
    return order
  }

  get canceled(): readonly string[] {
    return this.of('cancelOrder').map(({ cancel }) => cancel.clientOrderId)
  }

  get denials(): readonly string[] {
    return this.of('orderDenied').map(({ denial }) => denial.code)
  }

  get alerts(): readonly string[] {
    return this.of('alert').map(({ code }) => code)
  }

  record({ clientOrderId }: Pick<NewOrder, 'clientOrderId'>): Readonly<OrderRecord> {
    const record = this.engine.world.orders.get(clientOrderId)
    if (record === undefined) throw new Error(`order ${clientOrderId} is not in the store`)
    return record
  }

  lots(instrument = 0): number {
    return this.engine.world.ledger.position(instrument).quantity
  }
}
