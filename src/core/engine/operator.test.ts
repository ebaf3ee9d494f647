import { describe, expect, it } from 'vitest'
import type { Strategy } from '../domain/strategy.ts'
import { quantity } from '../domain/units.ts'
import { Bench } from './test-kit.ts'

const stop = (bench: Bench): void =>
  bench.tell({ kind: 'sessionStopping', receivedTime: bench.now, reason: 'shutdown' })

describe('pause', () => {
  it('denies new risk and lets exits pass; resume ends it', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.operator({ kind: 'pause' })
    bench.wanted.push({
      kind: 'enter',
      instrument: 1,
      side: 'buy',
      quantity: quantity(10),
      urgency: 'passive',
      reason: 'test',
    })
    bench.exit('aggressive')
    expect(bench.denials).toEqual(['PAUSED'])
    expect(bench.lastSent()).toMatchObject({ reduceOnly: true })
    bench.operator({ kind: 'resume' })
    expect(bench.enter('buy', 10, { instrument: 1 }).instrument).toBe(1)
  })
})

describe('cancel all', () => {
  it('cancels entries and exits, and none of them comes back by itself', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.exit()
    const exit = bench.lastSent()
    bench.report(exit, 'accepted')
    const entry = bench.enter('sell', 10, { instrument: 1 })
    bench.report(entry, 'accepted')
    bench.operator({ kind: 'cancelAll' })
    expect([...bench.canceled].sort()).toEqual([exit.clientOrderId, entry.clientOrderId].sort())
    bench.report(exit, 'canceled')
    bench.report(entry, 'canceled')
    const sent = bench.sent.length
    bench.pass(20)
    expect(bench.sent).toHaveLength(sent)
  })

  it('also catches an order that is still on its way', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    bench.operator({ kind: 'cancelAll' })
    expect(bench.canceled).toEqual([])
    bench.report(order, 'accepted')
    bench.pass(1)
    expect(bench.canceled).toEqual([order.clientOrderId])
  })
})

describe('flatten', () => {
  it('closes every position aggressively and stays paused', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.operator({ kind: 'flatten' })
    const order = bench.lastSent()
    expect(order).toMatchObject({ side: 'sell', reduceOnly: true, timeInForce: 'ioc' })
    bench.fill(order, order.quantity)
    expect(bench.lots()).toBe(0)
    expect(bench.engine.world.risk).toMatchObject({ paused: true, pausedReason: 'flatten' })
    bench.pass(1)
    expect(bench.engine.world.flattening).toBe(false)
  })

  it('is not forgotten while an entry is being canceled', () => {
    const bench = new Bench().start()
    const entry = bench.enter('buy', 100)
    bench.report(entry, 'accepted')
    bench.fill(entry, 40)
    bench.operator({ kind: 'flatten' })
    expect(bench.canceled).toEqual([entry.clientOrderId])
    bench.fill(entry, 10)
    bench.report(entry, 'canceled')
    bench.pass(1)
    expect(bench.lastSent()).toMatchObject({ side: 'sell', quantity: 50, timeInForce: 'ioc' })
  })

  it('also closes what an order in flight brings in later', () => {
    const bench = new Bench().start()
    const entry = bench.enter('buy', 100, { urgency: 'aggressive' })
    bench.operator({ kind: 'flatten' })
    bench.pass(3)
    bench.fill(entry, 100)
    bench.pass(1)
    expect(bench.lastSent()).toMatchObject({ side: 'sell', quantity: 100, reduceOnly: true })
  })

  it('makes a resting exit cross', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.exit()
    const resting = bench.lastSent()
    bench.report(resting, 'accepted')
    bench.operator({ kind: 'flatten' })
    expect(bench.canceled).toEqual([resting.clientOrderId])
    bench.report(resting, 'canceled')
    bench.pass(1)
    expect(bench.lastSent()).toMatchObject({ timeInForce: 'ioc', quantity: 100 })
  })

  it('prices off the last mark when the book is gone', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.pass(1)
    bench.stream('book', 'disconnected')
    bench.operator({ kind: 'flatten' })
    expect(bench.lastSent()).toMatchObject({ side: 'sell', quantity: 100, price: 1000 })
  })

  it('goes on after a restart, and ends with resume', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.operator({ kind: 'flatten' })
    const again = new Bench()
    again.engine.restore(JSON.parse(JSON.stringify(bench.engine.snapshot())))
    again.now = bench.now
    again.session(true)
    expect(again.engine.world.flattening).toBe(true)
    again.operator({ kind: 'resume' })
    expect(again.engine.world.flattening).toBe(false)
  })
})

describe('setting a parameter', () => {
  const adjustable: Strategy<unknown> = {
    id: 'adjustable',
    init: () => ({ changes: [] }),
    on: () => {},
    set({ instrument, key, value }, state) {
      ;(state as { changes: unknown[] }).changes.push({ instrument, key, value })
    },
  }
  const command = { kind: 'setParameter', instrument: 1, key: 'longExit', value: 0 } as const

  it('reaches the state of the strategy, which snapshots hold', () => {
    const bench = new Bench({ strategy: adjustable }).start()
    bench.operator(command)
    const again = new Bench({ strategy: adjustable })
    again.engine.restore(JSON.parse(JSON.stringify(bench.engine.snapshot())))
    const change = { instrument: 1, key: 'longExit', value: 0 }
    expect(again.engine.world.strategyState).toEqual({ changes: [change] })
  })

  it('changes nothing where the strategy has nothing to set', () => {
    const bench = new Bench().start()
    const { counters: _, ...before } = bench.engine.snapshot()
    bench.operator(command)
    expect(bench.engine.snapshot()).toMatchObject(before)
    expect(bench.effects.at(-1)?.kind).not.toBe('alert')
  })
})

describe('stopping a session', () => {
  it('cancels entries and exits and begins nothing new', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.exit()
    const exit = bench.lastSent()
    bench.report(exit, 'accepted')
    stop(bench)
    expect(bench.canceled).toEqual([exit.clientOrderId])
    bench.report(exit, 'canceled')
    const sent = bench.sent.length
    bench.exit('aggressive')
    bench.pass(10)
    expect(bench.sent).toHaveLength(sent)
  })

  it('cancels an order that is acknowledged only then', () => {
    const bench = new Bench().start()
    const order = bench.enter('buy', 100)
    stop(bench)
    bench.report(order, 'accepted')
    bench.pass(1)
    expect(bench.canceled).toEqual([order.clientOrderId])
  })
})
