import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DemoMarket, demoInstruments } from '../../../test/support/demo-market.ts'
import {
  breakerPolicy,
  createRandom,
  type Effect,
  Engine,
  type EngineConfig,
  type Event,
  MarketCursor,
  type NewOrder,
  type OrderEvidence,
  quantity,
  type Random,
  type Strategy,
  sign,
  signedQuantity,
} from '../../core/mod.ts'
import { Projection } from './projection.ts'
import type { ListOf } from './protocol.ts'
import type { OrderView, StateView } from './views.ts'

const START = Date.UTC(2026, 0, 14, 23, 58) * 1000
const SERVER = { clients: 0, memoryMegabytes: 0, eventLoopLagMs: 0, uptimeSeconds: 0 }

/** Enters or exits at random, to make as many orders as possible. */
function restless(seed: number): Strategy<unknown> {
  const random = createRandom(seed)
  return {
    id: 'restless',
    init: () => ({}),
    on(trigger, view, _state, output) {
      if (trigger.kind !== 'barClosed') return
      const { instrument } = trigger
      const reading = { gate: 'coin', operator: '>', threshold: 0.5 } as const
      const value = random.next()
      const gates = [{ ...reading, value, passed: value > 0.5 }]
      output.evaluated(instrument, value > 0.5 ? 'act' : 'coin', gates)
      const urgency = random.next() < 0.5 ? 'passive' : 'aggressive'
      const reason = 'coin'
      if (view.position(instrument) !== 0) {
        return output.intent({ kind: 'exit', instrument, urgency, reason })
      }
      const side = random.next() < 0.5 ? 'buy' : 'sell'
      const lots = quantity(2000 + random.integer(3000))
      output.intent({ kind: 'enter', instrument, side, quantity: lots, urgency, reason })
    },
  }
}

const config = (seed: number): EngineConfig => ({
  instruments: demoInstruments,
  signal: {
    source: 'mid',
    intervalUs: 5_000_000,
    window: 10,
    current: 'include',
    maxGap: 3,
    trendWindow: 0,
    imbalanceLevels: 20,
  },
  executor: {
    takerSlippageMax: 0.001,
    makerLifetimeUs: 8_000_000,
    makerRepricesMax: 3,
    exitEscalationUs: 6_000_000,
    retryPauseUs: 1_000_000,
    answerTimeoutUs: 3_000_000,
  },
  limits: {
    orderNotionalMax: null,
    positionNotionalMax: null,
    grossNotionalMax: 200_000,
    netNotionalMax: null,
    positionsMax: null,
    leverageMax: null,
    ordersPerMinuteMax: 60,
    breakers: [breakerPolicy('dailyLoss', 60)],
    priceBandMax: 0.05,
    bookAgeMaxUs: 3_000_000,
    accountAgeMaxUs: null,
  },
  strategy: restless(seed),
  bookCapacity: 64,
  trace: 'changes',
  reconcileIntervalUs: 10_000_000,
  onDifference: 'stop',
})

/** Core and projection on one stream of contradicting, repeated and missing evidence. */
class Chaos {
  readonly engine: Engine
  readonly projection: Projection
  readonly #random: Random
  readonly #market: DemoMarket
  readonly #cursor = new MarketCursor()
  readonly #known: NewOrder[] = []
  readonly #later: Event[] = []
  #time = START
  #sequence = 0
  #ids = 0

  constructor(seed: number) {
    const engineConfig = config(seed)
    this.engine = new Engine(engineConfig)
    this.#random = createRandom(seed ^ 0x55aa)
    this.#market = new DemoMarket(seed)
    this.projection = new Projection({
      instruments: demoInstruments,
      mode: 'drill',
      account: 'chaos',
      version: '0',
      signal: engineConfig.signal,
      imbalanceLevels: 20,
      thresholds: demoInstruments.map(() => null),
      ageBudgets: {
        book: { warnUs: 1e6, staleUs: 3e6 },
        trades: { warnUs: 1e6, staleUs: 3e6 },
        account: { warnUs: 1e6, staleUs: 3e6 },
      },
      isRealTime: false,
    })
    this.#start(false)
  }

  run(seconds: number): void {
    for (let i = 0; i < seconds; i++) {
      this.#time += 1_000_000
      this.#step({ kind: 'heartbeat', receivedTime: this.#time })
      if (this.#chance(0.9)) this.#feed()
      for (const event of this.#later.splice(0)) this.#step({ ...event, receivedTime: this.#time })
      if (this.#chance(0.05)) this.#surprise()
    }
  }

  #feed(): void {
    const batch = this.#market.second(this.#time)
    for (let i = 0; i < batch.count; i++) {
      this.#cursor.load(batch, i)
      this.engine.stepMarket(this.#cursor)
    }
    this.projection.onMarket(batch)
    this.#takeEffects()
  }

  #start(resumed: boolean): void {
    const receivedTime = this.#time
    this.#step({
      kind: 'sessionStarted',
      receivedTime,
      mode: 'drill',
      sessionId: '0123456789abcdef',
      seed: 1,
      resumed,
      configurationHash: '',
      dataHash: '',
      codeHash: '',
    })
    for (const stream of ['book', 'account'] as const) {
      this.#step({
        kind: 'streamStatus',
        receivedTime,
        stream,
        instrument: null,
        status: 'connected',
      })
    }
  }

  #step(event: Event): void {
    this.engine.step(event)
    this.projection.onEvent(event, ++this.#sequence)
    this.#takeEffects()
  }

  #takeEffects(): void {
    while (this.engine.hasEffects) {
      const effects = this.engine.takeEffects()
      this.projection.onEffects(effects, this.#sequence + 1, this.#time)
      this.#sequence += effects.length
      for (const effect of effects) this.#answer(effect)
    }
  }

  #answer(effect: Effect): void {
    switch (effect.kind) {
      case 'submitOrder':
        this.#known.push(effect.order)
        if (this.#chance(0.8))
          this.#report(
            effect.order.clientOrderId,
            this.#pick(['accepted', 'rejected', 'unknown', 'accepted', 'expired']),
          )
        if (this.#chance(0.6)) this.#fill(effect.order)
        if (this.#chance(0.3)) this.#fill(effect.order)
        return
      case 'cancelOrder':
        this.#report(
          effect.cancel.clientOrderId,
          this.#pick(['canceled', 'cancelRejected', 'unknown']),
        )
        return
      case 'queryOrder':
        this.#report(
          effect.clientOrderId,
          this.#pick(['notFound', 'filled', 'accepted', 'canceled']),
        )
        return
      case 'queryAccount':
        this.#later.push(this.#account())
        return
      default:
        return
    }
  }

  #report(clientOrderId: string, evidence: OrderEvidence): void {
    const code = evidence === 'rejected' ? 'insufficientMargin' : null
    this.#later.push({
      kind: 'orderReported',
      receivedTime: 0,
      venueTime: this.#time,
      report: { clientOrderId, venueOrderId: `v${this.#ids}`, evidence, code, text: '' },
    })
  }

  #fill(order: NewOrder): void {
    const executionId = this.#chance(0.15) ? `e${this.#ids}` : `e${++this.#ids}`
    const event: Event = {
      kind: 'executed',
      receivedTime: 0,
      venueTime: this.#time,
      execution: {
        executionId,
        clientOrderId: this.#chance(0.05) ? null : order.clientOrderId,
        venueOrderId: `v${this.#ids}`,
        instrument: order.instrument,
        side: order.side,
        price: order.price,
        quantity: quantity(Math.max(1, Math.round(order.quantity * this.#pick([1, 0.5, 0.3])))),
        liquidity: 'taker',
        fee: BigInt(this.#random.integer(50_000_000)),
        venueTime: this.#time,
      },
    }
    this.#later.push(event)
    if (this.#chance(0.2)) this.#later.push(event)
  }

  #account(): Event {
    if (this.#chance(0.1)) return { kind: 'accountQueryFailed', receivedTime: 0, text: 'no answer' }
    const { ledger } = this.engine.world
    const lie = () => (this.#chance(0.1) ? 100 * sign(this.#pick(['buy', 'sell'])) : 0)
    return {
      kind: 'accountReported',
      receivedTime: 0,
      venueTime: this.#time,
      account: {
        openOrders: this.#known
          .filter(() => this.#chance(0.1))
          .map((order) => ({
            clientOrderId: order.clientOrderId,
            venueOrderId: `w${this.#ids}`,
            instrument: order.instrument,
            side: order.side,
            price: order.price,
            leavesQuantity: order.quantity,
            reduceOnly: order.reduceOnly,
          })),
        positions: demoInstruments.map(({ id }) => ({
          instrument: id,
          quantity: signedQuantity(ledger.position(id).quantity + lie()),
          averageEntryPrice: this.#chance(0.5) ? this.#market.middles[id]! : null,
        })),
        balances: [{ currency: 'USDC', amount: 1_000_000_000_000n }],
        executions: [],
      },
    }
  }

  #surprise(): void {
    const receivedTime = this.#time
    const instrument = this.#random.integer(demoInstruments.length)
    const kind = this.#pick([
      'gap',
      'drop',
      'pause',
      'resume',
      'cancelAll',
      'flatten',
      'accept',
      'funding',
      'deposit',
      'restart',
    ])
    const say = (command: Extract<Event, { kind: 'operatorCommanded' }>['command']) =>
      this.#step({
        kind: 'operatorCommanded',
        receivedTime,
        commandId: `${this.#sequence}`,
        actor: 'x',
        reason: 'y',
        command,
      })
    switch (kind) {
      case 'gap':
      case 'drop': {
        const status = kind === 'gap' ? 'gap' : 'disconnected'
        this.#step({ kind: 'streamStatus', receivedTime, stream: 'book', instrument, status })
        this.#step({
          kind: 'streamStatus',
          receivedTime,
          stream: 'book',
          instrument,
          status: 'connected',
        })
        return
      }
      case 'funding': {
        const fundingId = `f${this.#random.integer(4)}`
        const amount = BigInt(this.#random.integer(1_000_000)) - 500_000n
        this.#step({
          kind: 'fundingPaid',
          receivedTime,
          venueTime: receivedTime,
          fundingId,
          instrument,
          rateE9: 1,
          amount,
        })
        return
      }
      case 'deposit':
        this.#step({
          kind: 'transferred',
          receivedTime,
          venueTime: receivedTime,
          transferId: `t${this.#random.integer(4)}`,
          currency: 'USDC',
          amount: 5_000_000_000n,
        })
        return
      case 'restart':
        return this.#start(true)
      case 'accept':
        return say({ kind: 'acceptDifference', instrument })
      case 'pause':
      case 'resume':
      case 'cancelAll':
      case 'flatten':
        return say({ kind })
    }
  }

  #chance = (probability: number): boolean => this.#random.next() < probability
  #pick = <T>(items: readonly T[]): T => items[this.#random.integer(items.length)]!

  get time(): number {
    return this.#time
  }
}

test('whatever the evidence says, the projection holds what the core holds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (seed) => {
      const chaos = new Chaos(seed)
      chaos.run(240)
      const { world } = chaos.engine
      const { projection } = chaos
      expect(projection.fault).toBeNull()
      const read = <T>(key: Parameters<typeof projection.read>[0]) =>
        projection.read(key, 0, chaos.time, SERVER) as T

      const orders = read<ListOf<OrderView>>('orders').items
      for (const order of orders.filter((one) => one.state !== 'denied')) {
        const record = world.orders.get(order.clientOrderId)
        expect(order.state, order.clientOrderId).toBe(record?.state)
      }
      const open = orders.filter((order) => order.isOpen).map((order) => order.clientOrderId)
      const active = [...world.orders.allActive()].map((record) => record.order.clientOrderId)
      expect(open.sort()).toEqual(active.sort())

      const state = read<StateView>('state')
      const account = state.accounts[0]!
      const totals = world.ledger.totals()
      const money = (text: string) => BigInt(text.replace('.', ''))
      expect(money(account.cash)).toBe(world.ledger.cash('USDC'))
      expect(money(account.realisedPnl)).toBe(totals.realised)
      expect(money(account.fees)).toBe(totals.fees)
      expect(money(account.funding)).toBe(totals.funding)
      expect(state.counts.fills).toBe(world.counters.fills)
      expect(state.counts.orders).toBe(world.counters.orders)
      expect(state.counts.rejects).toBe(world.counters.rejects)
      expect(state.counts.denials).toEqual(world.counters.denials)
      expect(state.reconciled).toBe(world.reconcile.done)
      const isPaused = state.engineState === 'paused' || state.engineState === 'flattening'
      if (world.risk.trips.length === 0 && world.started) expect(isPaused).toBe(world.risk.paused)
      else expect(['halted', 'flattening', 'reconciling']).toContain(state.engineState)
      const decisions = projection.decisions(chaos.time)
      for (const { id } of demoInstruments) {
        const lots = world.ledger.position(id).quantity
        const positions =
          read<readonly { readonly direction: string; readonly stopped: string | null }[]>(
            'positions',
          )
        expect(positions[id]!.direction).toBe(lots > 0 ? 'long' : lots < 0 ? 'short' : 'flat')
        expect(positions[id]!.stopped !== null).toBe(world.stops[id] !== null)
        expect(decisions[id]!.sentence).toMatch(/^[A-Z].*\.$/)
      }
    }),
    { numRuns: 40, verbose: 1 },
  )
})
