import { describe, expect, it } from 'vitest'
import { Bench, SECOND, START } from './test-kit.ts'

describe('orders of a work', () => {
  it('partial fills add up, in the order and in the position', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'accepted')
    bench.fill(order, 30)
    bench.fill(order, 20)
    expect(bench.lots()).toBe(50)
    expect(bench.record(order)).toMatchObject({ state: 'open', filledQuantity: 50 })
    bench.fill(order, 50)
    expect(bench.record(order).state).toBe('filled')
    expect(bench.engine.world.works[0]).toBeNull()
  })

  it('a repriced entry orders only what is left', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'accepted')
    bench.fill(order, 40)
    bench.book(0, 1001, 1003)
    bench.pass(2)
    expect(bench.canceled).toEqual([order.clientOrderId])
    bench.report(order, 'canceled')
    bench.pass(1)
    expect(bench.lastSent()).toMatchObject({ quantity: 60, price: 1001 })
  })

  it('an entry that gives up keeps what filled', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'accepted')
    bench.fill(order, 40)
    bench.pass(31)
    bench.report(order, 'canceled')
    expect(bench.engine.world.works[0]).toBeNull()
    expect(bench.lots()).toBe(40)
    bench.exit()
    expect(bench.lastSent()).toMatchObject({ side: 'sell', quantity: 40, reduceOnly: true })
  })

  it('a late fill of an order that was replaced shrinks its successor', () => {
    const bench = new Bench().start()
    const first = bench.enter('buy', 100)
    bench.report(first, 'accepted')
    bench.book(0, 1001, 1003)
    bench.pass(2)
    bench.report(first, 'canceled')
    bench.pass(1)
    const second = bench.lastSent()
    expect(second.quantity).toBe(100)
    bench.report(second, 'accepted')
    bench.fill(first, 40)
    expect(bench.lots()).toBe(40)
    bench.pass(1)
    expect(bench.canceled).toEqual([first.clientOrderId, second.clientOrderId])
    bench.report(second, 'canceled')
    bench.pass(1)
    expect(bench.lastSent()).toMatchObject({ quantity: 60 })
  })

  it('a post-only refusal counts as a reprice, and reprices are bounded', () => {
    const bench = new Bench().start()
    bench.enter('buy', 100)
    for (let i = 0; i < 10; i++) {
      const order = bench.lastSent()
      if (bench.record(order).state === 'inFlight') {
        bench.report(order, 'rejected', { code: 'postOnlyWouldCross' })
      }
      bench.pass(1)
    }
    expect(bench.sent).toHaveLength(4)
    expect(bench.engine.world.works[0]).toBeNull()
    expect(bench.engine.world.counters.rejects).toBe(4)
  })

  it('an entry that somebody else canceled is not put back', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'accepted')
    bench.report(order, 'canceled', { text: 'by the owner' })
    bench.pass(5)
    expect(bench.sent).toHaveLength(1)
    expect(bench.engine.world.works[0]).toBeNull()
  })

  it('an exit that somebody else canceled is put back, later each time', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.exit()
    const times: number[] = []
    for (let i = 0; i < 40; i++) {
      const order = bench.lastSent()
      if (bench.record(order).state === 'inFlight') {
        times.push(bench.now)
        bench.report(order, 'accepted')
        bench.report(order, 'canceled')
      }
      bench.pass(1)
    }
    const pauses = times.slice(1).map((time, i) => (time - times[i]!) / SECOND)
    expect(pauses.slice(0, 3)).toEqual([2, 4, 8])
  })

  it('any other refusal of an entry ends it', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'rejected', { code: 'insufficientMargin' })
    bench.pass(5)
    expect(bench.sent).toHaveLength(1)
  })

  it('a fill before the acknowledgement, and one after the cancel, both count', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.fill(order, 10)
    bench.report(order, 'accepted')
    bench.report(order, 'canceled')
    bench.fill(order, 20)
    expect(bench.lots()).toBe(30)
    expect(bench.record(order)).toMatchObject({ state: 'canceled', filledQuantity: 30 })
  })

  it('an execution that comes twice counts once', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.fill(order, 40, { id: 'same' })
    bench.fill(order, 40, { id: 'same' })
    bench.account({
      executions: [bench.execution(order, 40, { executionId: 'same' })],
      positions: [{ instrument: 0, quantity: bench.lots() as never, averageEntryPrice: null }],
    })
    expect(bench.lots()).toBe(40)
    expect(bench.engine.world.counters).toMatchObject({ fills: 1, duplicates: 2 })
  })

  it('funding that is reported twice counts once', () => {
    const bench = new Bench().start()
    const paid = {
      kind: 'fundingPaid',
      receivedTime: bench.now,
      venueTime: bench.now + 1,
      fundingId: 'I0:1',
      instrument: 0,
      rateE9: 1000,
      amount: -5n,
    } as const
    const before = bench.engine.world.ledger.cash('USDC')
    bench.tell(paid)
    bench.tell(paid)
    expect(bench.engine.world.ledger.cash('USDC')).toBe(before - 5n)
  })
})

describe('exits', () => {
  it('are sized from the position when each order is sent', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.exit()
    const first = bench.lastSent()
    expect(first).toMatchObject({ side: 'sell', quantity: 100, reduceOnly: true })
    bench.report(first, 'accepted')
    bench.fill(first, 30)
    bench.report(first, 'canceled')
    bench.pass(2)
    expect(bench.lastSent()).toMatchObject({ side: 'sell', quantity: 70, reduceOnly: true })
  })

  it('wait for an entry to be gone, so that they never race it', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'accepted')
    bench.fill(order, 40)
    bench.exit('aggressive')
    expect(bench.canceled).toEqual([order.clientOrderId])
    expect(bench.sent).toHaveLength(1)
    bench.report(order, 'canceled')
    bench.exit('aggressive')
    expect(bench.lastSent()).toMatchObject({ side: 'sell', quantity: 40, timeInForce: 'ioc' })
  })

  it('that become urgent do not go on resting', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.exit()
    const resting = bench.lastSent()
    bench.exit('aggressive')
    expect(bench.canceled).toEqual([])
    bench.report(resting, 'accepted')
    bench.pass(1)
    expect(bench.canceled).toEqual([resting.clientOrderId])
    bench.report(resting, 'canceled')
    bench.pass(1)
    expect(bench.lastSent()).toMatchObject({ timeInForce: 'ioc', quantity: 100 })
  })

  it('turn aggressive when they rested too long', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.exit()
    const resting = bench.lastSent()
    bench.report(resting, 'accepted')
    bench.pass(10)
    bench.report(resting, 'canceled')
    bench.pass(1)
    expect(bench.lastSent()).toMatchObject({ timeInForce: 'ioc', quantity: 100 })
  })

  it('that the venue refuses are tried again at growing pauses, and somebody is told', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.exit('aggressive')
    const refuse = () => {
      const order = bench.lastSent()
      if (bench.record(order).state !== 'inFlight') return
      bench.report(order, 'rejected', { code: 'other', text: 'no' })
    }
    refuse()
    for (let i = 0; i < 600; i++) {
      bench.pass(1)
      refuse()
    }
    const attempts = bench.sent.length - 1
    expect(attempts).toBeGreaterThan(10)
    expect(attempts).toBeLessThan(20)
    expect(bench.alerts.filter((code) => code === 'EXIT_REFUSED')).toHaveLength(attempts)
  })
})

describe('an order in doubt', () => {
  it('is asked about, with growing pauses, and never sent again', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'unknown')
    bench.pass(300)
    expect(bench.sent).toHaveLength(1)
    const asked = bench.of('queryOrder').length
    expect(asked).toBeGreaterThan(4)
    expect(asked).toBeLessThan(20)
    expect(bench.record(order).state).toBe('unknown')
  })

  it('is not asked about at the pace of answers that tell nothing', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'unknown')
    for (let i = 0; i < 300; i++) {
      bench.report(order, 'unknown', { text: 'status query failed' })
      bench.pass(1)
    }
    expect(bench.of('queryOrder').length).toBeLessThan(20)
    expect(bench.record(order).state).toBe('unknown')
  })

  it('that is said to be rejected after a fill is asked about, and ends when that is repeated', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'accepted')
    bench.fill(order, 20)
    bench.report(order, 'rejected')
    expect(bench.alerts).toContain('CONTRADICTING_EVIDENCE')
    expect(bench.record(order).state).toBe('unknown')
    expect(bench.of('queryOrder')).toHaveLength(1)
    bench.report(order, 'rejected')
    expect(bench.record(order)).toMatchObject({ state: 'rejected', filledQuantity: 20 })
    expect(bench.engine.world.works[0]).toBeNull()
    expect(bench.lots()).toBe(20)
  })

  it('whose evidence contradicts itself for ever is asked about ever slower', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.fill(order, 100)
    for (let i = 0; i < 300; i++) {
      bench.report(order, 'canceled')
      bench.pass(1)
    }
    expect(bench.of('queryOrder').length).toBeLessThan(20)
    expect(bench.record(order).state).toBe('filled')
  })

  it('without any answer is asked about after the timeout', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.pass(4)
    expect(bench.of('queryOrder')).toEqual([])
    bench.pass(2)
    expect(bench.of('queryOrder')).toEqual([
      { kind: 'queryOrder', clientOrderId: order.clientOrderId },
    ])
  })

  it('ends by the venue’s word only', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'unknown')
    bench.pass(100)
    bench.report(order, 'notFound')
    expect(bench.record(order).state).toBe('rejected')
  })

  it('called filled without executions makes the core fetch them', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.report(order, 'filled')
    expect(bench.of('queryAccount').at(-1)?.since).toBeLessThan(START + SECOND)
    expect(bench.lots()).toBe(0)
    bench.fill(order, 100)
    expect(bench.record(order).state).toBe('filled')
  })
})
