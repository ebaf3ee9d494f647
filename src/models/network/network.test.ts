import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import type { ModelJson } from '../learner.ts'
import { DEFAULT_PREPARATION, fitPreparation, regressorNames } from '../linear/preparation.ts'
import { toyPanel } from '../validation/test-kit.ts'
import { initialParameters, parameterBlocks, parameterCount, type SetPart } from './architecture.ts'
import { multiply } from './dense.ts'
import { groupByHour } from './hours.ts'
import { readNetwork } from './network-json.ts'
import { type Network, networkModel } from './network-model.ts'
import { fitTargets } from './targets.ts'

const BARS = 60
const { data } = toyPanel({ seed: 2, names: 12, bars: BARS })
const rows = Int32Array.from(data.isUsed.keys()).filter((row) => data.isUsed[row] === 1)

/** A network whose parameters are all random, heads too. */
function networkOf(set: SetPart): Network {
  const preparation = fitPreparation(data.features, rows, DEFAULT_PREPARATION)
  const targets = fitTargets(data.labels, rows)
  if (preparation.kind === 'refused' || targets.kind === 'refused') throw new Error('refused')
  const inputs = regressorNames(preparation).length
  const architecture = { set, inputs, width: 10, setWidth: 6, points: 3 }
  const random = createRandom(4)
  const parameters = initialParameters(architecture, random).map(
    (value) => value + 0.3 * random.normal(),
  )
  const training = {
    trainer: 'none',
    seed: 4,
    settings: {},
    hours: BARS,
    validationHours: 0,
    trainingLoss: [null],
    validationLoss: null,
    bestEpoch: 0,
  }
  return { architecture, parameters, preparation, targets, training }
}

const SETS: readonly SetPart[] = ['none', 'pooling', 'inducing', 'full']
const hourOf = (bar: number): Int32Array => rows.filter((row) => row % BARS === bar)

describe.each(SETS)('a network with the set part %s', (set) => {
  const model = networkModel(networkOf(set))
  const { excessReturn, downsideProbability } = model.predict(data.features, rows)

  it('forecasts the same in whatever order members are given', () => {
    const turned = rows.toReversed()
    const other = model.predict(data.features, turned)
    turned.forEach((_, i) => {
      const place = rows.length - 1 - i
      expect(other.excessReturn![i]).toBeCloseTo(excessReturn![place]!, 12)
      expect(other.downsideProbability![i]).toBeCloseTo(downsideProbability![place]!, 12)
    })
  })

  it('forecasts an hour as it does among other hours', () => {
    const hour = hourOf(30)
    const alone = model.predict(data.features, hour)
    hour.forEach((row, i) => {
      expect(alone.excessReturn![i]).toBe(excessReturn![rows.indexOf(row)])
    })
  })

  it(`changes with another member ${set === 'none' ? 'not at all' : 'of the hour only'}`, () => {
    const [changed, ...others] = hourOf(30)
    const columns = data.features.columns.map((column) => column.with(changed!, 0.9))
    const other = model.predict({ ...data.features, columns }, rows).excessReturn!
    const isMoved = (row: number): boolean =>
      Math.abs(other[rows.indexOf(row)]! - excessReturn![rows.indexOf(row)]!) > 1e-9
    expect(isMoved(changed!)).toBe(true)
    expect(others.every(isMoved)).toBe(set !== 'none')
    expect([...hourOf(29), ...hourOf(31)].some(isMoved)).toBe(false)
  })

  it('comes back from its JSON to the bit', () => {
    const read = readNetwork(JSON.parse(JSON.stringify(model.toJson())) as ModelJson)
    if (read.kind === 'refused') throw new Error(read.reason)
    expect(read.model.implementation).toBe(model.implementation)
    expect(read.model.predict(data.features, rows)).toEqual({ excessReturn, downsideProbability })
    expect(read.model.toJson()).toEqual(model.toJson())
  })
})

it('lays all parameters out one after the other', () => {
  const { architecture } = networkOf('inducing')
  let next = 0
  for (const { offset, length, shape } of parameterBlocks(architecture)) {
    expect(offset).toBe(next)
    expect(length).toBe(shape.reduce((a, b) => a * b, 1))
    next += length
  }
  expect(parameterCount(architecture)).toBe(next)
})

it('a file that is damaged is refused by the place that is wrong', () => {
  const good = JSON.parse(JSON.stringify(networkModel(networkOf('inducing')).toJson()))
  const parameters = good.parameters
  const point = { ...parameters.points, shape: [2, 6] }
  const broken: [object, string][] = [
    [{ implementation: 'pickle/4' }, 'implementation is "pickle/4", none of'],
    [{ implementation: 'set-pooling-network/1' }, 'architecture.set is "inducing", not pooling'],
    [{ preparation: 7 }, 'preparation: no object'],
    [{ architecture: { ...good.architecture, width: 0 } }, 'architecture.width is 0'],
    [{ architecture: { ...good.architecture, inputs: 99 } }, 'but there are 5 regressors'],
    [{ targets: { ...good.targets, eventShare: 1 } }, 'targets.eventShare is 1'],
    [{ targets: { ...good.targets, excessMean: null } }, 'targets.excessMean is null'],
    [{ parameters: { ...parameters, points: point } }, 'points has the shape [2,6], not [3,6]'],
    [{ parameters: { ...parameters, points: undefined } }, 'parameters: points is missing'],
    [{ training: null }, 'training is no object'],
  ]
  for (const [change, reason] of broken) {
    const read = readNetwork({ ...good, ...change })
    expect(read).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) })
  }
})

it('brings rows together by hour and knows where each was', () => {
  const { bars, starts, rows: sorted, places } = groupByHour(Int32Array.of(9, 2, 14, 7), 5)
  expect([...bars]).toEqual([2, 4])
  expect([...starts]).toEqual([0, 2, 4])
  expect([...sorted]).toEqual([2, 7, 9, 14])
  expect([...places]).toEqual([1, 3, 0, 2])
})

it('multiplies matrices of any size', () => {
  const random = createRandom(3)
  for (const [rows, inner, outer] of [
    [1, 1, 1],
    [5, 7, 9],
    [4, 3, 8],
    [3, 2, 2],
  ] as const) {
    const a = Float64Array.from({ length: rows * inner }, () => random.normal())
    const b = Float64Array.from({ length: inner * outer }, () => random.normal())
    const product = new Float64Array(rows * outer)
    multiply(product, a, b, { rows, inner, outer })
    product.forEach((value, at) => {
      let sum = 0
      for (let k = 0; k < inner; k++) {
        sum += a[Math.floor(at / outer) * inner + k]! * b[k * outer + (at % outer)]!
      }
      expect(value).toBe(sum)
    })
  }
})

it('labels that teach nothing are refused', () => {
  const same = { ...data.labels, excessReturn: data.labels.excessReturn.map(() => 0.1) }
  const calm = { ...data.labels, downsideEvent: data.labels.downsideEvent.map(() => 0) }
  expect(fitTargets(data.labels, new Int32Array(0))).toMatchObject({
    reason: 'no training rows qualify',
  })
  expect(fitTargets(same, rows)).toMatchObject({ reason: expect.stringContaining('same excess') })
  expect(fitTargets(calm, rows)).toMatchObject({ reason: expect.stringContaining('the event 0') })
})
