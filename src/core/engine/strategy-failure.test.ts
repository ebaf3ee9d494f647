import { describe, expect, it } from 'vitest'
import type { Strategy } from '../domain/strategy.ts'
import { quantity } from '../domain/units.ts'
import { Bench } from './test-kit.ts'

/** Enters at its second heartbeat, wants another entry and throws at its third and fourth. */
const faulty = (): Strategy<unknown> => ({
  id: 'faulty',
  init: () => ({ beats: 0 }),
  on(trigger, _view, state, output) {
    if (trigger.kind !== 'heartbeat') return
    const own = state as { beats: number }
    own.beats++
    const entry = {
      kind: 'enter',
      side: 'buy',
      quantity: quantity(10),
      urgency: 'passive',
      reason: 'test',
    } as const
    if (own.beats === 2) output.intent({ ...entry, instrument: 0 })
    if (own.beats === 3 || own.beats === 4) {
      output.intent({ ...entry, instrument: 1 })
      throw new Error('division by zero')
    }
    if (own.beats === 6) {
      output.intent({ kind: 'exit', instrument: 0, urgency: 'aggressive', reason: 'test' })
    }
  },
})

describe('a strategy that throws', () => {
  const failed = () => {
    const bench = new Bench({ strategy: faulty() }).start()
    bench.pass(2)
    const entry = bench.lastSent()
    bench.report(entry, 'accepted')
    bench.fill(entry, 4)
    bench.pass(1)
    return { bench, entry }
  }

  it('begins nothing more: its intents are dropped, entries canceled, trading paused', () => {
    const { bench, entry } = failed()
    expect(bench.canceled).toEqual([entry.clientOrderId])
    expect(bench.sent).toHaveLength(1)
    expect(bench.engine.world.risk).toMatchObject({
      paused: true,
      pausedReason: 'the strategy failed',
    })
    expect(bench.of('alert')).toMatchObject([
      { level: 'critical', code: 'STRATEGY_FAILED', text: 'division by zero' },
    ])
  })

  it('says the same failure once', () => {
    const { bench } = failed()
    bench.pass(1)
    expect(bench.alerts).toEqual(['STRATEGY_FAILED'])
  })

  it('may still close what is held, and so may an operator', () => {
    const { bench, entry } = failed()
    bench.report(entry, 'canceled')
    bench.pass(3)
    expect(bench.lastSent()).toMatchObject({ side: 'sell', quantity: 4, reduceOnly: true })
    const other = failed()
    other.bench.report(other.entry, 'canceled')
    other.bench.operator({ kind: 'flatten' })
    expect(other.bench.lastSent()).toMatchObject({ side: 'sell', quantity: 4, reduceOnly: true })
  })

  it('is replayed from a snapshot just the same', () => {
    const { bench } = failed()
    const again = new Bench({ strategy: faulty() })
    again.engine.restore(JSON.parse(JSON.stringify(bench.engine.snapshot())))
    again.now = bench.now
    const from = bench.effects.length
    bench.pass(4)
    again.pass(4)
    expect(again.effects).toEqual(bench.effects.slice(from))
  })
})
