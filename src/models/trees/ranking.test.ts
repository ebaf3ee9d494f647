import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import { scoreTrees } from './model.ts'
import { rankingLoss } from './ranking.ts'
import { trainTrees } from './train.ts'

const HOURS = 60
const NAMES = 20

/** Names of many hours, side by side by name, whose order within the hour one column tells. */
function hours(seed: number) {
  const random = createRandom(seed)
  const length = HOURS * NAMES
  const columns = Array.from({ length: 3 }, () => Float32Array.from({ length }, random.normal))
  const groups = Int32Array.from({ length }, (_, i) => i % HOURS)
  const level = Float64Array.from({ length: HOURS }, () => 20 * random.normal())
  const target = Float64Array.from(
    { length },
    (_, i) => level[i % HOURS]! + columns[1]![i]! + random.normal(),
  )
  return { columns, groups, target }
}

const derive = (kind: 'ndcg' | 'pairwise', target: number[], scores: number[]) => {
  const rows = {
    target: Float64Array.from(target),
    weights: null,
    groups: new Int32Array(target.length),
  }
  const gradient = new Float64Array(target.length)
  const hessian = new Float64Array(target.length)
  const loss = rankingLoss(kind, rows, { truncation: null, steepness: 1 })
  loss.derive(Float64Array.from(scores), gradient, hessian)
  return { gradient, hessian, measured: loss.measure(Float64Array.from(scores)) }
}

describe('ranking', () => {
  it.each([
    'ndcg',
    'pairwise',
  ] as const)('by %s pulls a pair together by its logistic loss', (kind) => {
    const { gradient, hessian } = derive(kind, [0, 1], [0.5, 0.1])
    const p = 1 / (1 + Math.exp(-0.4))
    const weight = kind === 'pairwise' ? 1 : (1 - 1 / Math.log2(3)) / (0.01 + 0.4)
    const factor = Math.log2(1 + 2 * weight * p) / (2 * weight * p)
    expect(gradient[0]).toBeCloseTo(factor * weight * p, 12)
    expect(gradient[1]).toBeCloseTo(-factor * weight * p, 12)
    expect(hessian[0]).toBeCloseTo(factor * weight * p * (1 - p), 12)
  })

  it('leaves equal targets alone', () => {
    expect(derive('pairwise', [2, 2], [0.5, 0.1]).gradient).toEqual(new Float64Array(2))
    expect(derive('ndcg', [0, 0], [0.5, 0.1]).gradient).toEqual(new Float64Array(2))
  })

  it('measures by NDCG, and by rank correlation with mean ranks', () => {
    const best = 7 + 1 / Math.log2(3)
    const seen = 1 + 7 / Math.log2(3)
    expect(derive('ndcg', [3, 1, 0], [1, 2, 0]).measured).toBeCloseTo(1 - seen / best, 12)
    expect(derive('pairwise', [3, 1, 0], [1, 2, 0]).measured).toBeCloseTo(1 - 0.5, 12)
    expect(derive('pairwise', [1, 1, 0], [2, 1, 0]).measured).toBeCloseTo(1 - Math.sqrt(0.75), 12)
  })

  it('finds the order within hours whatever their level', () => {
    const known = hours(1)
    const unseen = hours(2)
    const measure = (scores: Float64Array) =>
      rankingLoss(
        'pairwise',
        { ...unseen, weights: null },
        { truncation: null, steepness: 1 },
      ).measure(scores)
    const parameters = { loss: 'pairwise', truncation: null, trees: 30 } as const
    const pairwise = trainTrees({ ...known, seed: 1, parameters })
    expect(measure(scoreTrees(pairwise, unseen.columns))).toBeLessThan(0.45)
    const squared = trainTrees({
      ...{ columns: known.columns, target: known.target },
      ...{ seed: 1, parameters: { trees: 30 } },
    })
    expect(measure(scoreTrees(squared, unseen.columns))).toBeGreaterThan(0.6)
  })

  it('puts the best first by NDCG', () => {
    const graded = (seed: number) => {
      const { columns, groups, target } = hours(seed)
      const grades = target.map((_, i) => Math.max(0, Math.min(4, Math.round(columns[1]![i]! + 2))))
      return { columns, groups, target: grades }
    }
    const known = graded(1)
    const rows = Int32Array.from({ length: HOURS * NAMES }, (_, i) => i).filter(
      (i) => i % HOURS < 40,
    )
    const validation = Int32Array.from({ length: HOURS * NAMES }, (_, i) => i).filter(
      (i) => i % HOURS >= 40,
    )
    const parameters = { loss: 'ndcg', trees: 20, truncation: 5 } as const
    const { losses } = trainTrees({ ...known, rows, validation, seed: 1, parameters }).validation!
    expect(losses.at(-1)).toBeLessThan(0.05)
  })
})
