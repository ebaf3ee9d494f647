import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import { CALIBRATION_BINS, probabilityReport } from './probability-report.ts'

const random = createRandom(11)
const n = 4000
const probabilities = Float64Array.from({ length: n }, () => random.next() ** 2)
const events = probabilities.map((p) => (random.next() < p ? 1 : 0))

describe('a report on probabilities', () => {
  const report = probabilityReport(probabilities, events)

  it('scores as plain recomputation does', () => {
    const mean = (of: (p: number, y: number) => number): number =>
      probabilities.reduce((sum, p, i) => sum + of(p, events[i]!), 0) / n
    expect(report.brier).toBeCloseTo(
      mean((p, y) => (p - y) ** 2),
      12,
    )
    expect(report.logLoss).toBeCloseTo(
      mean((p, y) => -Math.log(y === 1 ? p : 1 - p)),
      10,
    )
    let pairs = 0
    let higher = 0
    for (let i = 0; i < 400; i++) {
      for (let j = 0; j < 400; j++) {
        if (events[i] !== 1 || events[j] !== 0) continue
        pairs++
        const [a, b] = [probabilities[i]!, probabilities[j]!]
        higher += a > b ? 1 : a === b ? 0.5 : 0
      }
    }
    const few = probabilityReport(probabilities.slice(0, 400), events.slice(0, 400))
    expect(few.auc).toBeCloseTo(higher / pairs, 12)
  })

  it('draws a curve of equal bins in which honest probabilities lie on the diagonal', () => {
    expect(report.curve).toHaveLength(CALIBRATION_BINS)
    expect(report.curve.map(({ count }) => count)).toEqual(new Array(20).fill(200))
    const inside = report.curve.filter(
      (bin) => bin.low <= bin.forecastMean && bin.high >= bin.forecastMean,
    )
    expect(inside.length).toBeGreaterThanOrEqual(17)
    expect(report.calibrationError!).toBeLessThan(0.03)
    const parts = report.reliability! - report.resolution! + report.uncertainty!
    expect(parts).toBeCloseTo(report.brier!, 2)
  })

  it('keeps equal forecasts together, and the base rate has no skill', () => {
    const base = events.reduce((sum, y) => sum + y, 0) / n
    const flat = probabilityReport(new Float64Array(n).fill(base), events)
    expect(flat.curve).toHaveLength(1)
    expect(flat.brierSkill).toBeCloseTo(0, 12)
    expect(flat.auc).toBe(0.5)
    const half = probabilities.map((p, i) => (i % 2 === 0 ? 0.5 : p))
    expect(probabilityReport(half, events).curve.length).toBeLessThanOrEqual(20)
    expect(
      Math.min(...probabilityReport(half, events).curve.map(({ count }) => count)),
    ).toBeGreaterThan(50)
  })

  it('is null with a reason without rows or without both events', () => {
    const none = probabilityReport(Float64Array.of(Number.NaN), Float64Array.of(1))
    expect(none).toMatchObject({ rows: 0, brier: null, reason: expect.stringContaining('no row') })
    const same = probabilityReport(Float64Array.of(0.2, 0), Float64Array.of(0, 0))
    expect(same).toMatchObject({ auc: null, brierSkill: null, reason: 'all events are equal' })
    expect(probabilityReport(Float64Array.of(0), Float64Array.of(1)).logLoss).toBeCloseTo(34.54, 2)
  })
})
