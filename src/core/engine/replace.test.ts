import { describe, expect, it } from 'vitest'
import type { NewOrder } from '../domain/order.ts'
import { price } from '../domain/units.ts'
import { Bench, testConfig, testInstrument } from './test-kit.ts'

const plain = testConfig({ id: 'x', init: () => null, on: () => {} })

/** An entry of 100 lots rests at 1000 at a venue that can replace orders. */
function resting(
  limits: Partial<typeof plain.limits> = {},
  executor: Partial<typeof plain.executor> = {},
): { readonly core: Bench; readonly old: NewOrder } {
  const core = new Bench({
    instruments: [testInstrument(0, { canReplace: true, hasPostOnly: false }), testInstrument(1)],
    limits: { ...plain.limits, ...limits },
    executor: { ...plain.executor, ...executor },
  }).start()
  const old = core.enter('buy', 100)
  core.report(old, 'accepted', { venueOrderId: 'v1' })
  return { core, old }
}

/** The best bid rises to `bid`, and two seconds pass; returns what was sent last. */
function rise(core: Bench, bid: number): NewOrder {
  core.book(0, bid, bid + 2)
  core.pass(2)
  return core.lastSent()
}

describe('a resting entry at a venue that can replace orders', () => {
  it('is moved by one command, which names what it replaces', () => {
    const { core, old } = resting()
    expect(old.postOnly).toBe(false)
    const moved = rise(core, 1005)
    expect(moved).toMatchObject({ price: 1005, quantity: 100, intentId: old.intentId })
    expect(core.of('submitOrder').at(-1)!.replaces).toEqual({
      clientOrderId: old.clientOrderId,
      instrument: 0,
      venueOrderId: 'v1',
      filledQuantity: 0,
    })
    expect(core.canceled).toEqual([])
    core.report(old, 'canceled', { text: 'replaced' })
    core.report(moved, 'accepted')
    expect([core.record(old).state, core.record(moved).state]).toEqual(['canceled', 'open'])
    core.fill(moved, 100)
    expect([core.lots(), core.engine.world.works[0]]).toEqual([100, null])
    expect(core.sent).toHaveLength(2)
  })

  it('is asked for what is left of it, and both orders fill one intent', () => {
    const { core, old } = resting()
    core.fill(old, 30)
    const moved = rise(core, 1005)
    expect(moved.quantity).toBe(70)
    expect(core.of('submitOrder').at(-1)!.replaces!.filledQuantity).toBe(30)
  })

  it('that fills while it is being replaced leaves the new one so much less', () => {
    const { core, old } = resting()
    const moved = rise(core, 1005)
    core.fill(old, 40)
    expect(core.record(moved)).toMatchObject({ state: 'inFlight', quantity: 60 })
    core.report(old, 'canceled')
    core.report(moved, 'accepted')
    core.pass(1)
    core.fill(moved, 60)
    expect(core.record(moved).state).toBe('filled')
    expect([core.lots(), core.engine.world.works[0], core.alerts]).toEqual([100, null, []])
  })

  it('whose fill is heard of after all that was left has filled is done then', () => {
    const { core, old } = resting()
    const moved = rise(core, 1005)
    core.report(old, 'canceled')
    core.report(moved, 'accepted')
    core.fill(moved, 60)
    expect(core.record(moved).state).toBe('open')
    core.fill(old, 40)
    expect(core.record(moved).state).toBe('filled')
    expect([core.lots(), core.engine.world.works[0], core.alerts]).toEqual([100, null, []])
  })

  it('rests on when the venue refuses, and is not asked about again before the pause', () => {
    const { core, old } = resting()
    const moved = rise(core, 1005)
    core.report(moved, 'rejected', { code: 'other' })
    expect(core.sent).toHaveLength(2)
    core.report(old, 'cancelRejected')
    expect(core.record(old).state).toBe('open')
    expect(core.engine.world.works[0]!.activeOrder).toBe(old.clientOrderId)
    core.fill(old, 100)
    expect([core.lots(), core.engine.world.works[0], core.alerts]).toEqual([100, null, []])
  })

  it('that was filled before the venue could replace it ends the intent', () => {
    const { core, old } = resting()
    const moved = rise(core, 1005)
    core.fill(old, 100)
    core.report(old, 'cancelRejected')
    core.report(moved, 'rejected', { code: 'other' })
    expect([core.lots(), core.engine.world.works[0], core.sent.length]).toEqual([100, null, 2])
  })

  it('is asked about, as the new one is, when nobody knows what became of them', () => {
    const { core, old } = resting()
    const moved = rise(core, 1005)
    core.report(moved, 'unknown')
    core.report(old, 'unknown')
    const asked = core.of('queryOrder').map(({ clientOrderId }) => clientOrderId)
    expect(asked).toEqual([moved.clientOrderId, old.clientOrderId])
    core.report(old, 'canceled')
    core.report(moved, 'accepted')
    core.pass(1)
    expect(core.record(moved).state).toBe('open')
    expect(core.canceled).toEqual([])
  })

  it('works on when the new one never reached the venue', () => {
    const { core, old } = resting()
    const moved = rise(core, 1005)
    core.report(moved, 'unknown')
    core.report(old, 'unknown')
    core.report(moved, 'notFound')
    core.pass(1)
    expect(core.sent).toHaveLength(2)
    core.report(old, 'accepted')
    core.pass(3)
    expect(core.sent).toHaveLength(3)
    expect(core.of('submitOrder').at(-1)!.replaces!.clientOrderId).toBe(old.clientOrderId)
  })

  it('counts twice while its end is not certain, and once after', () => {
    const { core, old } = resting({ positionNotionalMax: 16 })
    const worst = () => core.engine.world.orders.worstCaseLots(0, 'buy')
    // 100 lots at 100.0 are worth 10: the replacement is judged without what it replaces.
    const moved = rise(core, 1005)
    expect([core.denials, worst()]).toEqual([[], 200])
    core.report(old, 'canceled')
    core.report(moved, 'accepted')
    expect(worst()).toBe(100)
  })

  it('is canceled when the gate refuses its replacement', () => {
    const { core, old } = resting()
    core.operator({ kind: 'pause' })
    rise(core, 1005)
    expect(core.denials).toEqual(['PAUSED'])
    expect(core.canceled).toEqual([old.clientOrderId])
  })

  it('cancels whatever is left when all is to be canceled in between', () => {
    const { core, old } = resting()
    const moved = rise(core, 1005)
    core.operator({ kind: 'cancelAll' })
    core.report(old, 'canceled')
    core.report(moved, 'accepted')
    core.pass(1)
    expect(core.canceled).toEqual([moved.clientOrderId])
    core.report(moved, 'canceled')
    expect(core.engine.world.works[0]).toBeNull()
  })

  it('cancels the one that rests on when the replacement was refused after that', () => {
    const { core, old } = resting()
    const moved = rise(core, 1005)
    core.operator({ kind: 'cancelAll' })
    core.report(moved, 'rejected')
    core.report(old, 'cancelRejected')
    core.pass(1)
    expect(core.canceled).toEqual([old.clientOrderId])
  })

  it('comes back from a snapshot in the middle of it', () => {
    const { core, old } = resting()
    const moved = rise(core, 1005)
    const state = JSON.parse(JSON.stringify(core.engine.snapshot()))
    core.engine.restore(state)
    core.fill(old, 40)
    core.report(old, 'canceled')
    core.report(moved, 'accepted')
    core.fill(moved, 60)
    expect([core.lots(), core.engine.world.works[0]]).toEqual([100, null])
  })
})

describe('a resting order', () => {
  it('stays while the best price is within the drift, and moves beyond it', () => {
    const { core } = resting({}, { repriceDrift: 0.001 })
    expect(rise(core, 1001)).toMatchObject({ price: 1000 })
    expect(rise(core, 1002)).toMatchObject({ price: 1002 })
  })

  it('is moved again only after the interval', () => {
    const { core, old } = resting({}, { repriceIntervalUs: 4_000_000 })
    const first = rise(core, 1005)
    expect(first.price).toBe(price(1000))
    core.pass(2)
    const moved = core.lastSent()
    expect(moved.price).toBe(1005)
    core.report(old, 'canceled')
    core.report(moved, 'accepted')
    expect(rise(core, 1010)).toBe(moved)
    core.pass(2)
    expect(core.lastSent()).toMatchObject({ price: 1010 })
  })

  it('is canceled and sent anew where the venue cannot replace', () => {
    const core = new Bench().start()
    const old = core.enter('buy', 100)
    core.report(old, 'accepted')
    rise(core, 1005)
    expect(core.canceled).toEqual([old.clientOrderId])
    core.report(old, 'canceled')
    expect(core.of('submitOrder').at(-1)!.replaces).toBeUndefined()
  })
})
