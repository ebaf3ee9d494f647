import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  AdapterError,
  createJournal,
  type Genesis,
  type Journal,
  type JournalOptions,
  readJournal,
} from '../../adapters/mod.ts'
import { obedient, SECOND, SESSION, START, testConfig } from '../../core/engine/test-kit.ts'
import {
  Engine,
  type EngineConfig,
  type Event,
  type Execution,
  type Intent,
  MarketWriter,
  moneyFromNumber,
  price,
  quantity,
  type Strategy,
} from '../../core/mod.ts'
import { type OrderRouter, Session } from './session.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'session-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A session over a journal on disk, with a clock and a router that only write down. */
function createStage(
  options: {
    readonly journal?: JournalOptions
    readonly strategy?: Strategy<unknown>
    readonly router?: Partial<OrderRouter>
    readonly wrap?: (journal: Journal) => Journal
  } = {},
) {
  const wanted: Intent[] = []
  const clock = { now: START }
  const calls: string[] = []
  const failures: unknown[] = []
  const config: EngineConfig = testConfig(options.strategy ?? obedient(wanted))
  const genesis: Genesis = {
    ...{ configurationHash: '', dataHash: '', codeHash: '', mode: 'drill', seed: 1 },
    ...{ sessionId: SESSION, configuration: {}, instruments: config.instruments },
  }
  const journal = createJournal(join(folder, 'journal.sqlite'), genesis, {
    durability: 'none',
    ...options.journal,
  })
  const engine = new Engine(config)
  const session = new Session({
    engine,
    journal: options.wrap?.(journal) ?? journal,
    router: {
      submit: (order) => calls.push(`submit ${order.clientOrderId}`),
      cancel: (cancel) => calls.push(`cancel ${cancel.clientOrderId}`),
      queryOrder: (id) => calls.push(`query ${id}`),
      queryAccount: (since) => calls.push(`account ${since}`),
      ...options.router,
    },
    tap: { event() {}, market() {}, effects() {}, committed() {} },
    now: () => clock.now,
    lagMaxUs: 2 * SECOND,
    heartbeatUs: SECOND,
    snapshotEvery: 1_000_000,
    failed: (error) => failures.push(error),
  })
  const at = () => ({ receivedTime: clock.now, venueTime: clock.now })
  const start = () => {
    session.event({
      ...{ kind: 'sessionStarted', receivedTime: clock.now, mode: 'drill', sessionId: SESSION },
      ...{ seed: 1, resumed: false, configurationHash: '', dataHash: '', codeHash: '' },
    })
    for (const stream of ['book', 'account'] as const) {
      const status = { stream, instrument: null, status: 'connected' } as const
      session.event({ kind: 'streamStatus', receivedTime: clock.now, ...status })
    }
    const balances = [{ currency: 'USDC', amount: moneyFromNumber(10_000) }]
    const account = { openOrders: [], positions: [], balances, executions: [] }
    session.event({ kind: 'accountReported', ...at(), account })
    book()
  }
  const book = () => {
    const writer = new MarketWriter(4)
    const head = { receivedTime: clock.now, venueTime: clock.now, instrument: 0 }
    writer.snapshot(head, [1000, 10, 999, 10], [1002, 10, 1003, 10])
    session.market(writer.batch())
  }
  const beat = (seconds = 1) => {
    for (let i = 0; i < seconds; i++) {
      clock.now += SECOND
      session.heartbeat()
      book()
    }
  }
  const enter = () => {
    const entry = { kind: 'enter', instrument: 0, side: 'buy', reason: 'test' } as const
    wanted.push({ ...entry, quantity: quantity(100), urgency: 'passive' })
    beat()
  }
  const executed = (executionId: string, clientOrderId: string): Event => {
    const execution: Execution = {
      ...{ executionId, clientOrderId, venueOrderId: '1', instrument: 0, side: 'buy' },
      ...{ price: price(1000), quantity: quantity(10), liquidity: 'maker', fee: 0n },
      venueTime: clock.now,
    }
    return { kind: 'executed', ...at(), execution }
  }
  return { session, engine, journal, clock, calls, failures, start, book, beat, enter, executed }
}

const recorded = (): readonly Event[] => {
  const events: Event[] = []
  for (const item of readJournal(join(folder, 'journal.sqlite'))) {
    if (item.kind === 'event') events.push(item.payload)
  }
  return events
}

const lags = (): readonly number[] =>
  recorded().flatMap((event) => (event.kind === 'fellBehind' ? [event.lagUs] : []))

describe('a session', () => {
  it('stores an input before it is stepped and its effects before they are executed', () => {
    const order: string[] = []
    const stage = createStage({
      wrap: (journal) => ({
        ...journal,
        path: journal.path,
        get head() {
          return journal.head
        },
        hasExecution: (id, instrument) => journal.hasExecution(id, instrument),
        appendMarket: (batch, from, to) => journal.appendMarket(batch, from, to),
        appendEvent(event) {
          order.push(`stored ${event.kind} before step ${stage.engine.world.counters.events}`)
          return journal.appendEvent(event)
        },
        appendEffects(effects, time) {
          order.push(...effects.map(({ kind }) => `stored ${kind}`))
          journal.appendEffects(effects, time)
        },
      }),
      router: { submit: () => order.push('sent') },
    })
    stage.start()
    stage.enter()
    expect(order[0]).toBe('stored sessionStarted before step 0')
    expect(order.slice(-3)).toEqual([
      expect.stringMatching(/^stored heartbeat before step \d+$/),
      'stored submitOrder',
      'sent',
    ])
  })

  it('sends nothing when the effects cannot be stored, and stops', () => {
    const stage = createStage({
      journal: {
        durability: 'full',
        crashPoint(point) {
          if (point === 'commit.inside' && isFull) throw new AdapterError('FULL', 'full', 'fatal')
        },
      },
    })
    let isFull = false
    stage.start()
    const before = stage.calls.length
    isFull = true
    stage.enter()
    expect(stage.calls).toHaveLength(before)
    expect(stage.failures).toMatchObject([{ code: 'FULL' }])
    expect(stage.session.isStopped).toBe(true)
    stage.beat(3)
    expect(stage.failures).toHaveLength(1)
  })

  it('counts an execution once for ever, also when memory has forgotten it', () => {
    const stage = createStage()
    stage.start()
    stage.enter()
    const id = stage.calls.at(-1)!.replace('submit ', '')
    stage.session.event(stage.executed('e1', id))
    stage.engine.world.seen.restore([])
    stage.session.event(stage.executed('e1', id))
    const account = { openOrders: [], positions: [], balances: [], executions: [] }
    const event = stage.executed('e1', id)
    const executions = event.kind === 'executed' ? [event.execution] : []
    stage.session.event({
      kind: 'accountReported',
      receivedTime: stage.clock.now,
      venueTime: stage.clock.now,
      account: { ...account, executions },
    })
    expect(stage.engine.world.ledger.position(0).quantity).toBe(10)
    expect(stage.engine.world.counters.fills).toBe(1)
  })

  it('stops when its queue overflows; it drops nothing silently', () => {
    const stage = createStage({
      router: {
        queryAccount() {
          const beat = { kind: 'heartbeat', receivedTime: START } as const
          for (let i = 0; i <= 100_001; i++) stage.session.event(beat)
        },
      },
    })
    stage.start()
    expect(stage.session.isStopped).toBe(true)
    expect(String(stage.failures[0])).toContain('inputs are waiting')
  })

  it('ends at a bug, with everything before it in the journal', () => {
    const stage = createStage()
    stage.start()
    stage.session.event({ kind: 'barsSeeded', receivedTime: START, instrument: 9, bars: [] })
    expect(stage.session.isStopped).toBe(true)
    expect(stage.failures).toHaveLength(1)
    stage.journal.close()
    expect(recorded().at(-1)?.kind).toBe('barsSeeded')
  })
})

describe('time', () => {
  it('goes on at its pace when the clock is set back', () => {
    const stage = createStage()
    stage.start()
    stage.beat(3)
    const before = stage.engine.world.now
    stage.clock.now -= 3600 * SECOND
    stage.beat(5)
    expect(stage.engine.world.now - before).toBeGreaterThanOrEqual(4 * SECOND)
    expect(stage.engine.world.now - before).toBeLessThanOrEqual(5 * SECOND)
    expect(stage.failures).toEqual([])
    stage.clock.now += SECOND
    stage.session.event({
      kind: 'streamStatus',
      receivedTime: stage.clock.now,
      stream: 'account',
      instrument: null,
      status: 'connected',
    })
    const asked = Number(stage.calls.at(-1)!.replace('account ', ''))
    expect(asked).toBeLessThan(stage.clock.now)
  })

  it('blocks new risk after a jump of the clock until the heart beats in time', () => {
    const stage = createStage()
    stage.start()
    stage.beat(3)
    stage.clock.now -= 3600 * SECOND
    stage.session.heartbeat()
    expect(stage.engine.world.behindUs).toBeGreaterThan(0)
    stage.beat(2)
    expect(stage.engine.world.behindUs).toBe(0)
    stage.journal.close()
    expect(lags()).toHaveLength(2)
  })

  it('is held, not corrected, for a clock that wavers', () => {
    const stage = createStage()
    stage.start()
    stage.beat(3)
    const before = stage.engine.world.now
    stage.clock.now -= 200_000
    stage.book()
    expect(stage.engine.world.now).toBe(before)
    stage.clock.now += 300_000
    stage.book()
    expect(stage.engine.world.now).toBe(before + 100_000)
  })

  it('that stood still makes the core careful before it hears what waited', () => {
    const stage = createStage()
    stage.start()
    stage.beat(3)
    stage.clock.now += 30 * SECOND
    stage.book()
    expect(stage.engine.world.behindUs).toBe(30 * SECOND)
    stage.session.heartbeat()
    expect(stage.engine.world.behindUs).toBe(30 * SECOND)
    stage.beat()
    expect(stage.engine.world.behindUs).toBe(0)
    stage.journal.close()
    const kinds = recorded().map((event) => event.kind)
    expect(kinds.slice(-4)).toEqual(['fellBehind', 'heartbeat', 'heartbeat', 'fellBehind'])
  })
})

describe('a slow strategy', () => {
  it('is told to the core as lag, which blocks new risk until it is caught up', () => {
    const clock = { late: false }
    const strategy: Strategy<unknown> = {
      id: 'slow',
      init: () => ({}),
      on() {
        if (clock.late) stage.clock.now += 3 * SECOND
        clock.late = false
      },
    }
    const stage = createStage({ strategy })
    stage.start()
    stage.beat(2)
    clock.late = true
    stage.clock.now += SECOND
    stage.session.heartbeat()
    expect(stage.engine.world.behindUs).toBeGreaterThan(2 * SECOND)
    stage.beat(2)
    expect(stage.engine.world.behindUs).toBe(0)
    stage.journal.close()
    expect(lags()[0]).toBeGreaterThan(2 * SECOND)
    expect(lags().at(-1)).toBe(0)
  })
})
