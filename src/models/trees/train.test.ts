import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import { readTrees, writeTrees } from './json.ts'
import { scoreTrees } from './model.ts'
import { trainTrees } from './train.ts'

const ROWS = 2000

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

const meanSquare = (values: Float64Array, target: Float64Array): number =>
  values.reduce((sum, value, i) => sum + (value - target[i]!) ** 2, 0) / values.length

describe('boosted trees', () => {
  it('learn a function and hold it on rows they have not seen', () => {
    const known = sample(1)
    const unseen = sample(2)
    const model = trainTrees({ ...known, seed: 3 })
    const error = meanSquare(scoreTrees(model, unseen.columns), unseen.target)
    expect(error).toBeLessThan(0.12)
    expect(error).toBeGreaterThan(1 / 12)
  })

  it('learn nothing from a shuffled target', () => {
    const known = sample(1)
    const unseen = sample(2)
    const random = createRandom(7)
    const target = known.target.slice()
    for (let i = target.length - 1; i > 0; i--) {
      const j = random.integer(i + 1)
      ;[target[i], target[j]] = [target[j]!, target[i]!]
    }
    const model = trainTrees({ columns: known.columns, target, seed: 3 })
    const mean = unseen.target.reduce((sum, value) => sum + value, 0) / ROWS
    const error = meanSquare(scoreTrees(model, unseen.columns), unseen.target)
    expect(error).toBeGreaterThan(
      meanSquare(
        unseen.target.map(() => mean),
        unseen.target,
      ),
    )
  })

  it('score from their file as they did in training', () => {
    const { columns, target } = sample(1)
    const model = trainTrees({ columns, target, seed: 3, parameters: { trees: 20 } })
    const reading = readTrees(writeTrees(model))
    expect(reading).toEqual({ kind: 'model', model })
    if (reading.kind !== 'model') return
    expect(scoreTrees(reading.model, columns)).toEqual(scoreTrees(model, columns))
  })
})
