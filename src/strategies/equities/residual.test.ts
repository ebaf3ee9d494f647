import { describe, expect, it } from 'vitest'
import { createRandom, type Random, unitRootNull } from '../../core/mod.ts'
import type { SessionCloses } from './close-history.ts'
import type { ResidualParameters } from './residual-parameters.ts'
import { type NullTables, reviewResiduals } from './residual-review.ts'
import { scoreResiduals } from './residual-scores.ts'

const NAMES = 18
const SECTORS = ['A', 'B', 'C']
/** Funds of the sectors come last; only some tests let them be the factors. */
const FUNDS = ['FA', 'FB', 'FC']
const names = Array.from({ length: NAMES }, (_, i) => `I${i}`)
const symbols = [...names, ...FUNDS]
const sectors = Object.fromEntries(names.map((symbol, i) => [symbol, SECTORS[i % 3]!]))

const tests = {
  ...{ window: 150, everySessions: 21, needsHalfLife: false },
  ...{ falseDiscoveryRate: 0.05, dependence: 'positive' as const },
}

const bySector: ResidualParameters & { readonly tests: typeof tests } = {
  factors: { kind: 'sector', sectors, proxies: {} },
  ...{ market: null, window: 60, kappaMin: 8.4, centreMeans: true, withDrift: false },
  ...{ maxGap: 0, tests, neutral: null },
}
const proxies = { A: 'FA', B: 'FB', C: 'FC' }
const byFund: typeof bySector = {
  ...bySector,
  factors: { kind: 'sector', sectors, proxies },
}
const byPca: typeof bySector = {
  ...bySector,
  factors: { kind: 'pca', window: 150, count: { kind: 'fixed', count: 3 } },
}

/**
 * Closes of names that follow a market and their sector, each with a walk of its own; `reverting`
 * ones return to their factor by half of the distance a day instead.
 */
function closesOf(seed: number, sessions: number, reverting: readonly number[] = []) {
  const random = createRandom(seed)
  const own = new Float64Array(NAMES)
  const common = new Float64Array(4)
  const rows: SessionCloses[] = []
  for (let day = 0; day < sessions; day++) {
    for (let k = 0; k < 4; k++) common[k]! += 0.01 * random.normal()
    const closes = names.map((_, i) => closeOf(i, { own, common, random, reverting }))
    const funds = FUNDS.map((_, k) => 1e8 * Math.exp(common[0]! + common[1 + k]!))
    rows.push({ day, closes: [...closes, ...funds] })
  }
  return rows
}

function closeOf(
  i: number,
  at: {
    readonly own: Float64Array
    readonly common: Float64Array
    readonly random: Random
    readonly reverting: readonly number[]
  },
): number {
  const { own, common, random, reverting } = at
  // Factors made of names carry their walks: beside reverting names these are small.
  const isReverting = reverting.includes(i)
  const noise = isReverting || reverting.length === 0 ? 0.01 : 0.002
  own[i] = own[i]! * (isReverting ? 0.5 : 1) + noise * random.normal()
  const beta = reverting.length === 0 ? 0.6 + (i % 5) / 5 : 1
  return 1e8 * Math.exp(beta * common[0]! + common[1 + (i % 3)]! + own[i]!)
}

/** Fewer draws than the strategy's own, which take longest of all. */
const tables: NullTables = new Map([
  [3, unitRootNull({ length: 150, factors: 3, draws: 800, seed: 77 })],
])

/** Share of names that pass over universes of walks, and universes in which any does. */
function passing(p: typeof bySector, universes: number) {
  let [share, any] = [0, 0]
  for (let seed = 1; seed <= universes; seed++) {
    const review = reviewResiduals(p, symbols, closesOf(seed, 151), tables)
    const passed = review.names.filter((name) => name?.hasPassed).length
    expect(review.names.filter((name) => name !== null).length).toBeGreaterThanOrEqual(NAMES)
    share += passed / NAMES / universes
    any += passed > 0 ? 1 / universes : 0
  }
  return { share, any }
}

describe('the tests of reversion', () => {
  it('let at most 5 % of random walks pass against their sector', () => {
    const { share, any } = passing(bySector, 40)
    expect(share).toBeLessThanOrEqual(0.05)
    // Where nothing reverts, any discovery is false: its chance is the rate, here with its error.
    expect(any).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt(0.05 / 40))
  })

  it('let at most 5 % of random walks pass against eigenportfolios', () => {
    const { share, any } = passing(byPca, 15)
    expect(share).toBeLessThanOrEqual(0.05)
    expect(any).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt(0.05 / 15))
  })

  it('are needed: its speed alone lets most random walks pass', () => {
    const { byName } = scoreResiduals(bySector, symbols, closesOf(3, 151))
    const fast = byName.filter((name) => typeof name !== 'string' && name.model.kappa >= 8.4)
    expect(fast.length / NAMES).toBeGreaterThan(0.8)
  })

  it('find names that return to their factor, and give their half-life', () => {
    const year = { ...byFund, tests: { ...tests, window: 252, needsHalfLife: true } }
    const { names: found } = reviewResiduals(year, symbols, closesOf(9, 253, [2, 7]), new Map())
    const passed = found.flatMap((name, i) => (name?.hasPassed ? [i] : []))
    expect(passed).toEqual(expect.arrayContaining([2, 7]))
    // One beside them may be chance.
    expect(passed.length).toBeLessThanOrEqual(3)
    // A deviation halves in a day.
    for (const i of [2, 7]) expect(Math.abs(found[i]!.halfLife! - 1)).toBeLessThan(0.5)
  })

  it('hold reverting names against eigenportfolios to be the least like walks', () => {
    const { names: found } = reviewResiduals(byPca, symbols, closesOf(9, 151, [2, 7]), tables)
    for (const i of [2, 7]) expect(found[i]!.pValue).toBeLessThan(0.05)
  })
})

describe('scores of residuals', () => {
  it('take today for what it was: what comes after changes nothing', () => {
    for (const p of [bySector, byPca]) {
      const rows = closesOf(5, 180)
      const then = scoreResiduals(p, symbols, rows.slice(0, 170))
      const scrambled = rows.map(({ day, closes }) => ({
        day,
        closes: day < 170 ? closes : closes.map((close) => close * 3),
      }))
      expect(scoreResiduals(p, symbols, scrambled.slice(0, 170))).toEqual(then)
      expect(scoreResiduals(p, symbols, rows.slice(0, 171))).not.toEqual(then)
    }
  })

  it('are low after a name fell by itself and not after its sector did', () => {
    const rows = closesOf(7, 151, [2])
    const sOf = (fall: (i: number) => boolean): number => {
      const closes = rows.at(-1)!.closes.map((close, i) => (fall(i) ? close * 0.95 : close))
      const { byName } = scoreResiduals({ ...byFund, centreMeans: false }, symbols, [
        ...rows.slice(0, -1),
        { day: 150, closes },
      ])
      const name = byName[2]!
      return typeof name === 'string' ? Number.NaN : name.s
    }
    const before = sOf(() => false)
    expect(sOf((i) => i === 2)).toBeLessThan(before - 1.5)
    // The funds come after 18 names, each in the place of its sector.
    expect(Math.abs(sOf((i) => i % 3 === 2) - before)).toBeLessThan(0.5)
  })

  it('have means that sum to zero where they are centred', () => {
    const { byName } = scoreResiduals(bySector, symbols, closesOf(4, 151))
    const means = byName.flatMap((name) =>
      typeof name === 'string' || name.model.kappa < 8.4 ? [] : [name.model.mean - name.centre],
    )
    expect(means.length).toBeGreaterThan(10)
    expect(Math.abs(means.reduce((sum, each) => sum + each, 0))).toBeLessThan(1e-12)
  })

  it('say why there is none', () => {
    const rows = closesOf(4, 151)
    rows.at(-1)!.closes[2] = 0
    const { [symbols[3]!]: _, ...some } = sectors
    const factors = { kind: 'sector' as const, sectors: some, proxies: { B: 'I4' } }
    const { byName } = scoreResiduals({ ...bySector, factors }, symbols, rows)
    expect([byName[2], byName[3], byName[4]]).toEqual([
      'closes missing',
      'no factor',
      'factor only',
    ])
    expect(scoreResiduals(bySector, symbols, rows.slice(0, 60)).byName[0]).toBe('closes missing')
  })

  it('are none of a name that its factors explain wholly, and of one that stands still', () => {
    const rows = closesOf(4, 151).map(({ day, closes }) => ({
      day,
      // The first name is its fund, the second does not move.
      closes: closes.map((close, i) => (i === 0 ? closes[NAMES]! : i === 1 ? 7e7 : close)),
    }))
    const fund = scoreResiduals(byFund, symbols, rows).byName
    expect([fund[0], typeof fund[2]]).toEqual(['nothing left', 'object'])
    const pca = scoreResiduals(byPca, symbols, rows).byName
    expect([pca[1], typeof pca[2]]).toEqual(['no factor', 'object'])
    // As many factors as names leave nothing of any.
    const all = { kind: 'pca', window: 150, count: { kind: 'fixed', count: 30 } } as const
    const none = scoreResiduals({ ...byPca, factors: all }, symbols, rows).byName
    expect(new Set(none)).toEqual(new Set(['nothing left', 'no factor']))
  })
})
