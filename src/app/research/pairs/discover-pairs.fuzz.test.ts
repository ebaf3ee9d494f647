import { describe, expect, it } from 'vitest'
import { createRandom, type Random } from '../../../core/mod.ts'
import { type DiscoveryOptions, discoverPairs } from './discover-pairs.ts'
import { type CloseSeries, defaultFilters, scoreOf } from './evaluate-pair.ts'

const MINUTE = 60_000_000
const options: DiscoveryOptions = {
  filters: defaultFilters,
  intervalMinutes: 1,
  falseDiscoveryRate: 0.05,
  top: 12,
  perSymbolMax: 3,
}
/** Nothing but the tests themselves: every pair whose adjusted p value is small enough is found. */
const bare: DiscoveryOptions = {
  ...options,
  filters: {
    ...{ samplesMin: 100, betaMin: 0, betaMax: Infinity, r2Min: 0, sigmaBpMin: 0 },
    ...{ halfLifeMinutesMin: 0, halfLifeMinutesMax: Infinity },
  },
  top: 1000,
  perSymbolMax: 1000,
}

const series = (symbol: string, logs: readonly number[], liquidity: number | null = null) => ({
  symbol,
  openTimes: logs.map((_, i) => i * MINUTE),
  closes: logs.map((value) => Math.exp(value) * 1e5),
  liquidity,
})

function walk(random: Random, n: number, step: number): number[] {
  let x = 0
  return Array.from({ length: n }, () => {
    x += step * random.normal()
    return x
  })
}

/** A follows beta times B with a deviation whose half-life is about 34 bars. */
function planted(seed: number, n: number, beta: number): [CloseSeries, CloseSeries] {
  const random = createRandom(seed)
  const b = walk(random, n, 0.001)
  let e = 0
  const a = b.map((value) => {
    e = 0.98 * e + 0.0005 * random.normal()
    return 0.3 + beta * value + e
  })
  return [series('A', a, 5), series('B', b, 9)]
}

describe('discovering pairs', () => {
  it('finds next to nothing among independent walks, at most at the stated rate', () => {
    const universes = 100
    let alarms = 0
    let filtered = 0
    for (let seed = 1; seed <= universes; seed++) {
      const random = createRandom(seed)
      const walks = Array.from({ length: 6 }, (_, i) => series(`W${i}`, walk(random, 300, 0.001)))
      const found = discoverPairs(walks, bare)
      expect(found.tested).toBe(15)
      if (found.pairs.length > 0) alarms++
      const samplesMin = 100
      const strict = { ...options, filters: { ...defaultFilters, samplesMin } }
      if (discoverPairs(walks, strict).pairs.length > 0) filtered++
    }
    // Where all is null, the rate is that of any discovery at all: 5 expected, 12 one in a thousand.
    expect(alarms).toBeLessThanOrEqual(12)
    expect(filtered).toBeLessThanOrEqual(alarms)
  })

  it('finds a planted pair among walks, with its slope and its half-life', () => {
    const random = createRandom(77)
    const walks = Array.from({ length: 4 }, (_, i) => series(`W${i}`, walk(random, 2880, 0.001)))
    const found = discoverPairs([...planted(5, 2880, 0.8), ...walks], options)
    expect(found.tested).toBe(15)
    expect(found.pairs).toHaveLength(1)
    const [pair] = found.pairs
    const isForward = pair!.legA === 'A'
    expect(new Set([pair!.legA, pair!.legB])).toEqual(new Set(['A', 'B']))
    expect(isForward ? pair!.beta : 1 / pair!.beta).toBeCloseTo(0.8, 1)
    expect(pair!.halfLifeMinutes).toBeGreaterThan(30)
    expect(pair!.halfLifeMinutes).toBeLessThan(45)
    // The leg that trades less well goes first.
    expect(pair!.first === 'a' ? pair!.legA : pair!.legB).toBe('A')
    expect(pair!.score).toBeCloseTo(scoreOf(pair!), 12)
  })

  it('finds a pair that moves against each other', () => {
    const found = discoverPairs(planted(6, 2880, -0.8), options)
    expect(found.pairs).toHaveLength(1)
    expect(found.pairs[0]!.beta).toBeLessThan(0)
  })

  it('takes at most so many pairs of one symbol, the best ones', () => {
    const [a, b] = planted(5, 2880, 0.8)
    const random = createRandom(3)
    const copies = Array.from({ length: 5 }, (_, i) => {
      let e = 0
      const logs = b.closes.map((close) => {
        e = 0.98 * e + 0.0005 * random.normal()
        return Math.log(close / 1e5) + e
      })
      return series(`C${i}`, logs)
    })
    const { pairs } = discoverPairs([a, b, ...copies], { ...options, perSymbolMax: 2 })
    for (const { symbol } of [a, b, ...copies]) {
      const own = pairs.filter(({ legA, legB }) => legA === symbol || legB === symbol)
      expect(own.length).toBeLessThanOrEqual(2)
    }
    expect(pairs.length).toBeGreaterThan(3)
    expect(pairs.map(({ score }) => score)).toEqual(
      pairs.map(({ score }) => score).sort((x, y) => y - x),
    )
    expect(discoverPairs([a, b, ...copies], { ...options, top: 2 }).pairs).toHaveLength(2)
  })

  it('says why a pair is none', () => {
    const [a, b] = planted(5, 2880, 0.8)
    const reasons = (change: Partial<typeof defaultFilters>) =>
      discoverPairs([a, b], { ...options, filters: { ...defaultFilters, ...change } }).rejected
    expect(reasons({ betaMin: 3 })).toEqual({ beta: 1 })
    expect(reasons({ r2Min: 0.9999 })).toEqual({ r2: 1 })
    expect(reasons({ halfLifeMinutesMin: 60 })).toEqual({ 'half-life': 1 })
    expect(reasons({ sigmaBpMin: 100 })).toEqual({ sigma: 1 })
    const half = planted(5, 2000, 0.8)
    expect(
      discoverPairs(half, { ...options, filters: { ...defaultFilters, samplesMin: 2001 } }),
    ).toMatchObject({ tested: 0, untested: 1, pairs: [] })
    const line = series(
      'L',
      a.closes.map((close) => 2 * Math.log(close / 1e5)),
    )
    expect(discoverPairs([a, line], options).rejected).toEqual({ 'no fit': 1 })
  })

  it('only compares bars that both have', () => {
    const [a, b] = planted(5, 2880, 0.8)
    const late = { ...b, openTimes: b.openTimes.map((time) => time + 900 * MINUTE) }
    expect(discoverPairs([a, late], options)).toMatchObject({ tested: 0, untested: 1 })
    // Shifted against each other they still overlap, but nothing of the pair is left.
    const near = { ...b, openTimes: b.openTimes.map((time) => time + 400 * MINUTE) }
    expect(discoverPairs([a, near], options)).toMatchObject({ tested: 1, pairs: [] })
  })
})
