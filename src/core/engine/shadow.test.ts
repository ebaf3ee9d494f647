import { describe, expect, it } from 'vitest'
import { moneyFromNumber } from '../domain/money.ts'
import { breakerPolicy } from '../risk/policy.ts'
import { Bench, SECOND } from './test-kit.ts'

const plain = new Bench().config.limits
/** Instrument 0 is in shadow, instrument 1 is not. */
const bench = (change: ConstructorParameters<typeof Bench>[0] = {}): Bench =>
  new Bench({ shadow: [0], ...change }).start()

const wants = { kind: 'enter', side: 'buy', quantity: 100 as never, reason: 'test' } as const
const aggressive = { ...wants, urgency: 'aggressive', instrument: 0 } as const
const passive = { ...wants, urgency: 'passive', instrument: 0 } as const

const held = (b: Bench): number => b.engine.view.position(0)

describe('an instrument in shadow', () => {
  it('records what it would send and sends nothing, and takes at the next heartbeat', () => {
    const b = bench()
    b.book(0, 1000, 1002, 200)
    b.wanted.push(aggressive)
    b.pass(1, false)
    expect(b.of('orderShadowed')).toMatchObject([{ order: { side: 'buy', price: 1003 } }])
    expect(held(b)).toBe(0)
    b.book(0, 1001, 1003, 200)
    b.pass(1)
    const { execution } = b.of('shadowExecuted')[0]!
    expect(execution).toMatchObject({ price: 1003, quantity: 100, liquidity: 'taker' })
    // 0.1 x 100.3 x 4.5 bp.
    expect(execution.fee).toBe(moneyFromNumber(0.0045135))
    expect(held(b)).toBe(100)
    expect(b.sent).toEqual([])
    expect(b.lots()).toBe(0)
  })

  it('gets what the levels within its limit hold, at their average against it, and no more', () => {
    const b = bench()
    b.book(0, 1000, 1002, 30)
    b.wanted.push(aggressive)
    b.pass(1, false)
    b.pass(1)
    expect(b.of('shadowExecuted')).toMatchObject([{ execution: { price: 1003, quantity: 60 } }])
    expect(held(b)).toBe(60)
    expect(b.engine.world.works[0]).toBeNull()
    const missed = bench()
    missed.wanted.push(aggressive)
    missed.pass(1, false)
    missed.book(0, 1010, 1012, 200)
    missed.pass(1)
    expect(missed.of('shadowExecuted')).toEqual([])
    expect(missed.engine.world.orders.active(0).size).toBe(0)
  })

  it('rests until the price goes through, not when it only touches', () => {
    const b = bench()
    b.wanted.push(passive)
    b.pass(1)
    b.book(0, 999, 1000)
    b.pass(1)
    expect(b.of('shadowExecuted')).toEqual([])
    b.book(0, 998, 999)
    b.pass(1)
    expect(b.of('shadowExecuted')).toMatchObject([
      { execution: { price: 1000, quantity: 100, liquidity: 'maker' } },
    ])
  })

  it('moves and gives up as a sent order would, without asking anybody', () => {
    const b = bench()
    b.wanted.push(passive)
    b.pass(1)
    b.book(0, 1004, 1006)
    b.pass(4)
    expect(b.of('orderShadowed').map(({ order }) => order.price)).toEqual([1000, 1004])
    b.pass(40)
    expect(b.engine.world.works[0]).toBeNull()
    expect(b.canceled).toEqual([])
    expect(b.of('queryOrder')).toEqual([])
  })

  it('is left by its own exit, with the result in books of its own', () => {
    const b = bench()
    b.book(0, 1000, 1002, 500)
    b.wanted.push(aggressive)
    b.pass(2, false)
    b.book(0, 1100, 1102, 500)
    b.wanted.push({ kind: 'exit', instrument: 0, urgency: 'aggressive', reason: 'test' })
    b.pass(2, false)
    expect(held(b)).toBe(0)
    expect(b.of('shadowExecuted').at(-1)?.realised).toBe(moneyFromNumber(0.98))
    const { world } = b.engine
    expect(world.equity).toBe(10_000)
    expect(world.ledger.cash('USDC')).toBe(moneyFromNumber(10_000))
    expect(world.counters).toMatchObject({ orders: 0, fills: 0 })
  })

  it('counts in no limit and no breaker of what is really traded', () => {
    const limits = {
      ...plain,
      grossNotionalMax: 15,
      positionsMax: 1,
      ordersPerMinuteMax: 1,
      breakers: [breakerPolicy('dailyLoss', 1)],
    }
    const b = bench({ limits })
    b.book(0, 1000, 1002, 500)
    b.wanted.push(aggressive)
    b.pass(2, false)
    b.book(0, 500, 502, 500)
    b.pass(1)
    expect(b.of('breakerTripped')).toEqual([])
    expect(b.enter('buy', 100, { instrument: 1, urgency: 'aggressive' })).toMatchObject({
      instrument: 1,
    })
  })

  it('differs from no account report, and its orders are not asked about', () => {
    const b = bench({ reconcileIntervalUs: 2 * SECOND })
    b.book(0, 1000, 1002, 500)
    b.wanted.push(aggressive)
    b.pass(2, false)
    b.wanted.push({ kind: 'exit', instrument: 0, urgency: 'passive', reason: 'test' })
    b.pass(1)
    b.account()
    b.account()
    expect(b.of('differenceFound')).toEqual([])
    expect(b.of('queryOrder')).toEqual([])
    expect(held(b)).toBe(100)
  })

  it('goes on after a restart, and a failing driver cancels nothing of it', () => {
    const b = bench()
    b.book(0, 1000, 1002, 500)
    b.wanted.push(aggressive)
    b.pass(2, false)
    b.wanted.push({ kind: 'exit', instrument: 0, urgency: 'passive', reason: 'test' })
    b.pass(1)
    expect(b.engine.emergencyCancels()).toEqual([])
    const again = new Bench({ shadow: [0] })
    again.engine.restore(JSON.parse(JSON.stringify(b.engine.snapshot())))
    again.now = b.now
    again.session(true)
    again.stream('book', 'connected')
    again.stream('account', 'connected')
    again.account()
    again.book(0, 1010, 1012)
    again.pass(1)
    expect(again.of('queryOrder')).toEqual([])
    expect(again.of('shadowExecuted')).toMatchObject([{ execution: { liquidity: 'maker' } }])
    expect(held(again)).toBe(0)
  })

  it('is flattened too', () => {
    const b = bench()
    b.book(0, 1000, 1002, 500)
    b.wanted.push(aggressive)
    b.pass(2, false)
    b.operator({ kind: 'flatten' })
    b.pass(2, false)
    expect(held(b)).toBe(0)
    expect(b.engine.world.flattening).toBe(false)
    expect(b.sent).toEqual([])
  })
})
