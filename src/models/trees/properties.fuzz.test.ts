import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/mod.ts'
import { plainKernels } from './kernels.ts'
import { scoreRow } from './model.ts'
import { trainTrees } from './train.ts'

/** Columns with missing values and with ties, and a target of some of them. */
function sample(seed: number, rows: number, features: number) {
  const random = createRandom(seed)
  const columns = Array.from({ length: features }, (_, f) =>
    Float32Array.from({ length: rows }, () => {
      if (random.next() < 0.05 * (f % 3)) return Number.NaN
      return f % 2 === 0 ? random.normal() : random.integer(6)
    }),
  )
  const target = Float64Array.from({ length: rows }, (_, i) => {
    const value = (f: number) => columns[f % features]![i]! || 0
    return value(0) * value(1) + Math.abs(value(2)) + random.normal()
  })
  return { columns, target }
}

const kinds = fc.record({
  seed: fc.integer(),
  loss: fc.constantFrom('squared' as const, 'logistic' as const),
  rowShare: fc.constantFrom(1, 0.5),
  l1: fc.constantFrom(0, 2),
  constrained: fc.boolean(),
})

describe('boosted trees of any kind', () => {
  it('are the same to the bit however the features are divided', () => {
    fc.assert(
      fc.property(kinds, ({ seed, loss, rowShare, l1, constrained }) => {
        const { columns, target } = sample(seed, 300, 19)
        const events = loss === 'logistic' ? target.map((value) => (value > 0.5 ? 1 : 0)) : target
        const train = (parts: number) =>
          trainTrees({
            columns,
            target: events,
            seed,
            kernels: { ...plainKernels, parts },
            parameters: { loss, rowShare, l1, trees: 3, monotone: constrained ? { f2: 1 } : {} },
          })
        const whole = train(1)
        expect(train(2)).toEqual(whole)
        expect(train(3)).toEqual(whole)
      }),
      { numRuns: 8 },
    )
  })

  it('rise and fall along constrained features only, wherever the others are', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(0, 1), (seed, l1) => {
        const { columns, target } = sample(seed, 400, 4)
        const model = trainTrees({
          columns,
          target,
          seed,
          parameters: { trees: 8, rowsMin: 3, l1, monotone: { f0: -1, f1: 1 } },
        })
        const random = createRandom(seed)
        for (let i = 0; i < 200; i++) {
          const row = columns.map((column) => column[random.integer(400)]!)
          const [low, high] = [2 * random.normal(), 2 * random.normal()].sort((a, b) => a - b)
          expect(scoreRow(model, row.with(0, high!))).toBeLessThanOrEqual(
            scoreRow(model, row.with(0, low!)),
          )
          expect(scoreRow(model, row.with(1, high!))).toBeGreaterThanOrEqual(
            scoreRow(model, row.with(1, low!)),
          )
        }
      }),
      { numRuns: 12 },
    )
  })

  it('split first where trying every split gains most', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(0, 1.5), (seed, l1) => {
        const { columns, target } = sample(seed, 60, 3)
        const parameters = { trees: 1, leavesMax: 2, rowsMin: 4, l1, l2: 0.5 }
        const [tree] = trainTrees({ columns, target, seed, parameters }).trees
        expect(tree!.gain[0]).toBeCloseTo(bestGain(columns, target, parameters), 4)
      }),
      { numRuns: 40 },
    )
  })
})

interface Penalties {
  readonly l1: number
  readonly l2: number
  readonly rowsMin: number
}

/**
 * Gain of the best split, by trying each value of each column with missing values on either side.
 */
function bestGain(
  columns: readonly Float32Array[],
  target: Float64Array,
  { l1, l2, rowsMin }: Penalties,
): number {
  const mean = target.reduce((sum, value) => sum + value, 0) / target.length
  const score = (rows: readonly number[]) => {
    const sum = rows.reduce((total, row) => total + mean - target[row]!, 0)
    return Math.max(0, Math.abs(sum) - l1) ** 2 / (rows.length + l2)
  }
  const all = [...target.keys()]
  let best = 0
  for (const column of columns) {
    for (const threshold of column) {
      for (const missingLeft of [false, true]) {
        const goesLeft = (row: number) =>
          Number.isNaN(column[row]!) ? missingLeft : column[row]! <= threshold
        const left = all.filter(goesLeft)
        const right = all.filter((row) => !goesLeft(row))
        if (left.length < rowsMin || right.length < rowsMin) continue
        best = Math.max(best, score(left) + score(right) - score(all))
      }
    }
  }
  return best
}

describe('histograms', () => {
  it('of a sibling by subtraction are those of its rows', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 99 }), (seed, middle) => {
        const random = createRandom(seed)
        const shape = { rows: 100, features: 9, slots: 3, parts: 1 }
        const w = plainKernels.open(shape)
        for (let i = 0; i < w.bins.length; i++) w.bins[i] = random.integer(256)
        for (let row = 0; row < 100; row++) {
          w.order[row] = row
          w.derivatives[2 * row] = random.integer(2 ** 31) - 2 ** 30
          w.derivatives[2 * row + 1] = random.integer(2 ** 30)
        }
        const measure = (from: number, to: number, slot: number, sibling: number) => {
          w.task.set([from, to, slot, sibling])
          plainKernels.measure(w)
        }
        measure(0, 100, 0, -1)
        measure(0, middle, 1, 0)
        measure(middle, 100, 2, -1)
        const words = w.histograms.length / 3
        expect(w.histograms.subarray(0, words)).toEqual(w.histograms.subarray(2 * words))
      }),
      { numRuns: 10 },
    )
  })
})
