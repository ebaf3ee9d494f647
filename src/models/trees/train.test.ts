import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import { forecastOf, scoreRow, scoreTrees } from './model.ts'
import { trainTrees } from './train.ts'
import { problemOfTraining, type TreeTraining } from './training.ts'

const ROWS = 1500

/** Five columns of [0, 1), of which two matter, and a target with noise of variance 1/12. */
function sample(seed: number) {
  const random = createRandom(seed)
  const columns = Array.from({ length: 5 }, () => Float32Array.from({ length: ROWS }, random.next))
  const target = Float64Array.from({ length: ROWS }, (_, i) => {
    const [a, b] = [columns[0]![i]!, columns[1]![i]!]
    return Math.sin(6 * a) + (b > 0.7 ? 1 : 0) + random.next()
  })
  return { columns, target }
}

const mean = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const meanSquare = (values: Float64Array, target: Float64Array): number =>
  mean(values.map((value, i) => (value - target[i]!) ** 2))

const known = sample(1)
const unseen = sample(2)
const rows = Int32Array.from({ length: ROWS / 2 }, (_, i) => 2 * i)
const validation = rows.map((row) => row + 1)

describe('boosted trees', () => {
  it('learn a function and hold it on rows they have not seen', () => {
    const model = trainTrees({ ...known, seed: 3, parameters: { trees: 60 } })
    const error = meanSquare(scoreTrees(model, unseen.columns), unseen.target)
    expect(error).toBeLessThan(0.12)
    expect(error).toBeGreaterThan(1 / 12)
  })

  it('learn nothing from a shuffled target', () => {
    const random = createRandom(7)
    const target = known.target.slice()
    for (let i = target.length - 1; i > 0; i--) {
      const j = random.integer(i + 1)
      ;[target[i], target[j]] = [target[j]!, target[i]!]
    }
    const model = trainTrees({ columns: known.columns, target, seed: 3, parameters: { trees: 20 } })
    const flat = unseen.target.map(() => mean(unseen.target))
    const error = meanSquare(scoreTrees(model, unseen.columns), unseen.target)
    expect(error).toBeGreaterThan(0.98 * meanSquare(flat, unseen.target))
  })

  it('score a row by itself as among others', () => {
    const model = trainTrees({ ...known, seed: 3, parameters: { trees: 10 } })
    const scores = scoreTrees(model, known.columns, Int32Array.of(8, 3))
    const row = (i: number) => known.columns.map((column) => column[i]!)
    expect([...scores]).toEqual([scoreRow(model, row(8)), scoreRow(model, row(3))])
  })

  it('send missing values where they belong', () => {
    const random = createRandom(5)
    const column = Float32Array.from({ length: ROWS }, (_, i) =>
      i % 3 === 0 ? Number.NaN : i % 3 === 1 ? Number.POSITIVE_INFINITY : random.next(),
    )
    const target = Float64Array.from(column, (value) => (value < 0.3 || !(value < 2) ? 1 : 0))
    const model = trainTrees({ columns: [column], target, seed: 1, parameters: { l2: 0 } })
    for (const [value, score] of [
      [Number.NaN, 1],
      [Number.NEGATIVE_INFINITY, 1],
      [0.2, 1],
      [0.4, 0],
      [1e30, 0],
    ] as const) {
      expect(scoreRow(model, [value])).toBeCloseTo(score, 3)
    }
  })

  it('split missing values from all others where nothing else tells', () => {
    const column = Float32Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? Number.NaN : 5))
    const target = Float64Array.from(column, (value) => (value === 5 ? 2 : -1))
    const model = trainTrees({ columns: [column], target, seed: 1 })
    expect(scoreRow(model, [Number.NaN])).toBeLessThan(-0.9)
    expect(scoreRow(model, [3e38])).toBeGreaterThan(1.9)
  })

  it('hold their limits on leaves, depth, rows and hessians', () => {
    const limits = { trees: 5, leavesMax: 12, depthMax: 4, rowsMin: 30 }
    const { trees } = trainTrees({ ...known, seed: 1, parameters: limits })
    for (const { feature, rows: counts, child } of trees) {
      const leaves = [...feature.keys()].filter((node) => feature[node] === -1)
      expect(leaves.length).toBeLessThanOrEqual(12)
      expect(Math.min(...leaves.map((node) => counts[node]!))).toBeGreaterThanOrEqual(30)
      const depth = (node: number): number =>
        feature[node] === -1 ? 0 : 1 + Math.max(depth(child[node]!), depth(child[node]! + 1))
      expect(depth(0)).toBeLessThanOrEqual(4)
    }
    const heavy = { trees: 1, hessianMin: 500 }
    const weights = known.target.map(() => 2)
    const [tree] = trainTrees({ ...known, weights, seed: 1, parameters: heavy }).trees
    expect(Math.min(...tree!.rows)).toBeGreaterThanOrEqual(250)
  })

  it('shrink leaves by both penalties: -T(G) / (H + l2)', () => {
    const columns = [Float32Array.of(0, 0, 1, 1)]
    const target = Float64Array.of(1, 3, 11, 9)
    const parameters = { trees: 1, learningRate: 0.5, rowsMin: 1, l1: 3, l2: 2 }
    const [tree] = trainTrees({ columns, target, seed: 1, parameters }).trees
    // The mean is 6: gradients sum to 8 on the left and to -8 on the right, hessians to 2.
    expect([...tree!.value]).toEqual([0, (0.5 * -5) / 4, (0.5 * 5) / 4])
    expect(tree!.gain[0]).toBeCloseTo(2 * (25 / 4), 5)
    const strict = { ...parameters, l1: 9 }
    expect(trainTrees({ columns, target, seed: 1, parameters: strict }).trees[0]!.value).toEqual(
      Float64Array.of(0),
    )
  })

  it('count a row of weight 2 as two rows', () => {
    const columns = [Float32Array.of(0, 1, 2, 3)]
    const target = Float64Array.of(1, 5, 2, 8)
    const parameters = { trees: 3, rowsMin: 1 }
    const weights = Float64Array.of(1, 2, 1, 1)
    const weighted = trainTrees({ columns, target, weights, seed: 1, parameters })
    const doubled = trainTrees({
      columns: [Float32Array.of(0, 1, 1, 2, 3)],
      target: Float64Array.of(1, 5, 5, 2, 8),
      seed: 1,
      parameters,
    })
    for (const x of [0, 1, 2, 3]) {
      expect(scoreRow(weighted, [x])).toBeCloseTo(scoreRow(doubled, [x]), 8)
    }
  })

  it('grow each tree from its share of rows and features, drawn by the seed', () => {
    const parameters = { trees: 8, rowShare: 0.6, columnShare: 0.4 }
    const model = trainTrees({ ...known, seed: 3, parameters })
    for (const { rows: counts, feature } of model.trees) {
      expect(counts[0]).toBe(0.6 * ROWS)
      expect(new Set(feature.filter((f) => f >= 0)).size).toBeLessThanOrEqual(2)
    }
    expect(trainTrees({ ...known, seed: 3, parameters })).toEqual(model)
    expect(trainTrees({ ...known, seed: 4, parameters }).trees).not.toEqual(model.trees)
  })

  it('end early and keep the trees up to the least validation loss', () => {
    const parameters = { trees: 400, learningRate: 0.3, patience: 5, rowsMin: 5 }
    const model = trainTrees({ ...known, rows, validation, seed: 1, parameters })
    const { losses } = model.validation!
    const best = losses.indexOf(Math.min(...losses))
    expect(model.trees).toHaveLength(best + 1)
    expect(losses).toHaveLength(best + 6)
    const scores = scoreTrees(model, known.columns, validation)
    const target = Float64Array.from(validation, (row) => known.target[row]!)
    expect(Math.sqrt(meanSquare(scores, target))).toBeCloseTo(losses[best]!, 12)
  })

  it('say how far they are', () => {
    const seen: number[] = []
    const onProgress = ({ trees }: { trees: number }) => void seen.push(trees)
    trainTrees({ ...known, seed: 1, parameters: { trees: 3 }, onProgress })
    expect(seen).toEqual([1, 2, 3])
  })

  it('learn probabilities by the logistic loss', () => {
    const events = (target: Float64Array) => target.map((value) => (value > 1.4 ? 1 : 0))
    const target = events(known.target)
    const parameters = { loss: 'logistic', trees: 40 } as const
    const model = trainTrees({ columns: known.columns, target, seed: 1, parameters })
    const chances = scoreTrees(model, unseen.columns).map((score) => forecastOf('logistic', score))
    const truth = events(unseen.target)
    expect(mean(chances)).toBeCloseTo(mean(truth), 1)
    const flat = truth.map(() => mean(truth))
    expect(meanSquare(chances, truth)).toBeLessThan(0.6 * meanSquare(flat, truth))
  })
})

describe('a training that cannot be', () => {
  const base: TreeTraining = { ...known, seed: 1 }
  it.each<[string, Partial<TreeTraining>, string]>([
    ['no column', { columns: [] }, 'columns: there is none'],
    ['short target', { target: new Float64Array(3) }, 'target has 3 rows, the columns have 1500'],
    ['names that repeat', { features: ['a', 'b', 'a', 'd', 'e'] }, 'features: a is named twice'],
    ['no row', { rows: new Int32Array() }, 'rows: there is none to train on'],
    ['row beyond', { rows: Int32Array.of(0, 1500) }, 'rows: row 1500, there are 1500'],
    ['row twice', { rows: Int32Array.of(4, 4) }, 'rows: row 4 is given twice'],
    [
      'a validation row that is trained on',
      { rows: Int32Array.of(4, 5), validation: Int32Array.of(5) },
      'validation: row 5 is given twice',
    ],
    ['patience alone', { parameters: { patience: 3 } }, 'patience is set, but there are no'],
    [
      'leaves',
      { parameters: { leavesMax: 1 } },
      'leavesMax is 1, allowed are whole numbers from 2',
    ],
    ['rate', { parameters: { learningRate: 0 } }, 'learningRate is 0, allowed are numbers above 0'],
    ['half a tree', { parameters: { trees: 1.5 } }, 'trees is 1.5, allowed are whole numbers'],
    ['bins', { parameters: { binsMax: 256 } }, 'binsMax is 256, allowed are whole numbers from 2'],
    ['constraint', { parameters: { monotone: { z: 1 } } }, 'monotone names z, which is no feature'],
    ['target', { target: known.target.with(7, Number.NaN) }, 'target[7] is NaN'],
    ['events', { parameters: { loss: 'logistic' } }, 'logistic allows 0 and 1'],
    [
      'one kind of event',
      { parameters: { loss: 'logistic' }, target: new Float64Array(ROWS) },
      'every row to train on is 0',
    ],
    ['no groups', { parameters: { loss: 'pairwise' } }, 'groups: pairwise needs them'],
    ['groups', { groups: new Int32Array(ROWS) }, 'groups: squared knows none'],
    [
      'grades',
      { parameters: { loss: 'ndcg' }, groups: new Int32Array(ROWS) },
      'ndcg allows whole grades from 0 to 31',
    ],
    ['weights', { weights: new Float64Array(ROWS) }, 'weights: all are 0'],
  ])('is told by its reason: %s', (_, change, reason) => {
    expect(problemOfTraining({ ...base, ...change })).toContain(reason)
    expect(() => trainTrees({ ...base, ...change })).toThrow(reason)
  })
})
