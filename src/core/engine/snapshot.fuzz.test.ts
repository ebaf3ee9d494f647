import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Effect } from '../domain/effect.ts'
import type { Event } from '../domain/event.ts'
import { MarketCursor, MarketWriter } from '../domain/market-record.ts'
import type { NewOrder, OrderEvidence } from '../domain/order.ts'
import type { Strategy } from '../domain/strategy.ts'
import { price, quantity, signedQuantity } from '../domain/units.ts'
import { createRandom, type Random } from '../lib/random.ts'
import { breakerPolicy } from '../risk/policy.ts'
import type { EngineConfig } from './config.ts'
import { Engine } from './engine.ts'
import { SESSION, START, testConfig } from './test-kit.ts'

/** Wants something different at every call, out of nothing but its own stored state. */
const restless: Strategy<unknown> = {
  id: 'restless',
  init: () => ({ word: 1 }),
  on(trigger, view, state, output) {
    const own = state as { word: number }
    own.word = (Math.imul(own.word, 1_103_515_245) + 12_345) >>> 0
    const dice = own.word >>> 8
    if (trigger.kind === 'heartbeat' && dice % 97 === 0) throw new Error(`failure ${dice % 3}`)
    if (trigger.kind !== 'barClosed') return
    const { instrument } = trigger
    const urgency = dice % 2 === 0 ? 'passive' : 'aggressive'
    const z = view.zScore(instrument)
    const value = view.imbalance(instrument)
    const gates = [
      { gate: 'z', value: z, operator: '>', threshold: 0, passed: z !== null && z > 0 },
      {
        gate: 'imbalance',
        value,
        operator: '>',
        threshold: 0,
        passed: value !== null && value > 0,
      },
    ] as const
    output.evaluated(instrument, `dice ${dice % 4}`, gates)
    const side = dice % 3 === 0 ? 'buy' : 'sell'
    const reason = 'dice'
    const held = view.position(instrument)
    if (held !== 0 && dice % 7 === 0) {
      const part = quantity(1 + (dice % 20))
      return output.intent({ kind: 'reduce', instrument, quantity: part, urgency, reason })
    }
    if (held !== 0 && dice % 7 === 1) {
      const [own, more] = [held > 0 ? 'buy' : 'sell', quantity(1 + (dice % 20))] as const
      const intent = { kind: 'enter', instrument, side: own, quantity: more, urgency } as const
      return output.intent({ ...intent, adds: true, reason })
    }
    if (held !== 0) {
      return output.intent({ kind: 'exit', instrument, urgency, reason })
    }
    if (dice % 5 === 0) return output.intent({ kind: 'abandonEntry', instrument, reason })
    const lots = quantity(20 + (dice % 50))
    output.intent({ kind: 'enter', instrument, side, quantity: lots, urgency, reason })
  },
}

type Input = Event | MarketWriter

/** Everything a core can be told, at random, in an order no venue would choose. */
class Script {
  readonly inputs: Input[] = []
  readonly #random: Random
  readonly #known: NewOrder[] = []
  #time = START
  #trade = 0

  constructor(seed: number) {
    this.#random = createRandom(seed)
  }

  /** Adds inputs while an engine steps them, so that they speak about orders that exist. */
  write(engine: Engine, count: number): void {
    this.#add(engine, this.#session(false))
    for (const stream of ['book', 'account'] as const) {
      this.#add(engine, {
        kind: 'streamStatus',
        receivedTime: this.#time,
        stream,
        instrument: null,
        status: 'connected',
      })
    }
    this.#add(engine, this.#account())
    while (this.inputs.length < count) {
      this.#time += this.#random.integer(900_000)
      this.#add(engine, this.#next())
    }
  }

  #add(engine: Engine, input: Input): void {
    this.inputs.push(input)
    for (const effect of stepInput(engine, input)) {
      if (effect.kind === 'submitOrder') this.#known.push(effect.order)
    }
  }

  #next(): Input {
    const receivedTime = this.#time
    const dice = this.#random.integer(100)
    if (dice < 35) return this.#book()
    if (dice < 60) return { kind: 'heartbeat', receivedTime }
    if (dice < 85 && this.#known.length > 0) return this.#aboutAnOrder()
    if (dice < 90) return this.#account()
    if (dice < 93) return this.#stream()
    if (dice < 95) return this.#operator()
    if (dice === 95) return { kind: 'fellBehind', receivedTime, lagUs: this.#random.integer(2) }
    if (dice === 96) return this.#session(true)
    if (dice === 97) return { kind: 'accountQueryFailed', receivedTime, text: 'no' }
    if (dice === 98) return { kind: 'sessionStopping', receivedTime, reason: 'shutdown' }
    return {
      kind: 'fundingPaid',
      receivedTime,
      venueTime: receivedTime,
      fundingId: `f${this.#random.integer(3)}`,
      instrument: this.#random.integer(2),
      rateE9: 1,
      amount: BigInt(this.#random.integer(100)) - 50n,
    }
  }

  #session(resumed: boolean): Event {
    return {
      kind: 'sessionStarted',
      receivedTime: this.#time,
      mode: 'drill',
      sessionId: SESSION,
      seed: 1,
      resumed,
      configurationHash: '',
      dataHash: '',
      codeHash: '',
    }
  }

  #book(): MarketWriter {
    const writer = new MarketWriter(4)
    const instrument = this.#random.integer(2)
    const head = { receivedTime: this.#time, venueTime: this.#time, instrument }
    const bid = 1000 + this.#random.integer(20)
    const lots = () => 1 + this.#random.integer(50)
    const kind = this.#random.integer(10)
    if (kind < 5) {
      const bids: number[] = []
      const asks: number[] = []
      // More levels than are kept, so that what fell off the far end matters.
      for (let i = 0; i < 20; i++) {
        bids.push(bid - i, lots())
        asks.push(bid + 1 + this.#random.integer(2) + 2 * i, lots())
      }
      writer.snapshot(head, bids, asks)
    } else if (kind < 9) {
      const side = this.#random.next() < 0.5 ? 'bid' : 'ask'
      const away = this.#random.integer(25)
      const at = side === 'bid' ? 1015 - away : 1005 + away
      writer.delta(head, side, at, this.#random.next() < 0.5 ? 0 : lots())
    } else {
      writer.trade(head, 'buy', bid, lots(), ++this.#trade)
    }
    return writer
  }

  #aboutAnOrder(): Event {
    const recent = this.#known.slice(-6)
    const order = recent[this.#random.integer(recent.length)]!
    const at = { receivedTime: this.#time, venueTime: this.#time }
    if (this.#random.next() < 0.4) {
      const execution = {
        executionId: `x${this.#random.integer(500)}`,
        clientOrderId: this.#random.next() < 0.95 ? order.clientOrderId : null,
        venueOrderId: `v${order.clientOrderId}`,
        instrument: order.instrument,
        side: order.side,
        price: price(1000 + this.#random.integer(20)),
        quantity: quantity(1 + this.#random.integer(order.quantity)),
        liquidity: 'maker' as const,
        fee: BigInt(this.#random.integer(100)),
        venueTime: this.#time,
      }
      return { kind: 'executed', ...at, execution }
    }
    const kinds: readonly OrderEvidence[] = [
      ...(['accepted', 'accepted', 'rejected', 'canceled', 'expired'] as const),
      ...(['cancelRejected', 'unknown', 'notFound', 'filled'] as const),
    ]
    const report = {
      clientOrderId: order.clientOrderId,
      venueOrderId: null,
      evidence: kinds[this.#random.integer(kinds.length)]!,
      code: this.#random.next() < 0.5 ? ('postOnlyWouldCross' as const) : null,
      text: 'said so',
    }
    return { kind: 'orderReported', ...at, report }
  }

  #account(): Event {
    const lots = signedQuantity(this.#random.integer(3) * 20)
    return {
      kind: 'accountReported',
      receivedTime: this.#time,
      venueTime: this.#time,
      account: {
        openOrders: [],
        positions: [
          { instrument: this.#random.integer(2), quantity: lots, averageEntryPrice: 1001.5 },
        ],
        balances: [{ currency: 'USDC', amount: 1_000_000_000_000n }],
        executions: [],
      },
    }
  }

  #stream(): Event {
    const status = (['connected', 'disconnected', 'gap'] as const)[this.#random.integer(3)]!
    const stream = (['book', 'trades', 'account'] as const)[this.#random.integer(3)]!
    const instrument = this.#random.next() < 0.5 ? null : this.#random.integer(2)
    return { kind: 'streamStatus', receivedTime: this.#time, stream, instrument, status }
  }

  #operator(): Event {
    const kinds = ['pause', 'resume', 'resume', 'cancelAll', 'flatten', 'acceptDifference'] as const
    const kind = kinds[this.#random.integer(kinds.length)]!
    const command =
      kind === 'acceptDifference' ? { kind, instrument: this.#random.integer(2) } : { kind }
    return {
      kind: 'operatorCommanded',
      receivedTime: this.#time,
      commandId: 'c',
      actor: 'test',
      reason: 'test',
      command,
    }
  }
}

const cursor = new MarketCursor()

function stepInput(engine: Engine, input: Input): readonly Effect[] {
  if (!(input instanceof MarketWriter)) {
    engine.step(input)
    return engine.takeEffects()
  }
  const batch = input.batch()
  for (let i = 0; i < batch.count; i++) {
    cursor.load(batch, i)
    engine.stepMarket(cursor)
  }
  return engine.takeEffects()
}

const config = (): EngineConfig => {
  const plain = testConfig(restless)
  return {
    ...plain,
    limits: {
      ...plain.limits,
      breakers: [
        breakerPolicy('dailyLoss', 3),
        breakerPolicy('regime', 0.001, { rearm: { afterUs: 3_000_000 } }),
        breakerPolicy('grossCap', 400, { release: 200 }),
      ],
      regime: { instruments: [0], spanUs: 5_000_000 },
      ordersPerMinuteMax: 40,
      priceBandMax: 0.05,
    },
    reconcileIntervalUs: 5_000_000,
    shadow: [1],
  }
}

/** Runs a script with a restart through JSON after `cut` inputs and without; both must agree. */
function compare(seed: number, share: number): void {
  const script = new Script(seed)
  const whole = new Engine(config())
  script.write(whole, 400)
  const cut = Math.floor(share * script.inputs.length)
  let engine = new Engine(config())
  const straight = new Engine(config())
  script.inputs.forEach((input, i) => {
    if (i === cut) {
      const state = JSON.stringify(engine.snapshot())
      engine = new Engine(config())
      engine.restore(JSON.parse(state))
      expect(engine.snapshot(), `restored at ${cut}`).toEqual(JSON.parse(state))
    }
    const expected = stepInput(straight, input)
    expect(stepInput(engine, input), `effects of input ${i}, cut at ${cut}`).toEqual(expected)
  })
  expect(engine.snapshot()).toEqual(straight.snapshot())
}

describe('a restored core', () => {
  it('answers every further input as the one it was copied from', () => {
    const share = fc.double({ min: 0.02, max: 0.98, noNaN: true })
    fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 30 }), share, compare), { numRuns: 60 })
  })

  it('remembers where its books begin to miss levels', () => {
    const writer = new MarketWriter(4)
    const head = { receivedTime: START, venueTime: START, instrument: 0 }
    const levels = (best: number, step: number) =>
      Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? best + (step * i) / 2 : 5))
    writer.snapshot(head, levels(1000, -1), levels(1001, 1))
    const far = new MarketWriter(4)
    far.delta(head, 'bid', 970, 7)
    const engine = new Engine(config())
    stepInput(engine, writer)
    const again = new Engine(config())
    again.restore(JSON.parse(JSON.stringify(engine.snapshot())))
    for (const one of [engine, again]) stepInput(one, far)
    expect(engine.world.books[0]!.quantityAtPrice(0, 970)).toBe(0)
    expect(again.snapshot()).toEqual(engine.snapshot())
  })

  it('is a test about something: the scripts trade, fail, pause and doubt', () => {
    const kinds = new Set<string>()
    for (let seed = 1; seed <= 20; seed++) {
      const engine = new Engine(config())
      const script = new Script(seed)
      script.write(engine, 400)
      const { counters, strategyFailure, risk } = engine.world
      if (counters.fills > 5) kinds.add('fills')
      if (counters.contradictions > 0) kinds.add('contradictions')
      if (strategyFailure !== null) kinds.add('failure')
      if (risk.paused) kinds.add('paused')
      if (engine.world.shadowLedger.totals().fees !== 0n) kinds.add('shadow')
      for (const code of Object.keys(counters.denials)) kinds.add(code)
    }
    expect([...kinds]).toEqual(
      expect.arrayContaining(['fills', 'contradictions', 'failure', 'paused', 'shadow', 'REGIME']),
    )
    expect(kinds.size).toBeGreaterThan(7)
  })
})
