import { describe, expect, it } from 'vitest'
import {
  createRandom,
  type EffectOf,
  Engine,
  nextSession,
  sessionsBetween,
} from '../../core/mod.ts'
import type { Tier } from '../reversion/parameters.ts'
import type { EquitiesParameters } from './parameters.ts'
import type { ResidualParameters } from './residual-parameters.ts'
import { DailyStage, dailyConfig } from './test-kit.ts'

const SECOND = 1_000_000
const MINUTE = 60 * SECOND
const NAMES = 8

const sectors = Object.fromEntries(
  Array.from({ length: NAMES }, (_, i) => [`I${i}`, i % 2 === 0 ? 'A' : 'B']),
)

const residual = (change: Partial<ResidualParameters> = {}): ResidualParameters => ({
  factors: { kind: 'sector', sectors, proxies: {} },
  ...{ market: null, window: 24, kappaMin: 8.4, centreMeans: false, withDrift: false },
  ...{ maxGap: 2, tests: null, neutral: null },
  ...change,
})

/** Closes that follow their sector with noise of their own; `after` changes those of the last day. */
function desk(
  own: ResidualParameters,
  after: (i: number) => number = () => 1,
  how: Partial<Pick<EquitiesParameters, 'prices' | 'decision'>> & {
    readonly direction?: 'long' | 'both'
    readonly tier?: Tier
  } = {},
): { readonly stage: DailyStage; readonly traced: EffectOf<'evaluated'>[] } {
  const { direction = 'both', prices = 'bar', tier, ...rest } = how
  const reversion = { direction, ...(tier === undefined ? {} : { tier }) }
  const config = dailyConfig(NAMES, { prices, residual: own, ...rest }, reversion)
  const stage = new DailyStage({ ...config, trace: 'all' }, 1)
  stage.begin()
  const random = createRandom(3)
  const levels = new Float64Array(NAMES)
  const common = new Float64Array(2)
  const days = Math.max(own.window, own.tests?.window ?? 0) + 2
  for (let day = 0; day < days; day++) {
    const session = nextSession('us-equities', stage.now)!
    stage.beat(session.closeTime + MINUTE)
    for (let k = 0; k < 2; k++) common[k]! += 0.01 * random.normal()
    for (let i = 0; i < NAMES; i++) {
      levels[i] = 0.7 * levels[i]! + 0.005 * random.normal()
      const shock = day === days - 1 ? after(i) : 1
      stage.bar(i, session, Math.round(5000 * shock * Math.exp(common[i % 2]! + levels[i]!)))
    }
    stage.beat(session.closeTime + 2 * MINUTE)
  }
  return { stage, traced: stage.traced }
}

const last = (traced: EffectOf<'evaluated'>[], id: number): EffectOf<'evaluated'> =>
  traced.filter(({ instrument }) => instrument === id).at(-1)!

const readOf = ({ gates }: EffectOf<'evaluated'>, gate: string): number =>
  gates.find((each) => each.gate === gate)!.value!

describe('the decision on residuals', () => {
  it('enters a name that fell by itself, and says what its score is made of', () => {
    const { traced } = desk(residual(), (i) => (i === 2 ? 0.97 : 1))
    const said = last(traced, 2)
    expect(said.outcome).toBe('enter long')
    expect(readOf(said, 'z')).toBeLessThan(-1)
    expect(readOf(said, 'kappa a year')).toBeGreaterThan(8.4)
    // s = (level - mean) / deviation, as it is told.
    const s = (readOf(said, 'residual bp') - readOf(said, 'mean bp')) / readOf(said, 'deviation bp')
    expect(s).toBeCloseTo(readOf(said, 'z'), 9)
    expect(readOf(said, 'factor beta')).toBeGreaterThan(0.5)
  })

  it('enters none of a sector that fell together', () => {
    const fell = desk(residual(), (i) => (i % 2 === 0 ? 0.97 : 1)).traced
    const z = (traced: EffectOf<'evaluated'>[]) =>
      [0, 2, 4, 6].map((i) => readOf(last(traced, i), 'z'))
    const before = z(desk(residual()).traced)
    z(fell).forEach((value, i) => {
      expect(Math.abs(value - before[i]!)).toBeLessThan(0.6)
    })
  })

  it('refuses a name that reverts too slowly, and one that has not passed the tests', () => {
    const down = (i: number): number => (i === 2 ? 0.97 : 1)
    const slow = last(desk(residual({ kappaMin: 1e4 }), down).traced, 2)
    expect(slow.outcome).toBe('kappa a year')
    const tests = {
      ...{ window: 60, everySessions: 21, needsHalfLife: true },
      ...{ falseDiscoveryRate: 1e-12, dependence: 'positive' as const },
    }
    const untested = last(desk(residual({ tests }), down).traced, 2)
    expect(untested.outcome).toBe('adjusted p')
    expect(readOf(untested, 'adjusted p')).toBeGreaterThan(1e-12)
  })

  it('enters nothing on one side alone where the book has no beta', () => {
    const neutral = { by: 'market', tolerance: 0.05 } as const
    const shock = (i: number): number => (i === 2 ? 0.97 : 1)
    expect(last(desk(residual({ neutral }), shock, { direction: 'long' }).traced, 2).outcome).toBe(
      'net beta',
    )
  })

  it('enters both sides for as much beta', () => {
    const neutral = { by: 'market', tolerance: 0.05 } as const
    const shock = (i: number): number => (i === 2 ? 0.97 : i === 5 ? 1.03 : 1)
    const { stage, traced } = desk(residual({ neutral }), shock)
    stage.fillAll()
    const positions = stage.engine.view.instruments.map(({ id }) => stage.engine.view.position(id))
    const net = positions.reduce((sum, lots, id) => {
      if (lots === 0) return sum
      return sum + lots * stage.engine.view.bar(id)!.close * readOf(last(traced, id), 'market beta')
    }, 0)
    const gross = positions.reduce(
      (sum, lots, id) => sum + Math.abs(lots) * stage.engine.view.bar(id)!.close,
      0,
    )
    expect(Math.min(...positions)).toBeLessThan(0)
    expect(Math.max(...positions)).toBeGreaterThan(0)
    // A short is whole shares of some 50 on a value of 1500.
    expect(Math.abs(net) / gross).toBeLessThan(0.04)
  })

  it('leaves a position whose residual has no process any more', () => {
    // No z ever reverts here: nothing but the lost score can end it.
    const tier = { longEntry: -1, longExit: 50, shortEntry: 1, shortExit: -50 }
    const { stage, traced } = desk(residual(), (i) => (i === 2 ? 0.97 : 1), { tier })
    stage.fillAll()
    expect(stage.engine.view.position(2)).toBeGreaterThan(0)
    for (let day = 0; day < 30; day++) {
      const session = nextSession('us-equities', stage.now)!
      stage.beat(session.closeTime + MINUTE)
      for (let i = 0; i < NAMES; i++) {
        const close = Math.round(stage.engine.view.bar(i)!.close / 2)
        stage.bar(i, session, i === 2 ? close + (day % 3) - 1 : close)
      }
      stage.beat(session.closeTime + 2 * MINUTE)
      stage.fillAll()
    }
    const exits = traced.filter(
      ({ instrument, outcome }) => instrument === 2 && /^exit/.test(outcome),
    )
    expect(exits.map(({ outcome }) => outcome)).toEqual(['exit: not reverting'])
    expect(stage.engine.view.position(2)).toBe(0)
  })

  it('goes on after a restart as if nothing had been', () => {
    const { stage } = desk(residual({ neutral: { by: 'market', tolerance: 0.05 } }))
    const again = new Engine(stage.config)
    again.restore(JSON.parse(JSON.stringify(stage.engine.snapshot())))
    const other = new DailyStage(stage.config, 1)
    other.engine = again
    other.now = stage.now
    const session = nextSession('us-equities', stage.now)!
    for (const each of [stage, other]) {
      each.beat(session.closeTime + MINUTE)
      for (let i = 0; i < NAMES; i++) each.bar(i, session, 5000 + 30 * (i % 3) - 20 * i)
      each.beat(session.closeTime + 2 * MINUTE)
    }
    expect(other.engine.snapshot()).toEqual(stage.engine.snapshot())
  })

  describe('with quotes', () => {
    /** A quote of every name at its last close, with name 2 moved. */
    function quote(stage: DailyStage, factor: number): void {
      for (const { id } of stage.config.instruments) {
        const mid = Math.round((stage.engine.view.bar(id)!.close / 2) * (id === 2 ? factor : 1))
        stage.quoteOne(id, mid, [9, 3])
      }
    }

    it('is made at the open on the closes alone', () => {
      const { stage, traced } = desk(residual(), (i) => (i === 2 ? 0.97 : 1), { prices: 'book' })
      const today = nextSession('us-equities', stage.now)!
      stage.beat(today.openTime + SECOND)
      quote(stage, 1.05)
      stage.beat(today.openTime + 2 * SECOND)
      expect(last(traced, 2).outcome).toBe('enter long')
    })

    it('is made before the close on the present prices of all names, which no row keeps', () => {
      const { stage, traced } = desk(residual(), () => 1, { prices: 'book', decision: 'preclose' })
      const rows = stage.engine.snapshot().strategyState as { residual: { rows: unknown[] } }
      const before = JSON.stringify(rows.residual.rows)
      const today = nextSession('us-equities', stage.now)!
      stage.beat(today.closeTime - 11 * MINUTE)
      quote(stage, 0.96)
      stage.beat(today.closeTime - 10 * MINUTE)
      expect(last(traced, 2).outcome).toBe('enter long')
      const after = stage.engine.snapshot().strategyState as typeof rows
      expect(JSON.stringify(after.residual.rows)).toBe(before)
    })

    it('has no score of a name without a fresh quote before the close', () => {
      const { stage, traced } = desk(residual(), () => 1, { prices: 'book', decision: 'preclose' })
      const today = nextSession('us-equities', stage.now)!
      stage.beat(today.closeTime - 11 * MINUTE)
      for (const { id } of stage.config.instruments) if (id !== 2) stage.quoteOne(id, 5000, [9, 3])
      stage.beat(today.closeTime - 10 * MINUTE)
      expect(last(traced, 2).outcome).toMatch(/^(book|no score: closes missing)$/)
      expect(last(traced, 2).gates.some(({ gate }) => gate === 'kappa a year')).toBe(false)
      expect(readOf(last(traced, 4), 'z')).toBeTypeOf('number')
    })
  })

  it('goes by history as by bars that came in', () => {
    const own = residual()
    const { stage } = desk(own)
    const state = stage.engine.snapshot().strategyState as {
      residual: { rows: readonly { readonly day: number; readonly closes: readonly number[] }[] }
    }
    const cold = new DailyStage(stage.config, 1)
    cold.now = stage.now
    cold.begin()
    const sessions = sessionsBetween('us-equities', stage.now - 90 * 86_400e6, stage.now)
    for (let instrument = 0; instrument < NAMES; instrument++) {
      const bars = state.residual.rows.map(({ day, closes }) => {
        const { openTime } = sessions.find((each) => each.day === day)!
        const close = closes[instrument]! / 2
        const prices = { open: close, high: close, low: close, close }
        return { ...prices, volume: 1, openTime, closeTime: openTime + 390 * MINUTE }
      })
      cold.tell({ kind: 'barsSeeded', receivedTime: cold.now, instrument, bars })
    }
    const seeded = cold.engine.snapshot().strategyState as typeof state
    expect(seeded.residual.rows).toEqual(state.residual.rows)
  })
})
