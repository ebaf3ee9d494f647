import { createHash } from 'node:crypto'
import { Projection } from '../../src/app/server/projection.ts'
import type { OperatorResult } from '../../src/app/server/protocol.ts'
import {
  breakerPolicy,
  type Effect,
  Engine,
  type EngineConfig,
  type Event,
  MarketCursor,
  type Mode,
  type OperatorCommand,
} from '../../src/core/mod.ts'
import { createReversion } from '../../src/strategies/mod.ts'
import { DemoMarket, demoInstruments } from './demo-market.ts'
import { DemoVenue, LATENCY_US, type Touch } from './demo-venue.ts'

export interface DemoOptions {
  readonly mode: Mode
  readonly seed: number
  /** Instant at which the session starts, us. */
  readonly startTime: number
  /** One-minute bars of history before it; fewer than 60 leave the engine warming. */
  readonly historyBars?: number
  readonly isRealTime?: boolean
}

const tier = { longEntry: -1.5, longExit: -0.3, shortEntry: 1.5, shortExit: 0.3 }

const signal = {
  source: 'mid',
  intervalUs: 60_000_000,
  window: 60,
  current: 'include',
  maxGap: 5,
  trendWindow: 0,
  imbalanceLevels: 20,
} as const

const config: EngineConfig = {
  instruments: demoInstruments,
  signal,
  executor: {
    takerSlippageMax: 0.001,
    makerLifetimeUs: 30_000_000,
    makerRepricesMax: 5,
    exitEscalationUs: 20_000_000,
    retryPauseUs: 2_000_000,
    answerTimeoutUs: 5_000_000,
  },
  limits: {
    orderNotionalMax: 4000,
    positionNotionalMax: 4000,
    grossNotionalMax: 6000,
    netNotionalMax: 6000,
    positionsMax: 3,
    leverageMax: 2,
    ordersPerMinuteMax: 30,
    breakers: [breakerPolicy('dailyLoss', 500), breakerPolicy('dailyDrawdown', 0.02)],
    priceBandMax: 0.01,
    bookAgeMaxUs: 5_000_000,
    accountAgeMaxUs: 180_000_000,
  },
  strategy: createReversion({
    tier,
    overrides: {},
    direction: 'both',
    imbalanceThreshold: 0.1,
    trendGate: false,
    revertGate: { holdUs: 60_000_000, favourableBp: 2 },
    stopLoss: 0.01,
    timeStopUs: 3_600_000_000,
    costGate: null,
    notional: 2500,
    entryUrgency: 'passive',
    exitUrgency: 'passive',
  }),
  bookCapacity: 64,
  trace: 'all',
  reconcileIntervalUs: 60_000_000,
  onDifference: 'stop',
}

/**
 * A scripted session for the dashboard's tests: the real core and strategy on a made-up market and
 * venue, its entry stream fed to a projection. The same options give the same session.
 */
export class DemoSession {
  readonly projection: Projection
  /** Answers waiting for their time, in order of it; an account is read when it arrives. */
  readonly #pending: { readonly time: number; readonly make: () => Event }[] = []
  readonly #engine = new Engine(config)
  readonly #market: DemoMarket
  readonly #venue = new DemoVenue(demoInstruments)
  readonly #cursor = new MarketCursor()
  #sequence = 0
  #head = ''
  #commands = 0
  #time: number
  #isFeedBroken = false
  #isAccountBroken = false

  constructor(options: DemoOptions) {
    this.#market = new DemoMarket(options.seed)
    this.#time = options.startTime
    this.projection = new Projection({
      instruments: demoInstruments,
      mode: options.mode,
      account: 'demo at hyperliquid',
      version: '0.1.0',
      signal,
      imbalanceLevels: signal.imbalanceLevels,
      thresholds: demoInstruments.map(() => ({
        zLongEntry: tier.longEntry,
        zLongExit: tier.longExit,
        zShortEntry: tier.shortEntry,
        zShortExit: tier.shortExit,
        imbalance: 0.1,
      })),
      ageBudgets: {
        book: { warnUs: 2_000_000, staleUs: 5_000_000 },
        trades: { warnUs: 30_000_000, staleUs: 120_000_000 },
        account: { warnUs: 90_000_000, staleUs: 180_000_000 },
      },
      isRealTime: options.isRealTime ?? false,
    })
    this.#start(options)
  }

  /** The session's present, us. */
  get time(): number {
    return this.#time
  }

  /** The core behind the stream, to compare the projection with. */
  get core(): Engine {
    return this.#engine
  }

  /** Lets `seconds` of the session pass. */
  run(seconds: number): void {
    for (let i = 0; i < seconds; i++) this.#second()
  }

  /** Cuts market data off: connected, but silent. */
  breakFeed(): void {
    this.#isFeedBroken = true
  }

  /** A trade on the account that the session did not make. */
  moveByHand(instrument: number, lots: number): void {
    this.#venue.moveByHand(instrument, lots)
  }

  mendFeed(): void {
    this.#isFeedBroken = false
  }

  /** Lets the next account query fail. */
  failAccountQueries(isBroken: boolean): void {
    this.#isAccountBroken = isBroken
  }

  /** What a server's operator handler does: the command becomes an event. */
  async operator(command: OperatorCommand, actor: string, reason: string): Promise<OperatorResult> {
    this.#commands++
    const commandId = `c${this.#commands}`
    const receivedTime = this.#time
    this.#step({ kind: 'operatorCommanded', receivedTime, commandId, actor, reason, command })
    return { accepted: true, text: `journaled as entry ${this.#sequence}` }
  }

  #start(options: DemoOptions): void {
    const hash = (text: string) => createHash('sha256').update(text).digest('hex')
    const receivedTime = this.#time
    this.#step({
      kind: 'sessionStarted',
      receivedTime,
      mode: options.mode,
      sessionId: hash(`${options.seed}`).slice(0, 16),
      seed: options.seed,
      resumed: false,
      configurationHash: hash('configuration'),
      dataHash: hash('data'),
      codeHash: hash('code'),
    })
    for (const stream of ['book', 'trades', 'account'] as const) {
      this.#step({
        kind: 'streamStatus',
        receivedTime,
        stream,
        instrument: null,
        status: 'connected',
      })
    }
    const endTime = Math.floor(receivedTime / 60_000_000) * 60_000_000
    for (const { id } of demoInstruments) {
      const bars = this.#market.history(id, options.historyBars ?? 240, endTime)
      this.#step({ kind: 'barsSeeded', receivedTime, instrument: id, bars })
    }
  }

  #second(): void {
    const end = this.#time + 1_000_000
    this.#deliver(end)
    this.#time = end
    this.#step({ kind: 'heartbeat', receivedTime: end })
    if (!this.#isFeedBroken) this.#marketData(end)
    if (end % 3_600_000_000 === 0) this.#fundingHour(end)
    const touches = this.#touches()
    for (const event of this.#venue.match(end, touches)) this.#step(event)
  }

  #deliver(until: number): void {
    for (;;) {
      const next = this.#pending[0]
      if (next === undefined || next.time > until) return
      this.#pending.shift()
      this.#time = Math.max(this.#time, next.time)
      this.#step(next.make())
    }
  }

  #marketData(time: number): void {
    const batch = this.#market.second(time)
    this.projection.onMarket(batch)
    for (let i = 0; i < batch.count; i++) {
      this.#cursor.load(batch, i)
      this.#engine.stepMarket(this.#cursor)
    }
    this.#takeEffects(time)
  }

  #fundingHour(time: number): void {
    for (const { id } of demoInstruments) {
      const lots = this.#engine.world.ledger.position(id).quantity
      if (lots === 0) continue
      const amount = BigInt(-Math.sign(lots)) * 3_125_000n
      this.#venue.fund(id, amount)
      this.#step({
        kind: 'fundingPaid',
        receivedTime: time,
        venueTime: time,
        fundingId: `${id}:${time}`,
        instrument: id,
        rateE9: 12_500,
        amount,
      })
    }
  }

  #step(event: Event): void {
    this.#sequence++
    this.projection.onEvent(event, this.#sequence)
    this.#engine.step(event)
    this.#takeEffects(event.receivedTime)
  }

  #takeEffects(time: number): void {
    if (!this.#engine.hasEffects) return
    const effects: readonly Effect[] = this.#engine.takeEffects()
    this.projection.onEffects(effects, this.#sequence + 1, time)
    this.#sequence += effects.length
    this.#head = createHash('sha256').update(`${this.#head}${this.#sequence}`).digest('hex')
    this.projection.onJournal({
      sequence: this.#sequence,
      head: this.#head,
      committedTime: time,
      path: '.ornstein/demo/journal.sqlite',
    })
    const touches = this.#touches()
    for (const effect of effects) {
      if (effect.kind === 'queryAccount') this.#answerAccount(time + LATENCY_US)
      for (const event of this.#venue.execute(effect, time, touches)) {
        this.#pending.push({ time: event.receivedTime, make: () => event })
      }
    }
    this.#pending.sort((a, b) => a.time - b.time)
  }

  #answerAccount(receivedTime: number): void {
    const venueTime = receivedTime - 9_000
    const make = (): Event =>
      this.#isAccountBroken
        ? { kind: 'accountQueryFailed', receivedTime, text: 'HTTP 502 from the venue, asked again' }
        : { kind: 'accountReported', receivedTime, venueTime, account: this.#venue.account() }
    this.#pending.push({ time: receivedTime, make })
  }

  #touches(): readonly Touch[] {
    return this.#engine.world.books.map((book) => ({ bid: book.bestBid(), ask: book.bestAsk() }))
  }
}
