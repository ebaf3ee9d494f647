import { describe, expect, it } from 'vitest'
import type { EffectOf, ShareRules } from '../../core/mod.ts'
import { Engine, nextSession, type Session, sessionsBetween } from '../../core/mod.ts'
import type { ReversionParameters } from '../reversion/parameters.ts'
import type { EquitiesParameters } from './parameters.ts'
import type { SectorCaps } from './sector-caps.ts'
import { DailyStage, dailyConfig } from './test-kit.ts'

const SECOND = 1_000_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

/** Closes whose last z over five is about -1.7, and its mirror. */
const low = [5000, 5010, 4990, 5000, 4900]
const high = [5000, 4990, 5010, 5000, 5100]
const flat = [5000, 5010, 4990, 5010, 5000]

type Change = Partial<EquitiesParameters> & {
  readonly entry?: 'passive' | 'aggressive'
  readonly shares?: ShareRules
}

/** Names with these closes, at 09:00 of the session after them. */
function desk(
  closes: readonly (readonly number[])[],
  change: Change = {},
  reversion: Partial<ReversionParameters> = {},
  start = Date.UTC(2026, 5, 10) * 1000,
) {
  const { shares, ...rules } = change
  const config = dailyConfig(closes.length, rules, reversion)
  const stage = new DailyStage(shares === undefined ? config : { ...config, shares }, 1)
  stage.now = start
  stage.begin()
  for (let i = 0; i < closes[0]!.length; i++) {
    const session = nextSession('us-equities', stage.now)!
    stage.beat(session.closeTime + 5 * MINUTE)
    closes.forEach((own, id) => {
      if (own[i]! > 0) stage.bar(id, session, own[i]!)
    })
    stage.beat(session.closeTime + 6 * MINUTE)
  }
  const today = nextSession('us-equities', stage.now)!
  stage.beat(today.openTime - 30 * MINUTE)
  return { stage, today }
}

const held = ({ engine }: DailyStage, id = 0): number => engine.world.ledger.position(id).quantity
const outcome = ({ engine }: DailyStage, id = 0): string => engine.world.lastOutcomes[id]!

/** Lets the day begin with a quote of every name, a second after the bell. */
function ring(stage: DailyStage, today: Session, mid = 4900): void {
  stage.beat(today.openTime + SECOND)
  for (const { id } of stage.config.instruments) stage.quoteOne(id, mid, [9, 3])
  stage.beat(today.openTime + 2 * SECOND)
}

describe('the decision at the open', () => {
  it('is made on the z of the last close when every name has a quote since the bell', () => {
    const { stage, today } = desk([low, high, flat])
    expect(stage.sentTimes).toEqual([])
    ring(stage, today)
    stage.fillAll()
    expect([held(stage, 0), held(stage, 1), held(stage, 2)].map(Math.sign)).toEqual([1, -1, 0])
    expect(stage.sentTimes[0]).toBe(today.openTime + 2 * SECOND)
  })

  it('waits for a quote of every name, and then no longer', () => {
    const { stage, today } = desk([low, low])
    stage.beat(today.openTime + SECOND)
    stage.quoteOne(0, 4900, [9, 3])
    stage.beat(today.openTime + 29 * SECOND)
    expect(stage.sentTimes).toEqual([])
    stage.beat(today.openTime + 30 * SECOND)
    stage.fillAll()
    expect([held(stage, 0) > 0, held(stage, 1)]).toEqual([true, 0])
    expect(outcome(stage, 1)).toBe('book')
  })

  it.each([
    ['open', 5 * MINUTE],
    ['preclose', 385 * MINUTE],
  ] as const)('waits as long for quotes when its streams come up late: %s', (decision, late) => {
    const { stage, today } = desk([low, low], { decision })
    const status = (isUp: boolean): void => {
      const stream = { stream: 'book', instrument: null } as const
      const word = isUp ? 'connected' : 'disconnected'
      stage.tell({ kind: 'streamStatus', receivedTime: stage.now, ...stream, status: word })
    }
    status(false)
    const upTime = today.openTime + late
    stage.now = upTime
    status(true)
    stage.beat(upTime + SECOND)
    stage.quoteOne(0, 4900, [9, 3])
    stage.beat(upTime + 29 * SECOND)
    expect(stage.sentTimes).toEqual([])
    stage.beat(upTime + 30 * SECOND)
    expect(stage.sentTimes).toHaveLength(1)
  })

  it('takes a quote of before the bell for none', () => {
    const { stage, today } = desk([low])
    stage.beat(today.openTime - SECOND)
    stage.quoteOne(0, 4900, [9, 3])
    stage.beat(today.openTime + 30 * SECOND)
    expect(stage.sentTimes).toEqual([])
    expect(outcome(stage)).toBe('book')
  })

  it('lets a name without a fresh quote pass where that is asked for', () => {
    const pass = { noQuote: 'pass', imbalanceThreshold: 0.2 } as const
    const { stage, today } = desk([low], {}, pass)
    stage.beat(today.openTime - SECOND)
    stage.quoteOne(0, 4900, [3, 9])
    stage.beat(today.openTime + 30 * SECOND)
    expect(stage.sentTimes).toHaveLength(1)
  })

  it('goes by thresholds that an operator set', () => {
    const { stage, today } = desk([low])
    const command = { kind: 'setParameter', instrument: 0, key: 'longEntry', value: -1.78 } as const
    const by = { commandId: 'c', actor: 'test', reason: 'test' }
    stage.tell({ kind: 'operatorCommanded', receivedTime: stage.now, command, ...by })
    ring(stage, today)
    expect(outcome(stage)).toBe('z')
  })

  it('asks the imbalance of the quote', () => {
    const gate = { imbalanceThreshold: 0.2 }
    const { stage, today } = desk([low, high], {}, gate)
    ring(stage, today)
    expect([outcome(stage, 0), outcome(stage, 1)]).toEqual(['enter long', 'imbalance'])
  })

  it('is made once a session', () => {
    const { stage, today } = desk([low])
    ring(stage, today)
    stage.fillAll()
    for (let i = 1; i < 60; i++) stage.beat(today.openTime + i * MINUTE)
    expect(stage.sentTimes).toHaveLength(1)
  })

  it('is not made on an older close: a name without a bar of the last session has no z', () => {
    const { stage, today } = desk([
      [...low, 0],
      [...flat, 5000],
    ])
    ring(stage, today)
    expect(stage.sentTimes).toEqual([])
    expect(outcome(stage, 0)).toBe('last close missing')
  })

  it('keeps windows over weekends, holidays and early closes', () => {
    const thanksgiving = Date.UTC(2026, 10, 23) * 1000
    const { stage, today } = desk([low], {}, {}, thanksgiving)
    expect(new Date(today.openTime / 1000).toISOString()).toBe('2026-12-01T14:30:00.000Z')
    expect(stage.engine.view.warmth(0).have).toBe(5)
    ring(stage, today)
    expect(stage.sentTimes).toHaveLength(1)
  })
})

describe('the decision before the close', () => {
  const preclose = { decision: 'preclose' } as const
  const soon = [5000, 5000, 5010, 4990, 5000]

  it('is made at 15:50 on the present price, which never enters the window', () => {
    const { stage, today } = desk([soon], preclose)
    stage.beat(today.closeTime - 11 * MINUTE)
    stage.quoteOne(0, 4900, [9, 3])
    stage.beat(today.closeTime - 10 * MINUTE - SECOND)
    expect(stage.sentTimes).toEqual([])
    const z = stage.engine.view.zScore(0)
    stage.beat(today.closeTime - 10 * MINUTE)
    stage.fillAll()
    expect(held(stage)).toBeGreaterThan(0)
    expect(stage.engine.view.zScore(0)).toBe(z)
  })

  it('is the z that the same close would have', () => {
    const { stage, today } = desk([soon], preclose)
    stage.beat(today.closeTime - 11 * MINUTE)
    stage.quoteOne(0, 4950, [9, 3])
    const told = traced(stage, today.closeTime - 10 * MINUTE)
    stage.beat(today.closeTime + MINUTE)
    stage.bar(0, today, 4950)
    expect(told.find(({ gate }) => gate === 'z')?.value).toBe(stage.engine.view.zScore(0))
    expect(told.find(({ gate }) => gate === 'provisional close')?.value).toBe(49.5)
  })

  it('is made ten minutes before an early close', () => {
    const start = Date.UTC(2026, 10, 18) * 1000
    const { stage, today } = desk([[...soon, 5000]], preclose, {}, start)
    expect(new Date(today.closeTime / 1000).toISOString()).toBe('2026-11-27T18:00:00.000Z')
    stage.beat(today.closeTime - 11 * MINUTE)
    stage.quoteOne(0, 4900, [9, 3])
    stage.beat(today.closeTime - 10 * MINUTE)
    expect(stage.sentTimes).toHaveLength(1)
  })

  it('goes by history as by bars that came in', () => {
    const { stage, today } = desk([soon], preclose)
    const cold = new DailyStage(stage.config, 1)
    cold.now = today.openTime - 30 * MINUTE
    cold.begin()
    const bars = sessionsBetween('us-equities', Date.UTC(2026, 5, 10) * 1000, today.openTime)
      .slice(0, 5)
      .map(({ openTime }, i) => {
        const close = soon[i]!
        const prices = { open: close, high: close, low: close, close }
        return { ...prices, volume: 1, openTime, closeTime: openTime + 390 * MINUTE }
      })
    cold.tell({ kind: 'barsSeeded', receivedTime: cold.now, instrument: 0, bars })
    for (const each of [stage, cold]) {
      each.beat(today.closeTime - 11 * MINUTE)
      each.quoteOne(0, 4900, [9, 3])
    }
    const at = today.closeTime - 10 * MINUTE
    expect(traced(cold, at)).toEqual(traced(stage, at))
    expect(traced(cold, at).find(({ gate }) => gate === 'z')?.value).toBeLessThan(-1)
  })

  it('has no z without a fresh quote', () => {
    const { stage, today } = desk([soon], preclose)
    stage.beat(today.closeTime - 10 * MINUTE)
    expect(stage.sentTimes).toEqual([])
  })
})

/** Readings of the evaluations at a heartbeat. */
function traced(stage: DailyStage, time: number): EffectOf<'evaluated'>['gates'] {
  const engine = new Engine({ ...stage.config, trace: 'all' })
  engine.restore(stage.engine.snapshot())
  engine.step({ kind: 'heartbeat', receivedTime: time })
  const told = engine.takeEffects().filter((effect) => effect.kind === 'evaluated')
  return told.flatMap(({ gates }) => gates)
}

describe('what is held', () => {
  it('is held overnight and left on a close that reverted', () => {
    const { stage, today } = desk([low])
    ring(stage, today)
    stage.fillAll()
    stage.beat(today.closeTime + 5 * MINUTE)
    expect(held(stage)).toBeGreaterThan(0)
    stage.bar(0, today, 5000)
    const next = nextSession('us-equities', stage.now)!
    ring(stage, next, 5000)
    stage.fillAll()
    expect(held(stage)).toBe(0)
  })

  it('is left before the close where that is asked for, and nothing entered after', () => {
    const { stage, today } = desk([low, low], { flattenLeadUs: 10 * MINUTE })
    ring(stage, today)
    stage.fillAll()
    stage.beat(today.closeTime - 11 * MINUTE)
    expect(held(stage)).toBeGreaterThan(0)
    stage.beat(today.closeTime - 10 * MINUTE)
    stage.fillAll()
    expect([held(stage, 0), held(stage, 1)]).toEqual([0, 0])
  })

  it('is left at once before the close, also where its exit rests', () => {
    const rests = { exitUrgency: 'passive' } as const
    const lead = { flattenLeadUs: 390 * MINUTE - 10 * SECOND }
    const { stage, today } = desk([low], lead, rests)
    ring(stage, today)
    stage.fillAll()
    stage.beat(today.closeTime + 5 * MINUTE)
    stage.bar(0, today, 5000)
    const next = nextSession('us-equities', stage.now)!
    ring(stage, next, 5000)
    const exit = () => stage.engine.world.works[0]
    expect(exit()).toMatchObject({ kind: 'exit', urgency: 'passive' })
    stage.beat(next.openTime + 10 * SECOND)
    expect(exit()).toMatchObject({ kind: 'exit', urgency: 'aggressive' })
  })

  it('is left after so many closes, whatever the z', () => {
    const { stage, today } = desk([low], {}, { timeStopSessions: 2 })
    ring(stage, today)
    stage.fillAll()
    let session = today
    const days: number[] = []
    while (held(stage) !== 0 && days.length < 5) {
      stage.beat(session.closeTime + 5 * MINUTE)
      stage.bar(0, session, 4900 - 100 * days.length)
      session = nextSession('us-equities', stage.now)!
      ring(stage, session)
      stage.fillAll()
      days.push(session.day)
    }
    expect(days).toHaveLength(2)
    expect(sessionsBetween('us-equities', today.openTime, session.openTime)).toHaveLength(2)
  })

  it('is stopped within a session by the present quote, not outside of one', () => {
    const { stage, today } = desk([low], {}, { stopLoss: 0.05 })
    ring(stage, today)
    stage.fillAll()
    stage.beat(today.closeTime + MINUTE)
    stage.quoteOne(0, 4000, [9, 3])
    stage.beat(today.closeTime + 2 * MINUTE)
    expect(stage.sentTimes).toHaveLength(1)
    const next = nextSession('us-equities', stage.now)!
    stage.beat(next.openTime + 10 * MINUTE)
    stage.quoteOne(0, 4000, [9, 3])
    stage.beat(next.openTime + 10 * MINUTE + SECOND)
    stage.fillAll()
    expect(held(stage)).toBe(0)
  })
})

describe('a short', () => {
  it('is a number of whole shares; a long may be a fraction', () => {
    const { stage, today } = desk([high, low])
    ring(stage, today)
    stage.fillAll()
    expect(held(stage, 0)).toBe(-3000)
    expect(held(stage, 1)).toBe(3060)
  })

  it('is not taken below a share', () => {
    const { stage, today } = desk([high], {}, { notional: 40 })
    ring(stage, today)
    expect(outcome(stage)).toBe('whole shares')
  })

  it('is of a name that may be sold short', () => {
    const { stage, today } = desk([high, high], { shortable: new Set(['I1']) })
    ring(stage, today)
    expect([outcome(stage, 0), outcome(stage, 1)]).toEqual(['not shortable', 'enter short'])
  })
})

describe('rules of shares', () => {
  const term = (status: 'easy' | 'hard' | 'none') => [{ from: 0, status, rateE9: 0 }]
  const rules: ShareRules = {
    ...{ account: 'margin', isLocateGranted: false, hasPriceTest: true, hasMargin: true },
    ...{ dayTrades: 'refuse', hasSettlement: true, isHeldOvernight: true },
    borrow: [term('none'), term('hard'), term('easy'), term('easy')],
  }

  it('say why a name cannot be sold short before it takes a slot', () => {
    const { stage, today } = desk([high, high, high, low], { shares: rules })
    ring(stage, today)
    const outcomes = [0, 1, 2, 3].map((id) => outcome(stage, id))
    expect(outcomes).toEqual(['not shortable', 'no locate', 'enter short', 'enter long'])
    stage.fillAll()
    expect(held(stage, 2)).toBeLessThan(0)
  })

  it('let a cash account buy only', () => {
    const { stage, today } = desk([high, low], { shares: { ...rules, account: 'cash' } })
    ring(stage, today)
    expect([0, 1].map((id) => outcome(stage, id))).toEqual(['not shortable', 'enter long'])
  })

  it('refuse a short that takes after a fall of 10 % in the session, not one that rests', () => {
    // 4500 is 11.8 % below the last close.
    const taker = desk([high], { shares: { ...rules, borrow: null } })
    ring(taker.stage, taker.today, 4500)
    expect(taker.stage.engine.world.counters.denials).toEqual({ PRICE_TEST: 1 })
    const maker = desk([high], { shares: { ...rules, borrow: null }, entry: 'passive' })
    ring(maker.stage, maker.today, 4500)
    expect(maker.stage.engine.world.counters.denials).toEqual({})
  })
})

describe('sectors', () => {
  const sectors: SectorCaps = {
    ...{ cap: 1, caps: {}, freedBy: 'decision' },
    sectors: { I0: 'A', I1: 'A', I2: 'B' },
  }
  const lower = [5000, 5000, 5001, 5000, 4900]

  it('give their slot to the largest |z| and say of the others what was taken', () => {
    const { stage, today } = desk([low, lower, low], { sectors })
    ring(stage, today)
    expect([0, 1, 2].map((id) => outcome(stage, id))).toEqual([
      'sector cap: A',
      'enter long',
      'enter long',
    ])
  })

  it('free the slot of an exit for an entry of the same decision, or of the next one', () => {
    const then = (freedBy: 'decision' | 'fill') => {
      const { stage, today } = desk([low, flat], { sectors: { ...sectors, freedBy } })
      ring(stage, today)
      stage.fillAll()
      stage.beat(today.closeTime + 5 * MINUTE)
      stage.bar(0, today, 5000)
      stage.bar(1, today, 4800)
      ring(stage, nextSession('us-equities', stage.now)!, 5000)
      return outcome(stage, 1)
    }
    expect([then('decision'), then('fill')]).toEqual(['enter long', 'sector cap: A'])
  })

  it('free the slot of an entry that ends unfilled', () => {
    const { stage, today } = desk([low, flat], { sectors, entry: 'passive' })
    ring(stage, today)
    expect(stage.engine.view.isWorking(0)).toBe('entry')
    stage.refuseAll()
    expect(stage.engine.view.isWorking(0)).toBeNull()
    stage.beat(today.closeTime + 5 * MINUTE)
    stage.bar(0, today, 5000)
    stage.bar(1, today, 4800)
    ring(stage, nextSession('us-equities', stage.now)!, 5000)
    expect(outcome(stage, 1)).toBe('enter long')
  })
})

describe('bars alone', () => {
  it('are waited for: of every name, and not for ever', () => {
    const { stage, today } = desk([flat, flat], { prices: 'bar' })
    stage.beat(today.closeTime)
    stage.bar(0, today, 4900)
    stage.beat(today.closeTime + SECOND)
    expect(outcome(stage, 0)).toBe('z')
    stage.bar(1, today, 4900)
    stage.beat(today.closeTime + 2 * SECOND)
    expect([outcome(stage, 0), outcome(stage, 1)]).toEqual(['enter long', 'enter long'])
    stage.refuseAll()
    const next = nextSession('us-equities', today.closeTime)!
    stage.beat(next.closeTime)
    stage.bar(0, next, 4800)
    stage.beat(next.closeTime + 29 * SECOND)
    expect(stage.sentTimes).toHaveLength(2)
    stage.beat(next.closeTime + 30 * SECOND)
    expect(stage.sentTimes).toHaveLength(3)
  })

  it('are decided at the first heartbeat after them, also while the market is closed', () => {
    const { stage, today } = desk([low], { prices: 'bar' })
    expect(outcome(stage)).toBe('enter long')
    expect(stage.now).toBeLessThan(today.openTime)
    expect(today.openTime - stage.now).toBeLessThan(DAY)
  })
})
