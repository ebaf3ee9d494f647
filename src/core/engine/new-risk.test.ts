import { describe, expect, it } from 'vitest'
import { MarketWriter } from '../domain/market-record.ts'
import { moneyFromNumber } from '../domain/money.ts'
import { quantity } from '../domain/units.ts'
import { breakerPolicy } from '../risk/policy.ts'
import { Bench, SECOND, testConfig } from './test-kit.ts'

/** What an aggressive entry of `lots` on instrument 0 is denied with; null when it went out. */
function denialOf(bench: Bench, lots = 10): string | null {
  const before = bench.denials.length
  bench.wanted.push({
    kind: 'enter',
    instrument: 0,
    side: 'buy',
    quantity: quantity(lots),
    urgency: 'aggressive',
    reason: 'test',
  })
  bench.pass(1, false)
  return bench.denials.at(before) ?? null
}

/** An exit of what is held goes out at the next heartbeat. */
function exits(bench: Bench): boolean {
  const before = bench.sent.length
  bench.wanted.push({ kind: 'exit', instrument: 0, urgency: 'aggressive', reason: 'test' })
  bench.pass(1, false)
  return bench.sent.length === before + 1 && bench.lastSent().reduceOnly
}

describe('data that cannot be trusted', () => {
  const cases: readonly (readonly [string, string, (bench: Bench) => void])[] = [
    ['a stale book', 'BOOK_STALE', (bench) => bench.pass(6, false)],
    ['a gap in the book', 'STREAM_DOWN', (bench) => bench.stream('book', 'gap')],
    ['a book stream that is down', 'BOOK_UNKNOWN', (bench) => bench.stream('book', 'disconnected')],
    ['a crossed book', 'BOOK_UNKNOWN', (bench) => bench.book(0, 1003, 1002)],
    [
      'a book without a side',
      'BOOK_UNKNOWN',
      (bench) => {
        const writer = new MarketWriter(4)
        writer.snapshot(
          { receivedTime: bench.now, venueTime: bench.now, instrument: 0 },
          [],
          [1002, 5],
        )
        bench.market(writer)
      },
    ],
    [
      'a private stream that is down',
      'STREAM_DOWN',
      (bench) => bench.stream('account', 'disconnected'),
    ],
    [
      'a process that fell behind',
      'FELL_BEHIND',
      (bench) => bench.tell({ kind: 'fellBehind', receivedTime: bench.now, lagUs: 3 * SECOND }),
    ],
  ]
  for (const [name, code, happens] of cases) {
    it(`${name} blocks new risk as ${code}, and no exit`, () => {
      const bench = new Bench().start()
      expect(denialOf(bench)).toBeNull()
      bench.report(bench.lastSent(), 'canceled')
      happens(bench)
      expect(denialOf(bench)).toBe(code)
      const held = new Bench().start()
      held.hold('buy', 100)
      happens(held)
      expect(exits(held)).toBe(true)
    })
  }

  it('trades that are down block new risk where signals are made of trades', () => {
    const signal = { ...new Bench().config.signal, source: 'trade' as const }
    const bench = new Bench({ signal }).start()
    bench.stream('trades', 'disconnected')
    expect(denialOf(bench)).toBe('STREAM_DOWN')
    bench.stream('trades', 'connected')
    expect(denialOf(bench)).toBeNull()
    const mids = new Bench().start()
    mids.stream('trades', 'disconnected')
    expect(denialOf(mids)).toBeNull()
  })

  it('is trusted again when the streams are whole', () => {
    const bench = new Bench().start()
    bench.stream('account', 'gap')
    expect(denialOf(bench)).toBe('STREAM_DOWN')
    bench.stream('account', 'connected')
    expect(denialOf(bench)).toBeNull()
  })

  it('an old account report blocks new risk where a limit says so', () => {
    const limits = { ...new Bench().config.limits, accountAgeMaxUs: 3 * SECOND }
    const bench = new Bench({ limits }).start()
    bench.pass(5)
    expect(denialOf(bench)).toBe('ACCOUNT_STALE')
  })
})

it('an entry that cannot be priced is over, also when the book comes back', () => {
  const bench = new Bench().start()
  bench.stream('book', 'disconnected')
  expect(denialOf(bench)).toBe('BOOK_UNKNOWN')
  bench.stream('book', 'connected')
  bench.book(0, 1000, 1002)
  bench.pass(3)
  expect(bench.sent).toEqual([])
})

describe('limits', () => {
  it('count an order in doubt at its worst', () => {
    const limits = { ...new Bench().config.limits, positionNotionalMax: 15 }
    const bench = new Bench({ limits }).start()
    bench.report(bench.enter('buy', 100), 'unknown')
    bench.pass(40)
    const works = bench.engine.world.works[0]
    expect(works?.activeOrder).not.toBeNull()
    expect(bench.engine.world.orders.worstCaseLots(0, 'buy')).toBe(100)
    expect(denialOf(bench)).toBeNull()
    expect(bench.sent).toHaveLength(1)
  })

  it('count a position whose book is gone at its last mark', () => {
    const limits = { ...new Bench().config.limits, grossNotionalMax: 15 }
    const bench = new Bench({ limits }).start()
    const other = bench.enter('buy', 100, { instrument: 1, urgency: 'aggressive' })
    bench.fill(other, 100)
    bench.pass(1)
    bench.stream('book', 'disconnected', 1)
    bench.book(0, 1000, 1002)
    expect(denialOf(bench, 100)).toBe('GROSS_NOTIONAL')
  })
})

describe('breakers', () => {
  const limits = {
    ...testConfig(new Bench().config.strategy).limits,
    breakers: [breakerPolicy('dailyLoss', 5)],
  }

  it('trip on the day’s loss, cancel entries, leave exits and let positions be closed', () => {
    const bench = new Bench({ limits }).start()
    bench.hold('buy', 1000)
    bench.exit()
    const exit = bench.lastSent()
    bench.report(exit, 'accepted')
    const entry = bench.enter('sell', 10, { instrument: 1 })
    bench.report(entry, 'accepted')
    bench.book(0, 900, 902)
    bench.pass(1)
    expect(bench.of('breakerTripped')).toMatchObject([{ breaker: 'dailyLoss', limit: 5 }])
    expect(bench.canceled).toContain(entry.clientOrderId)
    bench.report(entry, 'canceled')
    bench.report(exit, 'canceled')
    bench.pass(1)
    expect(bench.engine.world.works[1]).toBeNull()
    expect(bench.lastSent()).toMatchObject({ instrument: 0, reduceOnly: true, price: 902 })
    expect(bench.engine.world.risk.trips).toHaveLength(1)
  })

  it('keep their baseline over a restart', () => {
    const bench = new Bench({ limits }).start()
    bench.hold('buy', 1000)
    bench.pass(1)
    const again = new Bench({ limits })
    again.engine.restore(JSON.parse(JSON.stringify(bench.engine.snapshot())))
    again.now = bench.now
    again.session(true)
    again.stream('book', 'connected')
    again.account({
      positions: [{ instrument: 0, quantity: bench.lots() as never, averageEntryPrice: null }],
    })
    again.book(0, 900, 902)
    again.pass(1)
    expect(again.of('breakerTripped')).toHaveLength(1)
  })

  it('deny with value and limit while tripped, and re-arm by an operator', () => {
    const bench = new Bench({ limits }).start()
    bench.hold('buy', 1000)
    bench.book(0, 900, 902)
    bench.pass(1)
    bench.exit('aggressive')
    bench.fill(bench.lastSent(), 1000)
    expect(denialOf(bench, 100)).toBe('DAILY_LOSS')
    const { denial } = bench.of('orderDenied').at(-1)!
    expect(denial.limit).toBe(5)
    expect(denial.value).toBeGreaterThanOrEqual(5)
    bench.operator({ kind: 'resume' })
    bench.book(0, 900, 902)
    expect(denialOf(bench, 100)).toBeNull()
  })

  it('re-arm with the next day', () => {
    const bench = new Bench({ limits }).start()
    bench.hold('buy', 1000)
    bench.book(0, 900, 902)
    bench.pass(1)
    bench.now += 86_400 * SECOND
    bench.pass(1)
    expect(bench.engine.world.risk.trips).toEqual([])
  })
})

describe('time', () => {
  it('closes bars by heartbeats when the market is silent', () => {
    const bench = new Bench().start()
    const before = bench.engine.world.counters.bars
    bench.pass(3, false)
    expect(bench.engine.world.counters.bars).toBeGreaterThan(before)
  })

  it('never runs backwards', () => {
    const bench = new Bench().start()
    const receivedTime = bench.now - 1
    expect(() => bench.engine.step({ kind: 'heartbeat', receivedTime })).toThrow('time runs')
  })
})

it('money balances to the smallest unit through fills, fees, funding and transfers', () => {
  const bench = new Bench().start({ cash: 1000 })
  const order = bench.enter('buy', 333, { urgency: 'aggressive' })
  bench.executed(bench.execution(order, 333, { fee: 1234567n }))
  bench.exit('aggressive')
  bench.executed(bench.execution(bench.lastSent(), 111, { fee: -89n, executionId: 'rebate' }))
  bench.tell({
    kind: 'transferred',
    receivedTime: bench.now,
    venueTime: bench.now,
    transferId: 't1',
    currency: 'USDC',
    amount: -moneyFromNumber(0.00000003),
  })
  const { ledger } = bench.engine.world
  expect(ledger.imbalanceOfBooks('USDC')).toBe(0n)
  const { realised, fees } = ledger.totals()
  expect(ledger.cash('USDC')).toBe(moneyFromNumber(1000) + realised - fees - 3n)
})
