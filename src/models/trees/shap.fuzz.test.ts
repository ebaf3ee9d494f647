import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import { treeImportance } from './importance.ts'
import { scoreTrees, type TreesModel } from './model.ts'
import { explainTrees } from './shap.ts'
import { trainTrees } from './train.ts'
import type { Tree } from './tree.ts'

const FEATURES = 4
const ROWS = 120

function trained(seed: number) {
  const random = createRandom(seed)
  const columns = Array.from({ length: FEATURES }, () =>
    Float32Array.from({ length: ROWS }, () => (random.next() < 0.1 ? Number.NaN : random.normal())),
  )
  const target = Float64Array.from({ length: ROWS }, (_, i) => {
    const [a, b, c] = columns.map((column) => column[i]! || 0)
    return a! * b! + Math.sin(3 * c!) + random.normal() / 3
  })
  const parameters = { trees: 3, leavesMax: 12, rowsMin: 2, l2: 0 }
  return { columns, model: trainTrees({ columns, target, seed, parameters }) }
}

/** Value of a tree when only the features of a set are known, by its definition. */
function expectation(tree: Tree, row: readonly number[], known: number, node = 0): number {
  const feature = tree.feature[node]!
  if (feature < 0) return tree.value[node]!
  const left = tree.child[node]!
  if ((known >> feature) & 1) {
    const value = row[feature]!
    const goesLeft = Number.isNaN(value)
      ? tree.missingLeft[node] === 1
      : value <= tree.threshold[node]!
    return expectation(tree, row, known, goesLeft ? left : left + 1)
  }
  const share = tree.rows[left]! / tree.rows[node]!
  return (
    share * expectation(tree, row, known, left) +
    (1 - share) * expectation(tree, row, known, left + 1)
  )
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))

/** Shapley value of a feature over all sets of the others. */
function shapley({ trees }: TreesModel, row: readonly number[], feature: number): number {
  let sum = 0
  for (let known = 0; known < 2 ** FEATURES; known++) {
    if ((known >> feature) & 1) continue
    const size = known.toString(2).replaceAll('0', '').length
    const weight = (factorial(size) * factorial(FEATURES - size - 1)) / factorial(FEATURES)
    for (const tree of trees) {
      sum +=
        weight * (expectation(tree, row, known | (1 << feature)) - expectation(tree, row, known))
    }
  }
  return sum
}

describe('Shapley values of trees', () => {
  it('are those over all sets of features, and sum to the score', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { columns, model } = trained(seed)
        const rows = Int32Array.of(3, 50, 119)
        const { expected, values } = explainTrees(model, columns, rows)
        const scores = scoreTrees(model, columns, rows)
        rows.forEach((at, i) => {
          const row = columns.map((column) => column[at]!)
          const own = values.subarray(i * FEATURES, (i + 1) * FEATURES)
          own.forEach((value, feature) => {
            expect(value).toBeCloseTo(shapley(model, row, feature), 10)
          })
          expect(own.reduce((sum, value) => sum + value, expected)).toBeCloseTo(scores[i]!, 10)
        })
      }),
      { numRuns: 15 },
    )
  })

  it('are nothing for a feature that no tree splits, as its importance is', () => {
    const { columns, model } = trained(1)
    const constant = new Float32Array(ROWS)
    const wider = trainTrees({
      columns: [...columns, constant],
      target: scoreTrees(model, columns),
      seed: 1,
      parameters: { trees: 5, rowsMin: 2 },
    })
    const { values } = explainTrees(wider, [...columns, constant], Int32Array.of(7))
    expect(values[4]).toBe(0)
    const { gain, splits } = treeImportance(wider)
    expect([gain[4], splits[4]]).toEqual([0, 0])
    expect(Math.min(...gain.subarray(0, 3))).toBeGreaterThan(0)
    expect(splits.reduce((sum, count) => sum + count)).toBe(
      wider.trees.reduce((sum, { feature }) => sum + feature.filter((f) => f >= 0).length, 0),
    )
  })
})
