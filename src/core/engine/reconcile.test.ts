import { describe, expect, it } from 'vitest'
import type { NewOrder } from '../domain/order.ts'
import { price, quantity, signedQuantity } from '../domain/units.ts'
import { Bench, SECOND, SESSION } from './test-kit.ts'

const venueOrder = (clientOrderId: string | null, instrument = 0) => ({
  clientOrderId,
  venueOrderId: '77',
  instrument,
  side: 'buy' as const,
  price: price(1000),
  leavesQuantity: quantity(10),
  reduceOnly: false,
})

/** An order of the account's owner, entered by hand. */
const foreign: NewOrder = {
  clientOrderId: 'not-ours',
  intentId: 'x',
  instrument: 0,
  side: 'buy',
  price: price(1000),
  quantity: quantity(25),
  timeInForce: 'gtc',
  postOnly: false,
  reduceOnly: false,
  arrivalPrice: null,
}

/** A session that traded, as its journal restores it: everything known goes through JSON. */
function restart(bench: Bench): Bench {
  const again = new Bench({ onDifference: bench.config.onDifference })
  again.engine.restore(JSON.parse(JSON.stringify(bench.engine.snapshot())))
  again.now = bench.now + 10 * SECOND
  again.session(true)
  again.stream('book', 'connected')
  again.stream('account', 'connected')
  return again
}

describe('a fresh start', () => {
  it('takes the venue’s positions and cash over', () => {
    const bench = new Bench()
    bench.session(false)
    bench.stream('account', 'connected')
    bench.account({
      positions: [{ instrument: 0, quantity: signedQuantity(50), averageEntryPrice: 990 }],
      balances: [{ currency: 'USDC', amount: 7n }],
    })
    expect(bench.lots()).toBe(50)
    expect(bench.engine.world.ledger.averageEntryPrice(0)).toBe(990)
    expect(bench.engine.world.ledger.cash('USDC')).toBe(7n)
    expect(bench.of('differenceFound')).toMatchObject([{ resolution: 'adopted' }])
    expect(bench.engine.world.reconcile.done).toBe(true)
  })

  it.each([
    'before',
    'after',
  ] as const)('counts transfers and funding of after the taking over only: %s a restart', (when) => {
    let bench = new Bench()
    bench.session(false)
    bench.stream('account', 'connected')
    bench.account({ balances: [{ currency: 'USDC', amount: 700n }] })
    const taken = bench.now
    if (when === 'after') bench = restart(bench)
    const booked = (id: string, venueTime: number) => {
      const receivedTime = bench.now
      const common = { receivedTime, venueTime, amount: 50n } as const
      bench.tell({ kind: 'transferred', transferId: id, currency: 'USDC', ...common })
      bench.tell({ kind: 'fundingPaid', fundingId: id, instrument: 0, rateE9: 1, ...common })
    }
    booked('deposit it began with', taken)
    expect(bench.engine.world.ledger.cash('USDC')).toBe(700n)
    booked('later', taken + 1)
    booked('later', taken + 1)
    expect(bench.engine.world.ledger.cash('USDC')).toBe(800n)
  })

  it('does not count executions of the past', () => {
    const bench = new Bench().start()
    const past = bench.execution(foreign, 25)
    const fresh = new Bench()
    fresh.session(false)
    fresh.account({ executions: [past] })
    expect(fresh.lots()).toBe(0)
    fresh.executed(past)
    expect(fresh.lots()).toBe(0)
  })

  it('that crashed before it heard of the account is still one', () => {
    const bench = new Bench()
    bench.session(false)
    const again = restart(bench)
    again.account({ balances: [{ currency: 'USDC', amount: 7n }] })
    expect(again.engine.world.ledger.cash('USDC')).toBe(7n)
  })

  it('lets nothing out before the venue has answered', () => {
    const bench = new Bench()
    bench.session(false)
    bench.stream('book', 'connected')
    bench.book(0, 1000, 1002)
    bench.wanted.push({
      kind: 'enter',
      instrument: 0,
      side: 'buy',
      quantity: quantity(10),
      urgency: 'aggressive',
      reason: 'test',
    })
    bench.pass(1)
    expect(bench.sent).toEqual([])
    expect(bench.denials).toEqual(['NOT_RECONCILED'])
  })

  it('asks again when the query failed, and never reads the failure as flat', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.tell({ kind: 'accountQueryFailed', receivedTime: bench.now, text: 'HTTP 502' })
    expect(bench.lots()).toBe(100)
    expect(bench.alerts).toContain('ACCOUNT_QUERY_FAILED')
    const fresh = new Bench()
    fresh.session(false)
    fresh.stream('account', 'connected')
    fresh.tell({ kind: 'accountQueryFailed', receivedTime: fresh.now, text: 'HTTP 502' })
    expect(fresh.engine.world.reconcile.done).toBe(false)
    fresh.pass(6)
    expect(fresh.of('queryAccount').length).toBe(2)
  })
})

describe('a resumed session', () => {
  it('doubts every order without an answer, and everything it knew of books', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    const again = restart(bench)
    expect(again.record(order).state).toBe('unknown')
    expect(again.engine.world.books[0]!.status).toBe('unknown')
    expect(again.engine.world.reconcile.done).toBe(false)
  })

  it('goes on with orders that the venue lists', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    const again = restart(bench)
    again.account({ openOrders: [venueOrder(order.clientOrderId)] })
    expect(again.record(order)).toMatchObject({ state: 'open', venueOrderId: '77' })
    expect(again.engine.world.reconcile.done).toBe(true)
  })

  it('waits for the fate of orders that the venue does not list', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    const again = restart(bench)
    again.now += SECOND
    again.account()
    expect(again.of('queryOrder')).toHaveLength(1)
    expect(again.engine.world.reconcile.done).toBe(false)
    again.report(order, 'notFound')
    expect(again.engine.world.reconcile.done).toBe(true)
    expect(again.record(order).state).toBe('rejected')
  })

  it('asks what became of an open order that the venue no longer lists', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'accepted')
    const again = restart(bench)
    again.now += SECOND
    again.account()
    expect(again.of('queryOrder')).toMatchObject([{ clientOrderId: order.clientOrderId }])
    again.report(order, 'canceled')
    expect(again.engine.world.reconcile.done).toBe(true)
  })

  it('counts what was executed while it was away', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    const again = restart(bench)
    const execution = again.execution(order, 100)
    const held = { instrument: 0, quantity: signedQuantity(100), averageEntryPrice: null }
    again.account({ executions: [execution], positions: [held] })
    expect(again.lots()).toBe(100)
    expect(again.record(order).state).toBe('filled')
    expect(again.of('reconciled')).toEqual([{ kind: 'reconciled', clean: true, differences: 0 }])
  })

  it('stops an instrument whose position differs, until a person accepts it', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    const again = restart(bench)
    again.position(60)
    expect(again.of('differenceFound')).toMatchObject([
      { ours: 100, venues: 60, resolution: 'stopped' },
    ])
    expect(again.lots()).toBe(100)
    for (const id of [0, 1]) again.book(id, 1000, 1002)
    again.enter('buy', 10, { instrument: 1 })
    expect(again.sent).toHaveLength(1)

    again.operator({ kind: 'acceptDifference', instrument: 0 })
    expect(again.lots()).toBe(100)
    again.position(70)
    expect(again.lots()).toBe(70)
    expect(again.engine.world.stops[0]).toBeNull()
    expect(again.of('differenceFound').at(-1)).toMatchObject({
      resolution: 'adopted',
      reason: 'accepted by an operator',
    })
  })

  it('goes on by itself when the difference goes away', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    const again = restart(bench)
    again.position(60)
    expect(again.engine.world.stops[0]).toMatch(/^difference/)
    again.position(100)
    expect(again.engine.world.stops[0]).toBeNull()
  })

  it('is not behind because an earlier process was', () => {
    const bench = new Bench().start()
    bench.tell({ kind: 'fellBehind', receivedTime: bench.now, lagUs: 5_000_000 })
    const again = restart(bench)
    expect(again.engine.world.behindUs).toBe(0)
  })

  it('stays paused when a person paused it, also if it was shut down after that', () => {
    const bench = new Bench().start()
    bench.operator({ kind: 'pause' })
    bench.tell({ kind: 'sessionStopping', receivedTime: bench.now, reason: 'shutdown' })
    expect(restart(bench).engine.world.risk.paused).toBe(true)
    const free = new Bench().start()
    free.tell({ kind: 'sessionStopping', receivedTime: free.now, reason: 'shutdown' })
    expect(restart(free).engine.world.risk.paused).toBe(false)
  })
})

describe('a routine comparison', () => {
  it('concludes nothing from one differing answer and asks again', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.now += SECOND
    bench.position(60)
    expect(bench.engine.world.stops[0]).toBeNull()
    const asked = bench.of('queryAccount').length
    bench.pass(1)
    expect(bench.of('queryAccount').length).toBe(asked + 1)
    bench.position(100)
    expect(bench.of('differenceFound')).toEqual([])
  })

  it('stops the instrument at the second answer, and its entries with it', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.position(60)
    bench.position(60)
    expect(bench.engine.world.stops[0]).toBe('difference: ours 100, venue 60')
    bench.position(60)
    expect(bench.of('differenceFound')).toHaveLength(1)
    bench.position(50)
    expect(bench.of('differenceFound')).toHaveLength(2)
    bench.exit('aggressive')
    expect(bench.lastSent()).toMatchObject({ reduceOnly: true, quantity: 100 })
  })

  it('adopts at the second answer where the configuration says so', () => {
    const bench = new Bench({ onDifference: 'adopt' }).start()
    bench.hold('buy', 100)
    bench.position(60)
    bench.position(60)
    expect(bench.lots()).toBe(60)
  })

  it('cancels an order with our mark that the journal does not know', () => {
    const bench = new Bench().start()
    const orphan = `${SESSION}00000000ff000009`
    bench.account({ openOrders: [venueOrder(orphan)] })
    expect(bench.canceled).toEqual([orphan])
    expect(bench.alerts).toContain('ORPHAN_ORDER')
  })

  it('leaves orders of others alone', () => {
    const bench = new Bench().start()
    bench.account({ openOrders: [venueOrder('ffffffffffffffff0000000001000000')] })
    expect(bench.canceled).toEqual([])
    expect(bench.alerts).toContain('FOREIGN_ORDER')
  })

  it('counts a manual trade of the owner, in position and cash', () => {
    const bench = new Bench().start()
    bench.executed(bench.execution(foreign, 25, { clientOrderId: null }))
    expect(bench.lots()).toBe(25)
    expect(bench.alerts).toContain('FOREIGN_EXECUTION')
  })

  it('is told of shares that were delisted, and warns of nothing', () => {
    const bench = new Bench().start()
    bench.executed(bench.execution(foreign, 25, { clientOrderId: null }))
    const before = bench.alerts.length
    bench.executed(
      bench.execution(foreign, 25, { clientOrderId: null, side: 'sell', cause: 'delisting' }),
    )
    expect(bench.lots()).toBe(0)
    expect(bench.alerts.slice(before)).toEqual(['DELISTED'])
  })

  it('says so, once, when the venue’s cash is not what the journal explains', () => {
    const bench = new Bench().start()
    const more = bench.engine.world.ledger.cash('USDC') + 5_000_000_000n
    const report = { balances: [{ currency: 'USDC', amount: more }] }
    bench.account(report)
    expect(bench.alerts).not.toContain('CASH_DIFFERS')
    for (let i = 0; i < 5; i++) bench.account(report)
    expect(bench.alerts.filter((code) => code === 'CASH_DIFFERS')).toHaveLength(1)
    bench.account()
    bench.account(report)
    bench.account(report)
    expect(bench.alerts.filter((code) => code === 'CASH_DIFFERS')).toHaveLength(2)
  })
})
