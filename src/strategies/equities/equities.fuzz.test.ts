import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Engine, isOpen, type ShareRules, sessionsBetween, toNewYork } from '../../core/mod.ts'
import { admit, capOf, type SectorCaps, sectorOf, takenSlots } from './sector-caps.ts'
import { DailyStage, dailyConfig } from './test-kit.ts'

const NAMES = 10
const sectors = Object.fromEntries(
  Array.from({ length: NAMES }, (_, i) => [`I${i}`, ['A', 'B', 'B', 'C'][i % 4]!]),
)
const caps = (freedBy: SectorCaps['freedBy']): SectorCaps => ({
  ...{ cap: 3, caps: { A: 1, B: 2 }, sectors, freedBy },
})

/** Names of each sector that are on, by what their freeing rule counts. */
function checkCaps(engine: Engine, rules: SectorCaps): void {
  const { world } = engine
  const on = new Map<string, number>()
  for (const { id, symbol } of world.config.instruments) {
    const held = world.ledger.position(id).quantity !== 0
    const entering = [...world.orders.active(id)].some(({ order }) => !order.reduceOnly)
    const leaving = rules.freedBy === 'decision' && world.works[id]?.kind === 'exit'
    if (!entering && (!held || leaving)) continue
    const sector = sectorOf(rules, symbol)
    on.set(sector, (on.get(sector) ?? 0) + 1)
  }
  for (const [sector, count] of on) expect(count, sector).toBeLessThanOrEqual(capOf(rules, sector))
}

/** What rules of shares let an account hold: nothing short in cash, nothing that is not lent. */
function checkShares(engine: Engine, { account, borrow }: ShareRules): void {
  const { world } = engine
  for (const { id } of world.config.instruments) {
    const { quantity } = world.ledger.position(id)
    if (account === 'cash' || borrow?.[id]?.[0]?.status === 'none') {
      expect(quantity).toBeGreaterThanOrEqual(0)
    }
  }
  const cash = world.ledger.cash('USD')
  const unsettled = (world.shares?.unsettled ?? []).reduce((sum, [, own]) => sum + BigInt(own), 0n)
  if (account === 'cash') expect(cash - unsettled >= 0n).toBe(true)
}

interface Run {
  readonly seed: number
  readonly freedBy: SectorCaps['freedBy']
  readonly decision: 'open' | 'preclose'
  readonly entry: 'passive' | 'aggressive'
  readonly shares?: ShareRules
  /** First day, us; June unless given. */
  readonly start?: number
}

/** Three weeks of quotes and daily bars at a venue that fills, half fills, refuses and is silent. */
function live(run: Run): DailyStage {
  const rules = caps(run.freedBy)
  const { shares, ...own } = run
  const plain = dailyConfig(NAMES, { ...own, sectors: rules, flattenLeadUs: null })
  const config = shares === undefined ? plain : { ...plain, shares }
  const stage = new DailyStage(config, run.seed)
  stage.afterEach = () => {
    checkCaps(stage.engine, rules)
    if (shares !== undefined) checkShares(stage.engine, shares)
  }
  stage.now = run.start ?? stage.now
  stage.begin()
  for (let day = 0; day < 15; day++) stage.day()
  return stage
}

/** Three weeks with a change of clocks, Thanksgiving and its early close, Christmas, a plain summer. */
const starts = [
  Date.UTC(2026, 2, 2),
  Date.UTC(2026, 9, 26),
  Date.UTC(2026, 10, 16),
  Date.UTC(2026, 11, 14),
  Date.UTC(2026, 5, 10),
].map((ms) => ms * 1000)

const runs = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 30 }),
  freedBy: fc.constantFrom('decision' as const, 'fill' as const),
  decision: fc.constantFrom('open' as const, 'preclose' as const),
  entry: fc.constantFrom('passive' as const, 'aggressive' as const),
  start: fc.constantFrom(...starts),
})

describe('equities under any sequence of fills, refusals and restarts', () => {
  it('never have more names on than the cap of their sector, and trade in sessions only', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const stage = live(run)
        for (const time of stage.sentTimes) expect(isOpen('us-equities', time)).toBe(true)
      }),
      { numRuns: 25 },
    )
  })

  it('obey the rules of shares too, over restarts, holidays and early closes', () => {
    const term = (status: 'easy' | 'none') => [{ from: 0, status, rateE9: 0 }]
    const rules = fc.record({
      account: fc.constantFrom('cash' as const, 'margin' as const),
      borrow: fc.constantFrom(
        null,
        Array.from({ length: NAMES }, (_, i) => term(i % 2 === 0 ? 'none' : 'easy')),
      ),
      ...{ isLocateGranted: fc.constant(false), hasPriceTest: fc.boolean() },
      ...{
        hasMargin: fc.boolean(),
        dayTrades: fc.constantFrom('refuse' as const, 'flag' as const),
      },
      ...{ hasSettlement: fc.constant(true), isHeldOvernight: fc.boolean() },
    })
    fc.assert(
      fc.property(runs, rules, (run, shares) => {
        const { engine, config } = live({ ...run, shares })
        const again = new Engine(config)
        again.restore(JSON.parse(JSON.stringify(engine.snapshot())))
        expect(again.snapshot()).toEqual(engine.snapshot())
      }),
      { numRuns: 10 },
    )
  })

  it('is a test about something: names are entered, left, refused and restarted', () => {
    const seen = { entries: 0, exits: 0, refusals: 0, restarts: 0, partials: 0, silences: 0 }
    for (let seed = 1; seed <= 6; seed++) {
      const stage = live({ seed, freedBy: 'decision', decision: 'open', entry: 'aggressive' })
      for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += stage.seen[key]
    }
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(5)
  })

  it('begin no session on a weekend or a holiday', () => {
    const stage = live({ seed: 3, freedBy: 'fill', decision: 'preclose', entry: 'passive' })
    const first = stage.sentTimes[0]!
    const days = new Set(stage.sentTimes.map((time) => Math.floor(toNewYork(time) / 86_400e6)))
    const known = new Set(
      sessionsBetween('us-equities', first - 86_400e6, stage.now).map(({ day }) => day),
    )
    expect([...days].every((day) => known.has(day))).toBe(true)
  })
})

describe('slots', () => {
  it('are given up to the cap and no further, whatever is asked', () => {
    const names = fc.array(
      fc.record({
        symbol: fc.constantFrom(...Object.keys(sectors)),
        z: fc.double({ noNaN: true }),
      }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(names, fc.integer({ min: 0, max: 4 }), (wishes, taken) => {
        const rules = caps('decision')
        const before = new Map([['A', taken]])
        const given = admit(rules, before, wishes).filter(({ isAdmitted }) => isAdmitted)
        for (const sector of ['A', 'B', 'C']) {
          const own = given.filter((each) => each.sector === sector).length
          const free = Math.max(0, capOf(rules, sector) - (before.get(sector) ?? 0))
          expect(own).toBeLessThanOrEqual(free)
          const asked = wishes.filter(({ symbol }) => sectorOf(rules, symbol) === sector).length
          expect(own).toBe(Math.min(free, asked))
        }
      }),
    )
  })

  it('are the same after a restart', () => {
    const run = { seed: 11, freedBy: 'fill', decision: 'open', entry: 'passive' } as const
    const stage = live(run)
    const rules = caps('fill')
    const before = takenSlots(rules, stage.engine.view)
    expect(before.size).toBeGreaterThan(0)
    const again = new Engine(stage.config)
    again.restore(JSON.parse(JSON.stringify(stage.engine.snapshot())))
    expect(takenSlots(rules, again.view)).toEqual(before)
  })
})
