import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import { forecastReversion, forecastTrend, type KellyOptions, kellyShare } from './kelly.ts'
import { type Sizer, sizeEntry } from './sizer.ts'
import { zProportionalFraction } from './z-proportional.ts'

const share = fc.double({ min: 1e-6, max: 1, noNaN: true })
const any = fc.double()
const zOptions = fc.record({
  k: fc.double({ min: 0.01, max: 1, noNaN: true }),
  cap: share,
  halfLifeMin: fc.double({ min: 0.5, max: 100, noNaN: true }),
  window: fc.constant(60),
})
const kellyOptions: fc.Arbitrary<KellyOptions> = fc.record({
  fraction: share,
  cap: share,
  horizon: fc.integer({ min: 1, max: 60 }),
  by: fc.constantFrom('lower', 'mean'),
  confidence: fc.double({ min: 0.51, max: 0.999, noNaN: true }),
  window: fc.constant(60),
})
const move = fc.record({ mean: any, error: any, variance: any })

const closesOf = (seed: number, phi: number, n = 60): number[] => {
  const random = createRandom(seed)
  let x = 0
  return Array.from({ length: n }, () => {
    x = phi * x + random.normal() * 20
    return Math.round(100_000 + x)
  })
}

describe('the z-proportional share', () => {
  it('lies between 0 and the cap, or is none', () => {
    fc.assert(
      fc.property(zOptions, any, any, (options, z, phi) => {
        const f = zProportionalFraction(options, z, phi)
        if (f === null) return
        expect(f).toBeGreaterThanOrEqual(0)
        expect(f).toBeLessThanOrEqual(options.cap)
      }),
    )
  })

  it('grows with |z|, is the same on both sides, and shrinks as the return slows', () => {
    const z = fc.double({ min: 0, max: 8, noNaN: true })
    const phi = fc.double({ min: 0.001, max: 0.999, noNaN: true })
    fc.assert(
      fc.property(zOptions, z, z, phi, phi, (options, a, b, p, q) => {
        const f = (z: number, phi: number): number => zProportionalFraction(options, z, phi)!
        expect(f(Math.max(a, b), p)).toBeGreaterThanOrEqual(f(Math.min(a, b), p))
        expect(f(a, Math.min(p, q))).toBeGreaterThanOrEqual(f(a, Math.max(p, q)))
        expect(f(-a, p)).toBe(f(a, p))
      }),
    )
  })

  it('counts no half-life as shorter than the floor', () => {
    const options = { k: 0.25, cap: 1, halfLifeMin: 10, window: 60 }
    // A half-life of exactly ten bars, and one of one bar.
    const atFloor = zProportionalFraction(options, 2, 2 ** -0.1)!
    expect(zProportionalFraction(options, 2, 0.5)).toBeCloseTo(atFloor, 12)
    expect(atFloor).toBeCloseTo(0.25 * 2 * (1 - 2 ** -0.1), 12)
  })
})

describe('the Kelly share', () => {
  it('lies between 0 and the cap, whatever it is given', () => {
    fc.assert(
      fc.property(kellyOptions, move, any, (options, forecast, cost) => {
        const { share: f, reason } = kellyShare(options, forecast, cost)
        expect(f).toBeGreaterThanOrEqual(0)
        expect(f).toBeLessThanOrEqual(options.cap)
        expect(f === 0).toBe(reason !== null)
      }),
    )
  })

  it('never grows with cost, error or variance, and is never larger at the lower bound', () => {
    const positive = fc.double({ min: 1e-6, max: 0.1, noNaN: true })
    fc.assert(
      fc.property(
        kellyOptions,
        fc.record({ mean: positive, error: positive, variance: positive }),
        positive,
        positive,
        (options, forecast, cost, more) => {
          const f = kellyShare(options, forecast, cost)
          expect(f.atLower).toBeLessThanOrEqual(f.atMean)
          expect(kellyShare(options, forecast, cost + more).share).toBeLessThanOrEqual(f.share)
          const error = { ...forecast, error: forecast.error + more }
          expect(kellyShare(options, error, cost).share).toBeLessThanOrEqual(f.share)
          const variance = { ...forecast, variance: forecast.variance + more }
          expect(kellyShare(options, variance, cost).share).toBeLessThanOrEqual(f.share)
        },
      ),
    )
  })

  it('is the ratio of edge to variance', () => {
    const options: KellyOptions = {
      ...{ fraction: 0.5, cap: 10, horizon: 10, by: 'mean', confidence: 0.9, window: 60 },
    }
    const forecast = { mean: 0.003, error: 0.001, variance: 0.0004 }
    const found = kellyShare(options, forecast, 0.001)
    expect(found.atMean).toBeCloseTo((0.5 * 0.002) / 0.0004, 12)
    expect(found.lowerMove).toBeCloseTo(0.003 - 1.2815515655446004 * 0.001, 12)
    expect(found.share).toBe(found.atMean)
  })
})

describe('an entry', () => {
  const sizers: Sizer[] = [
    { kind: 'z_proportional', k: 0.25, cap: 0.05, halfLifeMin: 5, window: 60 },
    {
      kind: 'kelly',
      fraction: 0.25,
      cap: 0.05,
      horizon: 10,
      by: 'lower',
      confidence: 0.9,
      window: 60,
    },
  ]
  const question = (closes: readonly number[], scale = 1) => ({
    notional: 250,
    equity: 10_000,
    z: -2,
    closes: closes.map((close) => close * scale),
    forecast: forecastReversion(1),
    cost: () => 0,
  })

  it('has the same size in any unit of price', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(2, 64, 1024), (seed, scale) => {
        for (const sizer of sizers) {
          const closes = closesOf(seed, 0.8)
          const plain = sizeEntry(sizer, question(closes)).notional
          expect(sizeEntry(sizer, question(closes, scale)).notional).toBeCloseTo(plain, 6)
          expect(plain).toBeLessThanOrEqual(0.05 * 10_000)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('is skipped, with the reason, where something is missing', () => {
    const [proportional, kelly] = sizers as [Sizer, Sizer]
    const whole = question(closesOf(3, 0.8))
    const reason = (sizer: Sizer, change: object) =>
      sizeEntry(sizer, { ...whole, ...change }).reason
    expect(reason(proportional, { closes: whole.closes.slice(1) })).toBe('sizer warm-up')
    expect(reason(proportional, { equity: Number.NaN })).toBe('no equity')
    expect(reason(proportional, { z: null })).toBe('bad z')
    expect(reason(proportional, { closes: closesOf(3, -0.9) })).toBe('bad phi')
    expect(reason(proportional, { closes: new Array(60).fill(5) })).toBe('bad phi')
    expect(reason(kelly, { cost: () => null })).toBe('cost unknown')
    expect(reason(kelly, { cost: () => 1 })).toBe('no edge')
    expect(reason(kelly, { closes: new Array(60).fill(5) })).toBe('bad phi')
    expect(sizeEntry({ kind: 'fixed' }, whole)).toEqual({
      notional: 250,
      reason: null,
      readings: [],
    })
  })

  it('expects a stretched price back and a trend on', () => {
    const low = Float64Array.from([...closesOf(5, 0.5), 99_900])
    const back = forecastReversion(1)(low, 5)
    expect(typeof back === 'string' ? 0 : back.mean).toBeGreaterThan(0)
    const rise = Float64Array.from({ length: 60 }, (_, i) => 100_000 + 10 * i + (i % 3))
    const on = forecastTrend(1)(rise, 5)
    expect(typeof on === 'string' ? 0 : on.mean).toBeCloseTo(50 / 100_590, 5)
    expect(forecastReversion(1)(rise, 5)).toBe('not reverting')
  })
})
