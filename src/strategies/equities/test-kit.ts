import {
  createRandom,
  type EffectOf,
  Engine,
  type EngineConfig,
  type Event,
  type Execution,
  type Instrument,
  MarketCursor,
  MarketWriter,
  moneyFromNumber,
  type NewOrder,
  nextSession,
  type OrderEvidence,
  quantity,
  type Random,
  type Session,
  signedQuantity,
} from '../../core/mod.ts'
import type { ReversionParameters } from '../reversion/parameters.ts'
import { createEquities } from './equities.ts'
import type { EquitiesParameters } from './parameters.ts'

const SECOND = 1_000_000
const MINUTE = 60 * SECOND
/** 2026-06-10, so that Juneteenth and an early close lie ahead. */
const START = 1_781_049_600_000_000

/** A share with prices in cents; lots of a hundredth. */
const share = (id: number): Instrument => ({
  ...{ id, venue: 'test', symbol: `I${id}`, kind: 'equity' },
  ...{ quoteCurrency: 'USD', baseCurrency: `I${id}`, priceDecimals: 2, quantityDecimals: 2 },
  priceRule: { kind: 'tick', quanta: 1 },
  ...{ minimumNotional: 0n, minimumQuantity: quantity(1), fees: { makerE9: 0, takerE9: 0 } },
  ...{ longOnly: false, maximumLeverage: 2 },
})

/** Reversion on five closes, no gate but z and book. */
export const dailyReversion = (change: Partial<ReversionParameters> = {}): ReversionParameters => ({
  tier: { longEntry: -1, longExit: -0.3, shortEntry: 1, shortExit: 0.3 },
  overrides: {},
  direction: 'both',
  imbalanceThreshold: null,
  trendGate: false,
  revertGate: null,
  stopLoss: null,
  timeStopUs: null,
  costGate: null,
  notional: 1500,
  entryUrgency: 'aggressive',
  exitUrgency: 'aggressive',
  ...change,
})

/** Decides at the open on quotes, without caps. */
export const dailyRules = (change: Partial<EquitiesParameters> = {}): EquitiesParameters => ({
  ...{ decision: 'open', prices: 'book', quoteWaitUs: 30 * SECOND, precloseLeadUs: 10 * MINUTE },
  ...{ flattenLeadUs: null, shortable: null, sectors: null },
  residual: null,
  window: { size: 5, current: 'include' },
  ...change,
})

/** A core on shares with daily bars and quotes. */
export function dailyConfig(
  names: number,
  change: Partial<EquitiesParameters> & { readonly entry?: 'passive' | 'aggressive' },
  reversion: Partial<ReversionParameters> = {},
): EngineConfig {
  const { entry = 'aggressive', ...rules } = change
  const parameters = dailyRules(rules)
  const strategy = createEquities(dailyReversion({ ...reversion, entryUrgency: entry }), parameters)
  return {
    instruments: Array.from({ length: names }, (_, id) => share(id)),
    signal: {
      ...{ source: 'bar', prices: parameters.prices, calendar: 'us-equities' },
      ...{ intervalUs: 390 * MINUTE, window: 5, current: 'include', maxGap: 2 },
      ...{ trendWindow: 0, imbalanceLevels: 1 },
    },
    executor: {
      ...{ takerSlippageMax: 0.001, makerLifetimeUs: 5 * MINUTE, makerRepricesMax: 3 },
      ...{ exitEscalationUs: MINUTE, retryPauseUs: SECOND, answerTimeoutUs: 5 * SECOND },
      ...(parameters.prices === 'book' ? { calendar: 'us-equities' } : {}),
    },
    limits: {
      ...{ orderNotionalMax: null, positionNotionalMax: null, grossNotionalMax: null },
      ...{ netNotionalMax: null, positionsMax: null, leverageMax: null },
      ...{ ordersPerMinuteMax: null, breakers: [], priceBandMax: null },
      ...{ bookAgeMaxUs: 5 * MINUTE, accountAgeMaxUs: null },
    },
    strategy,
    seedStrategy: strategy.seed,
    ...{ bookCapacity: 4, trace: 'changes', reconcileIntervalUs: 0, onDifference: 'stop' },
  }
}

/** Days of trading out of a seed: quotes, daily bars, and a venue in every mood. */
export class DailyStage {
  engine: Engine
  now = START
  /** Called after every input. */
  afterEach: () => void = () => {}
  readonly config: EngineConfig
  readonly sentTimes: number[] = []
  /** Evaluations, as far as the configuration traces them. */
  readonly traced: EffectOf<'evaluated'>[] = []
  readonly seen = { entries: 0, exits: 0, refusals: 0, restarts: 0, partials: 0, silences: 0 }
  readonly #random: Random
  readonly #cursor = new MarketCursor()
  readonly #mids: number[]
  /** Orders that the venue has not ended, with what is still to fill. */
  readonly #open = new Map<string, { readonly order: NewOrder; left: number }>()
  #ids = 0

  constructor(config: EngineConfig, seed: number) {
    this.config = config
    this.engine = new Engine(config)
    this.#random = createRandom(seed)
    this.#mids = config.instruments.map(() => 4000 + this.#random.integer(4000))
  }

  begin(resumed = false): void {
    this.tell({
      ...{ kind: 'sessionStarted', receivedTime: this.now, mode: 'drill', resumed, seed: 1 },
      ...{ sessionId: '0123456789abcdef', configurationHash: '', dataHash: '', codeHash: '' },
    } as Event)
    for (const stream of ['book', 'account'] as const) {
      const status = 'connected'
      this.tell({ kind: 'streamStatus', receivedTime: this.now, stream, instrument: null, status })
    }
    this.#account()
  }

  /** The next session: quotes now and then, orders answered, its bars after the close. */
  day(): Session {
    const session = nextSession('us-equities', this.now)!
    this.beat(session.openTime - 30 * MINUTE)
    for (let i = 0; i < 12; i++) {
      const into = i < 6 ? i * 10 * SECOND : i * 30 * MINUTE
      this.beat(Math.min(session.openTime + into, session.closeTime - (13 - i) * MINUTE))
      this.quote(0.9)
      this.#answer()
      if (this.#random.next() < 0.1) this.restart()
    }
    this.beat(session.closeTime - 11 * MINUTE)
    this.quote(0.9)
    this.beat(session.closeTime - 9 * MINUTE)
    this.#answer()
    this.beat(session.closeTime - SECOND)
    this.#answer()
    this.beat(session.closeTime + 5 * MINUTE)
    this.bars(session)
    this.beat(session.closeTime + 60 * MINUTE)
    return session
  }

  /** Goes through JSON, as a process that died would, and asks the venue for its truth. */
  restart(): void {
    this.seen.restarts++
    const state = JSON.parse(JSON.stringify(this.engine.snapshot()))
    this.engine = new Engine(this.config)
    this.engine.restore(state)
    this.begin(true)
    this.quote(1)
  }

  beat(time: number): void {
    this.now = Math.max(this.now, time)
    this.tell({ kind: 'heartbeat', receivedTime: this.now })
  }

  tell(event: Event): void {
    this.engine.step(event)
    this.#take()
  }

  /** Fills every order that is open, whole. */
  fillAll(): void {
    for (const [id, held] of [...this.#open]) {
      this.#fill(held, held.left)
      this.#end(id, 'filled')
    }
  }

  /** Refuses every order that is open. */
  refuseAll(): void {
    for (const id of [...this.#open.keys()]) this.#end(id, 'rejected')
  }

  /** A quote of one name now, in quanta and lots. */
  quoteOne(instrument: number, mid: number, lots: readonly [bid: number, ask: number]): void {
    const head = { receivedTime: this.now, venueTime: this.now, instrument }
    const [bid, ask] = lots
    this.market((writer) => writer.snapshot(head, [mid - 1, bid], [mid + 1, ask]))
  }

  /** New quotes of most names. */
  quote(chance: number): void {
    for (const { id } of this.config.instruments) {
      if (this.#random.next() >= chance) continue
      const mid = Math.max(500, this.#mids[id]! + this.#random.integer(41) - 20)
      this.#mids[id] = mid
      const head = { receivedTime: this.now, venueTime: this.now, instrument: id }
      const lots = () => 1 + this.#random.integer(9)
      this.market((writer) => writer.snapshot(head, [mid - 1, lots()], [mid + 1, lots()]))
    }
  }

  /** The finished bars of a session; a name now and then has none. */
  bars(session: Session): void {
    for (const { id } of this.config.instruments) {
      const close = Math.max(500, this.#mids[id]! + this.#random.integer(601) - 300)
      this.#mids[id] = close
      if (this.#random.next() < 0.02) continue
      this.bar(id, session, close)
    }
  }

  bar(instrument: number, session: Session, close: number): void {
    const head = { receivedTime: this.now, venueTime: this.now, instrument }
    const { openTime } = session
    const prices = { open: close, high: close, low: close, close }
    this.market((writer) => writer.bar(head, { ...prices, volume: 1, openTime }))
  }

  market(write: (writer: MarketWriter) => void): void {
    const writer = new MarketWriter(2)
    write(writer)
    const batch = writer.batch()
    for (let i = 0; i < batch.count; i++) {
      this.#cursor.load(batch, i)
      this.engine.stepMarket(this.#cursor)
      this.#take()
    }
  }

  #take(): void {
    for (const effect of this.engine.takeEffects()) {
      if (effect.kind === 'submitOrder') {
        const { order } = effect
        this.#open.set(order.clientOrderId, { order, left: order.quantity })
        this.sentTimes.push(this.now)
        this.seen[order.reduceOnly ? 'exits' : 'entries']++
      }
      if (effect.kind === 'evaluated') this.traced.push(effect)
      if (effect.kind === 'evaluated' && effect.outcome.startsWith('sector cap'))
        this.seen.refusals++
      if (effect.kind === 'cancelOrder') this.#end(effect.cancel.clientOrderId, 'canceled')
      if (effect.kind === 'queryOrder' && !this.#isStuck(effect.clientOrderId)) {
        this.#end(effect.clientOrderId, 'notFound')
      }
    }
    this.afterEach()
  }

  /** Fills, half fills, refuses or says nothing. */
  #answer(): void {
    for (const [id, held] of [...this.#open]) {
      const dice = this.#random.next()
      if (dice < (this.#isStuck(id) ? 0.98 : 0.1)) {
        this.seen.silences++
        continue
      }
      if (dice < 0.25) {
        this.#end(id, 'rejected')
        continue
      }
      if (dice < 0.45 && held.left > 1) {
        this.seen.partials++
        this.#fill(held, Math.max(1, this.#random.integer(held.left)))
        this.#end(id, 'canceled')
        continue
      }
      this.#fill(held, held.left)
      this.#end(id, 'filled')
    }
  }

  /** Of one order in five nothing is heard for a day and more. */
  #isStuck(clientOrderId: string): boolean {
    return Number.parseInt(clientOrderId.slice(-9, -6), 16) % 5 === 0
  }

  #fill(held: { readonly order: NewOrder; left: number }, lots: number): void {
    const { order } = held
    held.left -= lots
    const execution: Execution = {
      ...{ executionId: `e${++this.#ids}`, clientOrderId: order.clientOrderId },
      ...{ venueOrderId: `v${order.clientOrderId}`, instrument: order.instrument },
      ...{ side: order.side, price: order.price, quantity: quantity(lots), liquidity: 'taker' },
      ...{ fee: 0n, venueTime: this.now },
    }
    this.tell({ kind: 'executed', receivedTime: this.now, venueTime: this.now, execution })
  }

  #end(clientOrderId: string, evidence: OrderEvidence): void {
    if (!this.#open.delete(clientOrderId)) return
    const report = { clientOrderId, venueOrderId: null, evidence, code: null, text: '' }
    const at = { receivedTime: this.now, venueTime: this.now }
    this.tell({ kind: 'orderReported', ...at, report } as Event)
  }

  /** The venue's truth, which is what was told: nothing happened unseen. */
  #account(): void {
    const { ledger } = this.engine.world
    const positions = this.config.instruments.flatMap(({ id }) => {
      const lots = signedQuantity(ledger.position(id).quantity)
      const averageEntryPrice = ledger.averageEntryPrice(id)
      return lots === 0 ? [] : [{ instrument: id, quantity: lots, averageEntryPrice }]
    })
    const started = ledger.cash('USD') === 0n && positions.length === 0
    const amount = started ? moneyFromNumber(100_000) : ledger.cash('USD')
    const openOrders = [...this.#open.values()].map(({ order, left }) => ({
      ...{ clientOrderId: order.clientOrderId, venueOrderId: `v${order.clientOrderId}` },
      ...{ instrument: order.instrument, side: order.side, price: order.price },
      ...{ leavesQuantity: quantity(left), reduceOnly: order.reduceOnly },
    }))
    const account = {
      ...{ openOrders, positions, executions: [] },
      balances: [{ currency: 'USD', amount }],
    }
    const at = { receivedTime: this.now, venueTime: this.now }
    this.tell({ kind: 'accountReported', ...at, account })
  }
}
