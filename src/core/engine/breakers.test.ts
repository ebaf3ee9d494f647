import { describe, expect, it } from 'vitest'
import { moneyFromNumber } from '../domain/money.ts'
import type { RiskLimits } from '../risk/limits.ts'
import { type BreakerPolicy, breakerPolicy } from '../risk/policy.ts'
import { Bench, SECOND } from './test-kit.ts'

const plain = new Bench().config.limits

const benchWith = (breakers: readonly BreakerPolicy[], change: Partial<RiskLimits> = {}): Bench =>
  new Bench({ limits: { ...plain, ...change, breakers } }).start()

/** A bench that holds a long of instrument 0 and has an entry resting in instrument 1. */
function exposed(policy: BreakerPolicy) {
  const bench = benchWith([policy])
  bench.hold('buy', 1000)
  const entry = bench.enter('sell', 10, { instrument: 1 })
  bench.report(entry, 'accepted')
  return { bench, entry }
}

describe('what a trip does', () => {
  it('exits only: what rests is left, nothing that adds risk is sent', () => {
    const { bench } = exposed(breakerPolicy('dailyLoss', 5, { onTrip: 'exitsOnly' }))
    bench.book(0, 900, 902)
    bench.pass(1)
    expect(bench.of('breakerTripped')).toMatchObject([{ action: 'exitsOnly' }])
    expect(bench.canceled).toEqual([])
    bench.exit('aggressive')
    expect(bench.lastSent()).toMatchObject({ instrument: 0, reduceOnly: true })
  })

  it('cancel: entries at work go, positions stay', () => {
    const { bench, entry } = exposed(breakerPolicy('dailyLoss', 5))
    bench.book(0, 900, 902)
    bench.pass(1)
    expect(bench.canceled).toEqual([entry.clientOrderId])
    expect(bench.lastSent()).toEqual(entry)
  })

  it('flatten: entries go and every position is closed, then nothing is begun', () => {
    const { bench, entry } = exposed(breakerPolicy('dailyLoss', 5, { onTrip: 'flatten' }))
    bench.book(0, 900, 902)
    bench.pass(1)
    expect(bench.canceled).toEqual([entry.clientOrderId])
    const exit = bench.lastSent()
    expect(exit).toMatchObject({ instrument: 0, side: 'sell', quantity: 1000, timeInForce: 'ioc' })
    bench.fill(exit, 1000, { at: 900 })
    bench.report(entry, 'canceled')
    bench.pass(2)
    expect(bench.engine.world.flattening).toBe(false)
    bench.enter('buy', 100, { urgency: 'aggressive' })
    expect(bench.denials).toEqual(['DAILY_LOSS'])
  })
})

describe('caps', () => {
  it('let only orders pass that reduce the net once the upper line is passed', () => {
    const bench = benchWith([breakerPolicy('netCap', 12, { release: 10 })])
    bench.hold('buy', 100)
    bench.book(0, 1250, 1252)
    bench.pass(1)
    expect(bench.of('breakerTripped')).toMatchObject([{ breaker: 'netCap', action: 'exitsOnly' }])
    bench.enter('buy', 20, { instrument: 1, urgency: 'aggressive' })
    expect(bench.denials).toEqual(['NET_REDUCE_ONLY'])
    const hedge = bench.enter('sell', 20, { instrument: 1 })
    expect(hedge).toMatchObject({ instrument: 1, side: 'sell', reduceOnly: false })
    bench.book(0, 1000, 1002)
    bench.pass(1)
    expect(bench.of('breakerRearmed')).toEqual([])
    bench.book(0, 990, 992)
    bench.pass(1)
    expect(bench.of('breakerRearmed')).toMatchObject([{ breaker: 'netCap', by: 'over' }])
  })

  it('of single instruments bind beside the common one', () => {
    const bench = benchWith([], { positionNotionalMaxes: [5, null] })
    bench.wanted.push({ ...wants, instrument: 0, quantity: 100 as never })
    bench.pass(1)
    expect(bench.denials).toEqual(['SYMBOL_NOTIONAL'])
    bench.enter('buy', 100, { instrument: 1, urgency: 'aggressive' })
    expect(bench.sent).toHaveLength(1)
  })
})

describe('a halt of an operator', () => {
  it('cancels entries at once, denies new ones until its time, and is over by itself', () => {
    const bench = benchWith([])
    const entry = bench.enter('buy', 10)
    bench.report(entry, 'accepted')
    bench.operator({ kind: 'haltUntil', until: bench.now + 3 * SECOND })
    expect(bench.canceled).toEqual([entry.clientOrderId])
    bench.report(entry, 'canceled')
    bench.wanted.push({ ...wants, instrument: 1 })
    bench.pass(1)
    expect(bench.denials).toEqual(['MACRO_HALT'])
    bench.pass(2)
    expect(bench.of('breakerRearmed')).toMatchObject([{ breaker: 'macro', by: 'over' }])
    bench.wanted.push({ ...wants, instrument: 1 })
    bench.pass(1)
    expect(bench.denials).toHaveLength(1)
  })

  it('ends early by another, or by resume', () => {
    const bench = benchWith([])
    bench.operator({ kind: 'haltUntil', until: bench.now + 9 * SECOND })
    bench.operator({ kind: 'haltUntil', until: bench.now })
    expect(bench.engine.world.risk.trips).toEqual([])
    bench.operator({ kind: 'haltUntil', until: bench.now + 9 * SECOND })
    bench.operator({ kind: 'resume' })
    bench.pass(1)
    expect(bench.engine.world.risk.trips).toEqual([])
  })
})

describe('halts that are known ahead', () => {
  const window = (bench: Bench, from: number, until: number) => ({
    name: 'CPI',
    fromTime: bench.now + from * SECOND,
    untilTime: bench.now + until * SECOND,
  })

  it('cancel entries, deny new ones with their name and end, let exits pass, and are over', () => {
    const bench = benchWith([])
    bench.hold('buy', 1000)
    const entry = bench.enter('sell', 10, { instrument: 1 })
    bench.report(entry, 'accepted')
    const halt = window(bench, 2, 5)
    bench.operator({ kind: 'setHaltWindows', windows: [halt] })
    bench.pass(1)
    expect(bench.canceled).toEqual([])
    bench.pass(1)
    expect(bench.canceled).toEqual([entry.clientOrderId])
    const { name, untilTime } = halt
    expect(bench.of('breakerTripped')).toMatchObject([
      { breaker: 'macro', value: 3, action: 'cancel', halt: { name, untilTime } },
    ])
    bench.report(entry, 'canceled')
    bench.wanted.push({ ...wants, instrument: 1 })
    bench.pass(1)
    expect(bench.of('orderDenied')[0]?.denial).toEqual({
      ...{ code: 'MACRO_HALT', value: 3, limit: 0, halt: { name, untilTime } },
    })
    bench.exit('aggressive')
    expect(bench.lastSent()).toMatchObject({ instrument: 0, reduceOnly: true })
    bench.pass(2)
    expect(bench.of('breakerRearmed')).toMatchObject([{ breaker: 'macro', by: 'over' }])
    bench.enter('buy', 10, { instrument: 1 })
    expect(bench.denials).toHaveLength(1)
  })

  it('take the place of those announced before, and are kept in a snapshot', () => {
    const bench = benchWith([])
    bench.operator({ kind: 'setHaltWindows', windows: [window(bench, 0, 9)] })
    expect(bench.of('breakerTripped')).toHaveLength(1)
    bench.operator({ kind: 'setHaltWindows', windows: [] })
    expect(bench.of('breakerRearmed')).toMatchObject([{ breaker: 'macro', by: 'over' }])
    const halt = window(bench, 3, 9)
    bench.operator({ kind: 'setHaltWindows', windows: [halt] })
    const copy = new Bench({ limits: bench.config.limits })
    copy.engine.restore(bench.engine.snapshot())
    expect(copy.engine.world.risk.announcedHalts).toEqual([halt])
  })

  it('leave the drawdown breakers alone, and the other way round', () => {
    const bench = benchWith([breakerPolicy('dailyLoss', 5)])
    bench.hold('buy', 1000)
    bench.operator({ kind: 'setHaltWindows', windows: [window(bench, 0, 2)] })
    bench.book(0, 900, 902)
    bench.pass(1)
    expect(bench.engine.world.risk.trips.map(({ breaker }) => breaker)).toEqual([
      'macro',
      'dailyLoss',
    ])
    bench.pass(2)
    expect(bench.engine.world.risk.trips.map(({ breaker }) => breaker)).toEqual(['dailyLoss'])
  })
})

const wants = {
  kind: 'enter',
  side: 'buy',
  quantity: 10 as never,
  urgency: 'passive',
  reason: 'test',
} as const

it('a regime is known from the history that a session warms up with', () => {
  const regime = { instruments: [0], spanUs: 3 * SECOND }
  const bench = benchWith([breakerPolicy('regime', 0.01)], { regime })
  const bars = [1000, 1000, 1000, 1020].map((close, i) => ({
    ...{ open: close, high: close, low: close, close, volume: 1 },
    openTime: bench.now - (5 - i) * SECOND,
    closeTime: bench.now - (4 - i) * SECOND,
  }))
  bench.book(0, 1020, 1022)
  bench.tell({ kind: 'barsSeeded', receivedTime: bench.now, instrument: 0, bars })
  bench.wanted.push({ ...wants, instrument: 1 })
  bench.pass(1)
  expect(bench.of('breakerTripped')).toMatchObject([{ breaker: 'regime', action: 'exitsOnly' }])
  expect(bench.denials).toEqual(['REGIME'])
})

it('a withdrawal trips nothing', () => {
  const bench = benchWith([breakerPolicy('dailyLoss', 5), breakerPolicy('drawdown', 0.01)])
  bench.pass(1)
  bench.tell({
    kind: 'transferred',
    receivedTime: bench.now,
    venueTime: bench.now,
    transferId: 'w1',
    currency: 'USDC',
    amount: -moneyFromNumber(5000),
  })
  bench.pass(1)
  expect(bench.of('breakerTripped')).toEqual([])
  expect(bench.engine.world.equity).toBe(5000)
})

it('a pause and its end leave what the day lost where it is', () => {
  const bench = benchWith([breakerPolicy('dailyLoss', 5)])
  bench.hold('buy', 1000)
  bench.book(0, 960, 962)
  bench.pass(1)
  bench.operator({ kind: 'pause' })
  bench.operator({ kind: 'resume' })
  bench.book(0, 945, 947)
  bench.pass(1)
  expect(bench.of('breakerTripped')).toMatchObject([{ breaker: 'dailyLoss' }])
})

it('every trip survives a restart', () => {
  const bench = benchWith([breakerPolicy('sessionLoss', 5)])
  bench.hold('buy', 1000)
  bench.book(0, 900, 902)
  bench.pass(1)
  const again = new Bench({ limits: bench.config.limits })
  again.engine.restore(JSON.parse(JSON.stringify(bench.engine.snapshot())))
  again.now = bench.now
  again.session(true)
  expect(again.engine.world.risk).toEqual(bench.engine.world.risk)
  expect(again.engine.world.risk.trips).toMatchObject([{ breaker: 'sessionLoss' }])
})
