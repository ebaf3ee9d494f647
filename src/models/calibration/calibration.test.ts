import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import type { HeldOut } from '../validation/held-out.ts'
import { probabilityReport } from '../validation/probability-report.ts'
import { type BlendPart, blend, calibrate, calibrated } from './calibrated-forecast.ts'
import { binByScore, interpolate, nonDecreasing } from './isotonic.ts'
import { calibrateProbabilities, toProbabilities } from './probability-calibration.ts'
import { calibrateReturns, toBasisPoints } from './return-calibration.ts'

const ROWS = 4000

/** Scores of an arbitrary unit, of which a slope of the outcome is true. */
function sample(seed: number, slope: number) {
  const random = createRandom(seed)
  const scores = Float64Array.from({ length: ROWS }, () => 3 + 2 * random.normal())
  const outcomes = scores.map((score) => slope * (score - 3) + 0.01 * random.normal())
  return { scores, outcomes, blocks: Int32Array.from({ length: ROWS }, (_, i) => i % 40) }
}

const fitted = <T extends { kind: string }>(result: T): Exclude<T, { kind: 'refused' }> => {
  if (result.kind === 'refused') throw new Error((result as { reason?: string }).reason)
  return result as Exclude<T, { kind: 'refused' }>
}

describe('calibration of returns', () => {
  it('finds the size of a planted edge in basis points', () => {
    for (const method of ['linear', 'isotonic'] as const) {
      const calibration = fitted(calibrateReturns(sample(1, 0.001), method))
      const bps = toBasisPoints(calibration, Float64Array.of(1, 3, 5, Number.NaN))
      expect(Math.abs(bps[0]! + 20)).toBeLessThan(method === 'linear' ? 3 : 8)
      expect(Math.abs(bps[1]!)).toBeLessThan(method === 'linear' ? 3 : 8)
      expect(Math.abs(bps[2]! - 20)).toBeLessThan(method === 'linear' ? 3 : 8)
      expect(bps[3]).toBeNaN()
      expect(calibration.kept).toBeGreaterThan(0.95)
    }
  })

  it('leaves next to nothing of scores without an edge, and nothing of ones that mislead', () => {
    const spans = Array.from({ length: 40 }, (_, seed) => {
      const { bps } = fitted(calibrateReturns(sample(seed, 0)))
      return bps.at(-1)! - bps[0]!
    })
    expect(spans.every((span) => span >= 0)).toBe(true)
    expect(spans.filter((span) => span === 0).length).toBeGreaterThan(20)
    const misleading = fitted(calibrateReturns(sample(1, -0.001)))
    expect(misleading.kept).toBe(0)
    expect(new Set(misleading.bps).size).toBe(1)
  })

  it('never falls, and is flat beyond what was seen', () => {
    for (const method of ['linear', 'isotonic'] as const) {
      const calibration = fitted(calibrateReturns(sample(2, 0.0003), method))
      const steps = calibration.bps.slice(1).map((bps, i) => bps - calibration.bps[i]!)
      expect(steps.every((step) => step >= 0)).toBe(true)
      const [low, high] = toBasisPoints(calibration, Float64Array.of(-1e9, 1e9))
      expect([low, high]).toEqual([calibration.bps[0], calibration.bps.at(-1)])
    }
  })

  it('is the plain least-squares line before shrinking, its t ratio by blocks', () => {
    const { scores, outcomes, blocks } = sample(3, 0.001)
    const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / ROWS
    const [x, y] = [mean(scores), mean(outcomes)]
    const squares = scores.reduce((sum, v) => sum + (v - x) ** 2, 0)
    const slope = scores.reduce((sum, v, i) => sum + (v - x) * (outcomes[i]! - y), 0) / squares
    const sums = new Float64Array(40)
    scores.forEach((v, i) => {
      sums[blocks[i]!]! += (v - x) * (outcomes[i]! - y - slope * (v - x))
    })
    const error = Math.sqrt((sums.reduce((sum, u) => sum + u * u, 0) * 40) / 39) / squares
    const calibration = fitted(calibrateReturns({ scores, outcomes, blocks }))
    expect(calibration.slopeBps).toBeCloseTo(slope * 1e4, 9)
    expect(calibration.slopeT).toBeCloseTo(slope / error, 9)
    expect(calibration.kept).toBeCloseTo(1 - (error / slope) ** 2, 9)
  })

  it('is refused with too few rows, too few blocks and equal scores', () => {
    const { scores, outcomes, blocks } = sample(4, 0)
    const few = { scores: scores.slice(0, 99), outcomes: outcomes.slice(0, 99), blocks }
    expect(calibrateReturns(few)).toMatchObject({ reason: '99 of 200 rows to calibrate' })
    expect(calibrateReturns({ scores, outcomes, blocks: new Int32Array(ROWS) })).toMatchObject({
      reason: '1 of 10 blocks of sessions to calibrate',
    })
    expect(calibrateReturns({ scores: scores.fill(0.1), outcomes, blocks })).toMatchObject({
      reason: 'all scores are equal',
    })
  })
})

describe('calibration of probabilities', () => {
  const random = createRandom(6)
  const truth = Float64Array.from({ length: 20_000 }, () => 0.6 * random.next())
  const outcomes = truth.map((p) => (random.next() < p ? 1 : 0))
  const blocks = new Int32Array(truth.length)
  // Log odds twice too large and shifted: over-confident.
  const scores = truth.map((p) => 1 / (1 + ((1 - p) / Math.max(p, 1e-12)) ** 2 * Math.exp(-1)))

  it('makes over-confident probabilities honest', () => {
    const before = probabilityReport(scores, outcomes)
    for (const method of ['platt', 'isotonic'] as const) {
      const calibration = fitted(calibrateProbabilities({ scores, outcomes, blocks }, method))
      const honest = toProbabilities(calibration, scores)
      const after = probabilityReport(honest, outcomes)
      expect(after.calibrationError!).toBeLessThan(0.02)
      expect(after.calibrationError!).toBeLessThan(before.calibrationError! / 3)
      expect(after.brier!).toBeLessThan(before.brier!)
      const order = Float64Array.from(scores).sort()
      const mapped = toProbabilities(calibration, order)
      expect(mapped.every((p, i) => p > 0 && p < 1 && (i === 0 || p >= mapped[i - 1]!))).toBe(true)
    }
    const platt = fitted(calibrateProbabilities({ scores, outcomes, blocks }))
    expect(platt).toMatchObject({ method: 'platt', slope: expect.closeTo(0.5, 1) })
  })

  it('leaves the base rate where forecasts mislead or do not vary', () => {
    const upsideDown = scores.map((p) => 1 - p)
    for (const some of [upsideDown, scores.map(() => 0.4)]) {
      const calibration = fitted(calibrateProbabilities({ scores: some, outcomes, blocks }))
      const rate = outcomes.reduce((sum, y) => sum + y, 0) / outcomes.length
      for (const p of toProbabilities(calibration, Float64Array.of(0.01, 0.99))) {
        expect(p).toBeCloseTo(rate, 3)
      }
    }
  })

  it('is refused where all events are equal', () => {
    const none = outcomes.map(() => 0)
    expect(calibrateProbabilities({ scores, outcomes: none, blocks })).toMatchObject({
      reason: 'all events are equal',
    })
  })
})

describe('isotonic regression', () => {
  it('pools what is out of order, by weight', () => {
    const pooled = nonDecreasing(Float64Array.of(1, 4, 2, 3, 9), Float64Array.of(1, 1, 3, 1, 1))
    const pool = (4 + 6) / 4
    expect([...pooled]).toEqual([1, pool, pool, 3, 9])
  })

  it('bins keep equal scores together and lose no row', () => {
    const scores = Float64Array.of(2, 1, 2, 2, 3, 1)
    const bins = binByScore(scores, Float64Array.of(1, 2, 3, 4, 5, 6), 6)
    expect([...bins.scores]).toEqual([1, 2, 3])
    expect([...bins.counts]).toEqual([2, 3, 1])
    expect([...bins.values]).toEqual([4, 8 / 3, 5])
    expect(interpolate(bins.scores, bins.values, 2.5)).toBeCloseTo((8 / 3 + 5) / 2, 12)
  })
})

describe('routes', () => {
  const { scores, outcomes } = sample(7, 0.001)
  const events = outcomes.map((value) => (value < -0.01 ? 1 : 0))
  const rows = Int32Array.from({ length: ROWS }, (_, i) => i)
  const heldOut: HeldOut = {
    kind: 'heldOut',
    implementation: 'some route/1',
    rows,
    excessReturn: scores,
    downsideProbability: scores.map((score) => 1 / (1 + Math.exp(score))),
  }
  const outcome = {
    excessReturn: outcomes,
    downsideEvent: events,
    bars: 400,
    blockOfBar: Int32Array.from({ length: 400 }, (_, bar) => Math.floor(bar / 20)),
  }

  it('of any unit become basis points and probabilities; a missing output stays missing', () => {
    const calibration = fitted(calibrate(heldOut, outcome))
    const both = calibrated(calibration, heldOut)
    expect(both.excessReturnBps!.every((bps) => Math.abs(bps) < 200)).toBe(true)
    const half = fitted(calibrate({ ...heldOut, downsideProbability: null }, outcome))
    expect(calibrated(half, heldOut).downsideProbability).toBeNull()
    expect(JSON.parse(JSON.stringify(calibration))).toEqual(calibration)
  })

  it('that cannot be calibrated are refused by name', () => {
    const flat = { ...heldOut, excessReturn: new Float64Array(ROWS) }
    expect(calibrate(flat, outcome)).toMatchObject({
      reason: 'some route/1: returns: all scores are equal',
    })
  })

  const part = (weight: number, bps: number[], p: number[] | null = [0.1, 0.2]): BlendPart => ({
    implementation: `route ${weight}`,
    weight,
    forecast: {
      excessReturnBps: Float64Array.from(bps),
      downsideProbability: p === null ? null : Float64Array.from(p),
    },
  })

  it('are blended by their weights, without a stand-in for what one of them lacks', () => {
    const result = fitted(blend([part(0.75, [4, 8]), part(0.25, [8, Number.NaN], [0.5, 0.2])]))
    expect([...result.excessReturnBps!]).toEqual([5, Number.NaN])
    expect(result.downsideProbability![0]).toBeCloseTo(0.2, 12)
  })

  it('are not blended with weights that do not sum to 1, or with a route that lacks an output', () => {
    expect(blend([part(0.75, [1]), part(0.5, [1])])).toEqual({
      kind: 'refused',
      reason: 'weights must lie in [0, 1] and sum to 1: route 0.75 0.75, route 0.5 0.5',
    })
    expect(blend([])).toMatchObject({ reason: expect.stringContaining('none') })
    expect(blend([part(0.5, [1]), part(0.5, [1], null)])).toMatchObject({
      reason: 'route 0.5 has no downsideProbability to blend',
    })
  })
})
