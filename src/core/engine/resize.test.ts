import { describe, expect, it } from 'vitest'
import type { Intent } from '../domain/strategy.ts'
import { quantity } from '../domain/units.ts'
import { Bench } from './test-kit.ts'

const reduce = (lots: number, urgency: 'aggressive' | 'passive' = 'aggressive'): Intent => ({
  kind: 'reduce',
  ...{ instrument: 0, quantity: quantity(lots), urgency, reason: 'test' },
})

function want(bench: Bench, ...intents: Bench['wanted']): void {
  bench.wanted.push(...intents)
  bench.pass(1)
}

describe('a position is lowered', () => {
  it('by the lots asked for, reduce-only, and the rest stays', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    want(bench, reduce(30))
    expect(bench.lastSent()).toMatchObject({ side: 'sell', quantity: 30, reduceOnly: true })
    bench.fill(bench.lastSent(), 30)
    bench.pass(5)
    expect([bench.lots(), bench.sent.length, bench.engine.world.works[0]]).toEqual([70, 2, null])
  })

  it('by no more than there is, shorts as well', () => {
    const bench = new Bench().start()
    bench.hold('sell', 100, 1000)
    want(bench, reduce(130))
    expect(bench.lastSent()).toMatchObject({ side: 'buy', quantity: 100 })
  })

  it('with one order where it is aggressive: what did not fill is asked for again, or not', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    want(bench, reduce(30))
    bench.fill(bench.lastSent(), 10)
    bench.report(bench.lastSent(), 'canceled')
    bench.pass(20)
    expect([bench.lots(), bench.sent.length, bench.engine.world.works[0]]).toEqual([90, 2, null])
  })

  it('by a resting order that is finished aggressively', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    want(bench, reduce(30, 'passive'))
    const resting = bench.lastSent()
    expect(resting).toMatchObject({ quantity: 30, timeInForce: 'gtc' })
    bench.report(resting, 'accepted')
    bench.fill(resting, 10)
    bench.pass(10)
    bench.report(resting, 'canceled')
    bench.pass(1)
    expect(bench.lastSent()).toMatchObject({ quantity: 20, timeInForce: 'ioc' })
  })

  it('not at all where nothing is held or the position is being left', () => {
    const bench = new Bench().start()
    want(bench, reduce(30))
    expect(bench.sent).toHaveLength(0)
    bench.hold('buy', 100)
    bench.exit('passive')
    want(bench, reduce(30))
    expect(bench.sent).toHaveLength(2)
  })

  it('also while new risk is halted', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    bench.operator({ kind: 'pause' })
    want(bench, reduce(30))
    expect(bench.lastSent()).toMatchObject({ side: 'sell', quantity: 30 })
  })

  it('and left whole when that is wanted meanwhile', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    want(bench, reduce(30, 'passive'))
    bench.report(bench.lastSent(), 'accepted')
    bench.exit('aggressive')
    bench.report(bench.lastSent(), 'canceled')
    bench.pass(1)
    expect(bench.lastSent()).toMatchObject({ side: 'sell', quantity: 100 })
  })
})

describe('a position is raised', () => {
  const more = (side: 'buy' | 'sell', adds = true): Intent => ({
    kind: 'enter',
    ...{ instrument: 0, side, quantity: quantity(20), adds, reason: 'test' },
    urgency: 'aggressive',
  })

  it('on its own side where the intent says so', () => {
    const bench = new Bench().start()
    bench.hold('buy', 100)
    want(bench, more('buy', false), more('sell'))
    expect(bench.sent).toHaveLength(1)
    want(bench, more('buy'))
    bench.fill(bench.lastSent(), 20)
    expect(bench.lots()).toBe(120)
  })

  it('from what can be spent: cash less what open buys could take', () => {
    const bench = new Bench().start({ cash: 1000 })
    expect(bench.engine.view.spendableCash).toBe(1000)
    want(bench, more('buy'))
    const { price } = bench.lastSent()
    expect(bench.engine.view.spendableCash).toBeCloseTo(1000 - (price / 10) * 0.02, 9)
  })
})
