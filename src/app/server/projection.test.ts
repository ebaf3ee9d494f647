import { describe, expect, test } from 'vitest'
import { DemoSession } from '../../../test/support/demo-session.ts'
import { type Execution, MONEY_UNIT, price, quantity } from '../../core/mod.ts'
import type { ListOf } from './protocol.ts'
import type {
  AlertView,
  BarsView,
  BookView,
  FillView,
  HealthView,
  OrderView,
  PositionView,
  StateView,
} from './views.ts'

const START = Date.UTC(2026, 0, 14, 9) * 1000
const SERVER = { clients: 0, memoryMegabytes: 0, eventLoopLagMs: 0, uptimeSeconds: 0 }

function demo(seconds: number, seed = 7): DemoSession {
  const session = new DemoSession({ mode: 'rehearse', seed, startTime: START })
  session.run(seconds)
  return session
}

function read<T>(
  session: DemoSession,
  key: Parameters<typeof session.projection.read>[0],
  since = 0,
): T {
  return session.projection.read(key, since, session.time, SERVER) as T
}

const scaled = (text: string): bigint => BigInt(text.replace('.', ''))

describe('the fold of a session', () => {
  const session = demo(3600)

  test('runs through an hour of the real core without a fault', () => {
    expect(session.projection.fault).toBeNull()
    expect(read<StateView>(session, 'state').counts.fills).toBeGreaterThan(0)
  })

  test('day profit is exactly realised + unrealised - fees + funding, and the change of equity', () => {
    const account = read<StateView>(session, 'state').accounts[0]!
    const { day } = account
    const parts =
      scaled(day.realisedPnl) + scaled(day.unrealisedPnl) - scaled(day.fees) + scaled(day.funding)
    expect(scaled(day.pnl)).toBe(parts)
    expect(scaled(account.equity) - scaled(day.startEquity)).toBe(parts)
  })

  test('agrees with the ledger and the orders of the core that made the stream', () => {
    const { world } = session.core
    const positions = read<readonly PositionView[]>(session, 'positions')
    for (const position of positions) {
      const lots = world.ledger.position(position.instrument).quantity
      const decimals = world.config.instruments[position.instrument]!.quantityDecimals
      expect(Math.round(Number(position.quantity) * 10 ** decimals)).toBe(lots)
    }
    const orders = read<ListOf<OrderView>>(session, 'orders').items
    for (const order of orders) {
      const record = world.orders.get(order.clientOrderId)
      if (record !== undefined) expect(order.state).toBe(record.state)
    }
    expect(orders.filter((order) => order.isOpen)).toHaveLength(
      [...world.orders.allActive()].length,
    )
  })

  test('shows the same z as the core, bit for bit', () => {
    for (const { id } of session.core.world.config.instruments) {
      const bars = read<BarsView>(session, `bars:${id}`)
      const finished = bars.isForming ? bars.z.length - 2 : bars.z.length - 1
      expect(bars.z[finished]).toBe(session.core.world.signals[id]!.z)
    }
  })

  test('every order tells its life from submission to its end', () => {
    for (const order of read<ListOf<OrderView>>(session, 'orders').items) {
      expect(order.steps.length).toBeGreaterThan(0)
      const first = order.steps[0]!.what
      expect(first === 'submitted' || first === 'denied').toBe(true)
      if (order.state === 'filled') expect(order.leavesQuantity).toMatch(/^0\.0*$/)
    }
  })

  test('the sums of fills are the sums of the account', () => {
    const fills = read<ListOf<FillView>>(session, 'fills').items
    const account = read<StateView>(session, 'state').accounts[0]!
    const sum = (pick: (fill: FillView) => string) =>
      fills.reduce((total, fill) => total + scaled(pick(fill)), 0n)
    expect(sum((fill) => fill.fee)).toBe(scaled(account.fees))
    expect(sum((fill) => fill.realisedPnl)).toBe(scaled(account.realisedPnl))
  })

  test('has a sentence for every instrument', () => {
    for (const decision of session.projection.decisions(session.time)) {
      expect(decision.sentence).toMatch(/^[A-Z].*\.$/)
      expect(decision.gates.length).toBeGreaterThan(0)
    }
  })

  test('the same options give the same projection', () => {
    const other = demo(3600)
    expect(read(other, 'state')).toEqual(read(session, 'state'))
    expect(read(other, 'orders')).toEqual(read(session, 'orders'))
  })
})

describe('lists since a revision', () => {
  test('hold exactly what changed, and rebuild the whole when applied in turn', () => {
    const session = demo(1)
    const held = new Map<string, OrderView>()
    let revision = 0
    for (let i = 0; i < 120; i++) {
      session.run(30)
      const list = read<ListOf<OrderView>>(session, 'orders', revision)
      if (!list.isPartial) held.clear()
      for (const order of list.items) held.set(order.clientOrderId, order)
      revision = session.projection.revision('orders')!
    }
    const whole = read<ListOf<OrderView>>(session, 'orders').items
    expect([...held.values()]).toEqual(whole)
    expect(whole.length).toBeGreaterThan(5)
  })

  test('columns of bars join to the whole series', () => {
    const session = demo(1)
    const closes = new Map<number, number>()
    let revision = 0
    for (let i = 0; i < 40; i++) {
      session.run(17)
      const bars = read<BarsView>(session, 'bars:0', revision)
      bars.openSeconds.forEach((open, at) => {
        closes.set(open, bars.close[at]!)
      })
      revision = session.projection.revision('bars:0')!
    }
    const whole = read<BarsView>(session, 'bars:0')
    expect([...closes]).toEqual(whole.openSeconds.map((open, at) => [open, whole.close[at]!]))
  })
})

describe('staleness', () => {
  test('a silent feed turns the book delayed, then stale, and the sentence says so', () => {
    const session = demo(120)
    const freshness = () =>
      read<HealthView>(session, 'health').streams.find((stream) => stream.stream === 'book')!
        .freshness
    expect(freshness()).toBe('live')
    session.breakFeed()
    session.run(4)
    expect(freshness()).toBe('delayed')
    session.run(4)
    expect(freshness()).toBe('stale')
    expect(session.projection.decisions(session.time)[0]!.sentence).toContain('8.0 s old')
    session.mendFeed()
    session.run(1)
    expect(freshness()).toBe('live')
  })

  test('a disconnected stream is down and its book is unknown until the next snapshot', () => {
    const session = demo(60)
    const disconnected = {
      kind: 'streamStatus',
      receivedTime: session.time,
      stream: 'book',
      instrument: null,
      status: 'disconnected',
    } as const
    session.projection.onEvent(disconnected, 999_999)
    expect(read<BookView>(session, 'book:0').status).toBe('unknown')
    expect(read<BookView>(session, 'book:0').imbalance).toBeNull()
    expect(session.projection.decisions(session.time)[0]!.sentence).toContain('stream is down')
  })

  test('real time without events makes the engine silent', () => {
    const session = new DemoSession({
      mode: 'rehearse',
      seed: 1,
      startTime: START,
      isRealTime: true,
    })
    session.run(30)
    const { projection } = session
    const late = projection.asOf(session.time + 9_000_000)
    const state = projection.read('state', 0, late, SERVER) as StateView
    expect(state.engineState).toBe('silent')
  })
})

describe('operator commands', () => {
  test('pause, resume and flatten show as the state they lead to', async () => {
    const session = demo(1800)
    const state = () => read<StateView>(session, 'state')
    await session.operator({ kind: 'pause' }, 'ann', 'news')
    expect(state().engineState).toBe('paused')
    expect(state().engineReason).toBe('Paused by ann: news.')
    expect(state().controls.pause.enabled).toBe(false)
    expect(state().controls.resume.enabled).toBe(true)
    await session.operator({ kind: 'resume' }, 'ann', 'over')
    expect(state().engineState).toBe('armed')
    await session.operator({ kind: 'flatten' }, 'ann', 'done')
    session.run(60)
    const positions = read<readonly PositionView[]>(session, 'positions')
    expect(positions.every((position) => position.direction === 'flat')).toBe(true)
    expect(state().engineState).toBe('paused')
    expect(state().controls.flatten.enabled).toBe(false)
  })
})

describe('evidence that repeats', () => {
  test('an execution that is reported twice counts once', () => {
    const session = demo(30)
    const before = read<StateView>(session, 'state').counts.fills
    const execution: Execution = {
      executionId: 'manual-1',
      clientOrderId: null,
      venueOrderId: '5',
      instrument: 0,
      side: 'buy',
      price: price(641_800),
      quantity: quantity(1000),
      liquidity: 'taker',
      fee: MONEY_UNIT / 10n,
      venueTime: session.time,
    }
    const receivedTime = session.time
    const event = { kind: 'executed', receivedTime, venueTime: receivedTime, execution } as const
    session.projection.onEvent(event, 1_000_000)
    session.projection.onEvent(event, 1_000_001)
    expect(read<StateView>(session, 'state').counts.fills).toBe(before + 1)
    const fill = read<ListOf<FillView>>(session, 'fills').items.at(-1)!
    expect(fill.role).toBe('foreign')
    expect(fill.slippageBps).toBeNull()
  })
})

describe('a fault inside the projection', () => {
  test('is kept and shown, and never thrown at the caller', () => {
    const session = demo(10)
    const broken = { kind: 'executed', receivedTime: session.time, execution: null }
    expect(() => session.projection.onEvent(broken as never, 1)).not.toThrow()
    expect(session.projection.fault).not.toBeNull()
    expect(read<StateView>(session, 'state').fault).toBe(session.projection.fault)
  })
})

describe('alerts', () => {
  test('of the core arrive in order with their level', () => {
    const session = demo(30)
    session.failAccountQueries(true)
    session.run(90)
    const alerts = read<ListOf<AlertView>>(session, 'alerts').items
    expect(alerts.at(-1)).toMatchObject({ level: 'warning', code: 'ACCOUNT_QUERY_FAILED' })
    expect(alerts.map((alert) => alert.id)).toEqual(alerts.map((_, i) => i + 1))
  })
})
