import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import { informationCoefficients } from './cross-section.ts'
import { pairedDifference, scoreReport } from './score-report.ts'
import { TOY_DEVIATION, toyPanel } from './test-kit.ts'

const toy = toyPanel({ seed: 5, names: 40, bars: 700, edge: 0.002 })
const { names, features, labels } = toy.data
const panelOf = (scores: Float32Array | Float64Array) => ({
  names,
  bars: features.bars,
  scores,
  labels: labels.excessReturn,
})

describe('a score report', () => {
  const report = scoreReport(panelOf(features.columns[0]!), toy.hours)

  it('finds a planted edge with its size in IC, rank IC, deciles and hit rate', () => {
    // One of five bars carries the drift: correlation e / sqrt(5 s^2 + 5 e^2).
    const ic = 0.002 / Math.sqrt(5 * (TOY_DEVIATION ** 2 + 0.002 ** 2))
    for (const { low, high } of [report.ic.mean.neweyWest, report.ic.mean.sessionBlocks]) {
      expect(low!).toBeLessThan(ic)
      expect(high!).toBeGreaterThan(ic)
      expect(low!).toBeGreaterThan(0)
    }
    expect(report.rankIc.mean.neweyWest.value!).toBeCloseTo(ic, 1)
    expect(report.deciles.monotonicity!).toBeGreaterThan(0.9)
    // The mean of the top tenth of normals is 1.755 deviations.
    const { low, high } = report.deciles.topMinusBottom.neweyWest
    expect(low!).toBeLessThan(2 * 1.755 * 0.002)
    expect(high!).toBeGreaterThan(2 * 1.755 * 0.002)
    expect(report.hitRate.neweyWest.low!).toBeGreaterThan(0.5)
    expect(report.ic.byBarOfSession).toHaveLength(7)
  })

  it('measures turnover: a new score each bar replaces nine tenths, a constant ranking nothing', () => {
    expect(report.turnover.topDecile.value!).toBeCloseTo(0.9, 1)
    expect(report.turnover.rankAutocorrelation.value!).toBeCloseTo(0, 1)
    const steady = Float64Array.from({ length: names * features.bars }, (_, row) =>
      Math.floor(row / features.bars),
    )
    const kept = scoreReport(panelOf(steady), toy.hours).turnover
    expect(kept.topDecile.value).toBe(0)
    expect(kept.rankAutocorrelation.value).toBeCloseTo(1, 12)
  })

  it('has nulls with reasons, and no NaN, where nothing can be measured', () => {
    const empty = [
      new Float64Array(names * features.bars),
      new Float64Array(names * features.bars).fill(Number.NaN),
    ]
    for (const scores of empty) {
      const got = scoreReport(panelOf(scores), toy.hours)
      expect(got.bars).toBe(0)
      expect(got.ic.mean.neweyWest).toMatchObject({ value: null, low: null })
      expect(got.ic.mean.neweyWest.reason).toContain('too few bars')
      expect(got.deciles.monotonicity).toBeNull()
      expect(numbersOf(got).every(Number.isFinite)).toBe(true)
    }
  })

  it('compares two forecasts on the same bars', () => {
    const other = features.columns[1]!
    const a = informationCoefficients(panelOf(features.columns[0]!)).rankIc.values
    const b = informationCoefficients(panelOf(other)).rankIc.values
    const difference = pairedDifference(a, b, toy.hours).neweyWest
    expect(difference.low!).toBeGreaterThan(0)
    expect(pairedDifference(a, a, toy.hours).neweyWest).toMatchObject({ value: 0, low: null })
  })
})

describe('deciles of few names', () => {
  it('keep every name in one of them and give ties their common place', () => {
    const random = createRandom(8)
    const few = { names: 10, bars: 60 }
    const scores = Float64Array.from({ length: 600 }, (_, row) => Math.floor(row / 60))
    const values = Float64Array.from(
      { length: 600 },
      (_, row) => Math.floor(row / 60) + random.normal(),
    )
    const hours = {
      sessionDay: Int32Array.from({ length: 60 }, (_, bar) => bar),
      barOfSession: new Uint8Array(60),
      horizonBars: 5,
    }
    const { deciles } = scoreReport({ ...few, scores, labels: values }, hours)
    deciles.means.forEach(({ value }, d) => {
      expect(value!).toBeGreaterThan(d - 1)
      expect(value!).toBeLessThan(d + 1)
    })
  })
})

/** Every number in plain data. */
function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersOf) : []
}
