import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import type { FeatureMatrix, LabelColumns } from '../learner.ts'
import { readLinear } from './linear-json.ts'
import { linearLearner } from './linear-model.ts'
import { fitLogistic, logistic } from './logistic.ts'
import { BLOCK_ROWS } from './normal-equations.ts'
import {
  DEFAULT_PREPARATION,
  fillRows,
  fitPreparation,
  forEachBlock,
  regressorNames,
} from './preparation.ts'
import { chooseRidge, collectMoments, fitRidge, meanSquaredError } from './ridge.ts'

const ROWS = 1500

function example(seed: number): {
  features: FeatureMatrix
  labels: LabelColumns
  rows: Int32Array
} {
  const random = createRandom(seed)
  const make = (of: (i: number) => number) => Float32Array.from({ length: ROWS }, (_, i) => of(i))
  const a = make(() => 5 + 3 * random.normal())
  const b = make((i) => 0.5 * a[i]! + random.normal())
  const c = make(() => (random.next() < 0.1 ? Number.NaN : 1e-4 * random.normal()))
  const d = make(() => 7)
  const excessReturn = make((i) => 0.01 * a[i]! - 0.02 * b[i]! + 0.05 * random.normal())
  const downsideEvent = make((i) => (random.next() < logistic(a[i]! - 6) ? 1 : 0))
  const features = { names: ['a', 'b', 'c', 'd'], columns: [a, b, c, d], bars: ROWS }
  // Not all rows, so that indices and positions differ.
  const rows = Int32Array.from({ length: 1111 }, (_, i) => i + 300)
  return { features, labels: { excessReturn, downsideEvent }, rows }
}

/** The regressors as plain rows. */
function plainRows({ features, rows }: ReturnType<typeof example>): number[][] {
  const preparation = prepared(features, rows)
  const size = regressorNames(preparation).length
  const all: number[][] = []
  forEachBlock(preparation, features, rows, (block, _start, count) => {
    for (let i = 0; i < count; i++) {
      all.push(Array.from({ length: size }, (_, j) => block[j * BLOCK_ROWS + i]!))
    }
  })
  return all
}

function prepared(features: FeatureMatrix, rows: Int32Array) {
  const preparation = fitPreparation(features, rows)
  if (preparation.kind === 'refused') throw new Error(preparation.reason)
  return preparation
}

describe('preparation', () => {
  const { features, rows } = example(1)
  const plain = (f: number): number[] =>
    [...rows]
      .map((row) => features.columns[f]![row]!)
      .filter(Number.isFinite)
      .sort((x, y) => x - y)

  it('cuts at quantiles, fills with the median and standardises, by the rows it was given', () => {
    const { columns } = prepared(features, rows)
    for (const f of [0, 1, 2]) {
      const sorted = plain(f)
      const cut = Math.floor(0.005 * sorted.length)
      const { low, high, median, mean, deviation, missingShare } = columns[f]!
      expect(low).toBe(sorted[cut])
      expect(high).toBe(sorted[sorted.length - 1 - cut])
      const middle = (sorted.length - 1) / 2
      expect(median).toBe((sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2)
      expect(missingShare).toBeCloseTo(1 - sorted.length / rows.length, 14)
      const filled = [...rows].map((row) => {
        const value = features.columns[f]![row]!
        return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : median
      })
      const centre = filled.reduce((sum, value) => sum + value, 0) / rows.length
      expect(mean).toBeCloseTo(centre, 12)
      const squares = filled.reduce((sum, value) => sum + (value - centre) ** 2, 0)
      expect(deviation).toBeCloseTo(Math.sqrt(squares / rows.length), 12)
    }
    expect(columns[3]).toMatchObject({ mean: 7, deviation: 1, low: 7, high: 7 })
  })

  it('adds a column of flags where values are missing, and nothing is NaN', () => {
    expect(regressorNames(prepared(features, rows))).toEqual(['a', 'b', 'c', 'd', 'c missing'])
    const all = plainRows({ ...example(1) })
    expect(all.flat().every(Number.isFinite)).toBe(true)
    expect(all.every((row) => row[3] === 0)).toBe(true)
    expect(new Set(all.map((row) => row[4]!.toFixed(6))).size).toBe(2)
  })

  it('is refused without rows and where no feature has a value', () => {
    expect(fitPreparation(features, new Int32Array(0))).toEqual({
      kind: 'refused',
      reason: 'no training rows qualify',
    })
    const empty = features.columns.map(() => new Float32Array(ROWS).fill(Number.NaN))
    expect(fitPreparation({ ...features, columns: empty }, rows)).toMatchObject({
      reason: `no feature has a value in ${rows.length} training rows`,
    })
  })

  it('makes a feature without any value 0 for good, and says so', () => {
    const late = Float32Array.from({ length: ROWS }, (_, row) => (row < 1411 ? Number.NaN : 5))
    const matrix = { ...features, columns: [...features.columns.slice(0, 3), late] }
    const preparation = prepared(matrix, rows)
    expect(preparation.columns[3]).toMatchObject({ name: 'd', missingShare: 1, hasFlag: false })
    forEachBlock(preparation, matrix, Int32Array.of(1450), (block) => {
      expect(block[3 * BLOCK_ROWS]).toBe(0)
    })
  })
})

it('rows at places of their own hold what blocks hold, in single precision', () => {
  const data = example(3)
  const preparation = prepared(data.features, data.rows)
  const plain = plainRows(data)
  const stride = plain[0]!.length + 2
  const into = new Float32Array(stride * data.rows.length).fill(9)
  const places = data.rows.map((_, i) => data.rows.length - 1 - i)
  const { features, rows } = data
  fillRows(into, stride, { rows, places }, { preparation, features })
  plain.toReversed().forEach((row, i) => {
    const written = [...into.subarray(i * stride, (i + 1) * stride)]
    expect(written).toEqual([...row.map(Math.fround), 9, 9])
  })
})

describe('ridge', () => {
  const data = example(2)
  const { features, labels, rows } = data
  const moments = collectMoments(prepared(features, rows), features, labels.excessReturn, rows)
  const x = plainRows(data)
  const y = [...rows].map((row) => labels.excessReturn[row]!)

  it('solves the penalised normal equations: the gradient of the plain objective is zero', () => {
    for (const l2 of [1e-6, 0.1, 10]) {
      const fit = fitRidge(moments, l2)
      if (fit.kind === 'refused') throw new Error(fit.reason)
      const residual = x.map(
        (row, i) =>
          y[i]! - fit.intercept - row.reduce((sum, v, j) => sum + v * fit.coefficients[j]!, 0),
      )
      expect(residual.reduce((sum, r) => sum + r, 0) / rows.length).toBeCloseTo(0, 12)
      fit.coefficients.forEach((coefficient, j) => {
        const slope = residual.reduce((sum, r, i) => sum + r * x[i]![j]!, 0) / rows.length
        expect(slope - l2 * coefficient).toBeCloseTo(0, 11)
      })
      const error = residual.reduce((sum, r) => sum + r * r, 0) / rows.length
      expect(meanSquaredError(moments, fit)).toBeCloseTo(error, 12)
    }
  })

  it('is refused where regressors are collinear and nothing is penalised', () => {
    expect(fitRidge(moments, 0)).toMatchObject({ kind: 'refused' })
  })

  it('chooses the penalty with the least validation error, and needs validation rows for it', () => {
    const far = Int32Array.from({ length: 300 }, (_, i) => i)
    const validation = collectMoments(prepared(features, rows), features, labels.excessReturn, far)
    const penalties = [1e-4, 0.1, 100]
    const errors = penalties.map((l2) => {
      const fit = fitRidge(moments, l2)
      return fit.kind === 'refused' ? Number.NaN : meanSquaredError(validation, fit)
    })
    const chosen = chooseRidge(moments, validation, penalties)
    expect(chosen).toMatchObject({ l2: penalties[errors.indexOf(Math.min(...errors))] })
    const nothing = collectMoments(prepared(features, rows), features, new Float32Array(ROWS), rows)
    expect(chooseRidge(nothing, nothing, penalties)).toMatchObject({ l2: 100 })
    expect(chooseRidge(moments, null, penalties)).toMatchObject({
      reason: 'choosing among 3 penalties needs validation rows',
    })
  })
})

describe('logistic regression', () => {
  const data = example(4)
  const { features, labels, rows } = data
  const x = plainRows(data)
  const y = [...rows].map((row) => labels.downsideEvent[row]!)

  it('ends where the gradient of the plain penalised loss is zero', () => {
    for (const l2 of [0.001, 0.1, 5]) {
      const fit = fitLogistic(prepared(features, rows), features, labels.downsideEvent, {
        rows,
        l2,
      })
      if (fit.kind === 'refused') throw new Error(fit.reason)
      const residual = x.map(
        (row, i) =>
          logistic(fit.intercept + row.reduce((sum, v, j) => sum + v * fit.coefficients[j]!, 0)) -
          y[i]!,
      )
      expect(Math.abs(residual.reduce((sum, r) => sum + r, 0) / rows.length)).toBeLessThan(2e-8)
      fit.coefficients.forEach((coefficient, j) => {
        const slope = residual.reduce((sum, r, i) => sum + r * x[i]![j]!, 0) / rows.length
        expect(Math.abs(slope + l2 * coefficient)).toBeLessThan(2e-8)
      })
    }
  })

  it('finds the slope that the events were drawn with', () => {
    const fit = fitLogistic(prepared(features, rows), features, labels.downsideEvent, {
      rows,
      l2: 1e-6,
    })
    const deviation = prepared(features, rows).columns[0]!.deviation
    expect(fit.kind === 'fitted' && fit.coefficients[0]! / deviation).toBeCloseTo(1, 0)
  })

  it('ends there as well when cross products are measured on some of many rows only', () => {
    const count = 150_001
    const random = createRandom(9)
    const column = Float32Array.from({ length: count }, () => random.normal())
    const events = Float32Array.from(column, (v) => (random.next() < logistic(3 * v - 2) ? 1 : 0))
    const matrix = { names: ['x'], columns: [column], bars: count }
    const all = Int32Array.from({ length: count }, (_, i) => i)
    const preparation = prepared(matrix, all)
    const fit = fitLogistic(preparation, matrix, events, { rows: all, l2: 0.01 })
    if (fit.kind === 'refused') throw new Error(fit.reason)
    const [slope] = fit.coefficients
    let [gradient, level] = [0.01 * slope!, 0]
    const { low, high, mean, deviation } = preparation.columns[0]!
    column.forEach((v, i) => {
      const z = (Math.min(high, Math.max(low, v)) - mean) / deviation
      const residual = (logistic(fit.intercept + slope! * z) - events[i]!) / count
      gradient += residual * z
      level += residual
    })
    expect(Math.abs(gradient)).toBeLessThan(2e-8)
    expect(Math.abs(level)).toBeLessThan(2e-8)
  })

  it('is refused where every row has the same event', () => {
    const same = new Float32Array(ROWS)
    const fit = fitLogistic(prepared(features, rows), features, same, { rows, l2: 1 })
    expect(fit).toMatchObject({ reason: `all ${rows.length} training rows have the event 0` })
  })
})

describe('the linear learner', () => {
  const { features, labels, rows } = example(5)
  const input = { features, labels, rows, validationRows: new Int32Array(0), seed: 1 }
  const learner = linearLearner()

  it('forecasts both, names what it is, and leaves rows without a label out of its fit', () => {
    const trained = learner.train(input)
    if (trained.kind === 'refused') throw new Error(trained.reason)
    const forecast = trained.model.predict(features, rows)
    expect(forecast.excessReturn).toHaveLength(rows.length)
    expect(forecast.downsideProbability!.every((p) => p > 0 && p < 1)).toBe(true)
    expect(trained.model.toJson()).toMatchObject({ implementation: learner.implementation })
    const excessReturn = labels.excessReturn.map((value, row) => (row === 500 ? Number.NaN : value))
    const partly = learner.train({ ...input, labels: { ...labels, excessReturn } })
    const json = partly.kind === 'trained' ? partly.model.toJson() : {}
    expect(json).toMatchObject({ ridge: { trainingRows: rows.length - 1 } })
  })

  it('is read back from JSON to forecast the same to the bit, and refused where it is broken', () => {
    const trained = learner.train(input)
    if (trained.kind === 'refused') throw new Error(trained.reason)
    const json = JSON.parse(JSON.stringify(trained.model.toJson()))
    const again = readLinear(json)
    if (again.kind === 'refused') throw new Error(again.reason)
    expect(again.model.predict(features, rows)).toEqual(trained.model.predict(features, rows))
    expect(again.model.toJson()).toEqual(trained.model.toJson())
    const reason = (more: object): unknown => ({ ...readLinear({ ...json, ...more }) })
    expect(reason({ implementation: 'histogram-trees/1' })).toMatchObject({
      reason: 'implementation is "histogram-trees/1", not ridge-and-logistic/1',
    })
    expect(reason({ ridge: { ...json.ridge, coefficients: [1] } })).toMatchObject({
      reason: 'ridge has 1 coefficients for 5 regressors',
    })
    expect(reason({ logistic: { ...json.logistic, intercept: null } })).toMatchObject({
      reason: 'logistic.intercept is null',
    })
    const columns = json.preparation.columns.map((c: object) => ({ ...c, deviation: 0 }))
    expect(reason({ preparation: { ...json.preparation, columns } })).toMatchObject({
      reason: 'preparation: columns[0].deviation is 0, not above 0',
    })
  })

  it('knows nothing of rows it was not given', () => {
    const other = features.columns.map((column) =>
      column.map((value, row) => (row < 300 || row > 1410 ? 1e6 : value)),
    )
    const changed = learner.train({ ...input, features: { ...features, columns: other } })
    const same = learner.train(input)
    const json = (trained: typeof same) =>
      trained.kind === 'trained' ? JSON.stringify(trained.model.toJson()) : ''
    expect(json(changed)).toBe(json(same))
  })

  it('does not depend on the units of its features', () => {
    const columns = features.columns.map((column, f) => column.map((v) => (f === 1 ? -4 : 0.5) * v))
    const forecasts = [features, { ...features, columns }].map((matrix) => {
      const trained = learner.train({ ...input, features: matrix })
      if (trained.kind === 'refused') throw new Error(trained.reason)
      return trained.model.predict(matrix, rows)
    })
    for (const key of ['excessReturn', 'downsideProbability'] as const) {
      const [a, b] = forecasts.map((forecast) => forecast[key]!)
      expect(Math.max(...a!.map((value, i) => Math.abs(value - b![i]!)))).toBeLessThan(1e-7)
    }
  })

  it('is refused when no rows qualify', () => {
    expect(learner.train({ ...input, rows: new Int32Array(0) })).toEqual({
      kind: 'refused',
      reason: 'no training rows qualify',
    })
    expect(DEFAULT_PREPARATION.winsorShare).toBe(0.005)
  })
})
