import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, type Random } from '../../core/mod.ts'
import {
  defaultTreeParameters,
  plainTreeKernels,
  scoreTrees,
  TREES_IMPLEMENTATION,
  type Tree,
  type TreeKernels,
  type TreesModel,
  trainTrees,
} from '../../models/mod.ts'
import { compiledTreeKernels, openTreeKernels } from './tree-kernels.ts'
import { sourceHash } from './trees-wasm.ts'

const ROWS = 400
const FEATURES = 11

/** A task on random bins, one in ten of them missing, and what the kernels make of it. */
function workedBy(kernels: TreeKernels, seed: number, isConstrained: boolean) {
  const random = createRandom(seed)
  const shape = { rows: ROWS, features: FEATURES, slots: 2, parts: kernels.parts }
  const w = kernels.open(shape)
  w.isActive.set(Array.from({ length: FEATURES }, () => (random.next() < 0.8 ? 1 : 0)))
  w.lastBins.fill(40, 0, FEATURES)
  w.monotone.set(Array.from({ length: FEATURES }, () => random.integer(3) - 1))
  w.settings.set([2 ** -20, 2 ** -25, 0.3, 1, 5, 0.1, isConstrained ? 1 : 0])
  for (let row = 0; row < ROWS; row++) {
    w.order[row] = row
    w.derivatives[2 * row] = random.integer(2 ** 31) - 2 ** 30
    w.derivatives[2 * row + 1] = random.integer(2 ** 30)
    for (let feature = 0; feature < FEATURES; feature++) {
      const bin = random.next() < 0.1 ? 255 : random.integer(41)
      w.bins[row * w.groups * 8 + feature] = bin
      w.binColumns[feature * ROWS + row] = bin
    }
  }
  const sums = (from: number, to: number) => {
    let gradient = 0
    let hessian = 0
    for (let i = from; i < to; i++) {
      gradient += w.derivatives[2 * w.order[i]!]!
      hessian += w.derivatives[2 * w.order[i]! + 1]!
    }
    return [gradient, hessian, to - from, -0.7, 0.9, 0, 1]
  }
  w.task.set([0, ROWS, 0, -1, ...sums(0, ROWS), 0, 0, 0, 0, 0, 0, 0])
  kernels.measure(w)
  const left = kernels.divide(w, { from: 0, to: ROWS, feature: 3, bin: 11, missingLeft: true })
  w.task.set([0, left, 1, 0, ...sums(0, left), ...sums(left, ROWS)])
  kernels.measure(w)
  // Those behind the last feature are nobody's.
  const used = (slot: number) => {
    const words = w.histograms.length / 2
    return [...w.histograms.subarray(slot * words, slot * words + FEATURES * 1024)]
  }
  return { left, order: [...w.order], halves: [used(0), used(1)], splits: [...w.splits] }
}

const MODEL: Omit<TreesModel, 'trees'> = {
  implementation: TREES_IMPLEMENTATION,
  kernels: 'typescript',
  features: ['a', 'b', 'c'],
  base: 0.3,
  validation: null,
  parameters: defaultTreeParameters,
  seed: 1,
}

/** Splits a leaf drawn at random, up to eight times. */
function randomTree(random: Random, threshold: () => number): Tree {
  const nodes = 1 + 2 * random.integer(9)
  const tree: Tree = {
    feature: new Int32Array(nodes).fill(-1),
    threshold: new Float64Array(nodes),
    missingLeft: new Uint8Array(nodes),
    child: new Int32Array(nodes).fill(-1),
    value: Float64Array.from({ length: nodes }, random.normal),
    rows: new Float64Array(nodes),
    gain: new Float64Array(nodes),
  }
  const leaves = [0]
  for (let child = 1; child < nodes; child += 2) {
    const [node] = leaves.splice(random.integer(leaves.length), 1)
    tree.feature[node!] = random.integer(3)
    tree.threshold[node!] = threshold()
    tree.missingLeft[node!] = random.integer(2)
    tree.child[node!] = child
    leaves.push(child, child + 1)
  }
  return tree
}

describe('the compiled kernels of trees', () => {
  it('are compiled from the source that lies beside them', () => {
    const source = readFileSync(new URL('../../../kernels/trees.ts', import.meta.url))
    expect(createHash('sha256').update(source).digest('hex')).toBe(sourceHash)
  })

  it('do to the bit what those in TypeScript do', () => {
    const kernels = compiledTreeKernels()
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (seed, isConstrained) => {
        expect(workedBy(kernels, seed, isConstrained)).toEqual(
          workedBy(plainTreeKernels, seed, isConstrained),
        )
      }),
      { numRuns: 20 },
    )
  })

  it('grow the same trees, on one thread and on two', async () => {
    const random = createRandom(5)
    const columns = Array.from({ length: 19 }, () =>
      Float32Array.from({ length: 700 }, () => (random.next() < 0.1 ? Number.NaN : random.next())),
    )
    const target = Float64Array.from({ length: 700 }, (_, i) =>
      random.next() < (columns[2]![i]! || 0.5) ? 1 : 0,
    )
    const parameters = { loss: 'logistic', trees: 6, rowShare: 0.7, monotone: { f2: 1 } } as const
    const plain = trainTrees({ columns, target, parameters, seed: 1 })
    for (const threads of [1, 2]) {
      const kernels = await openTreeKernels(threads)
      for (const features of [19, 3]) {
        const some = { columns: columns.slice(0, features), target, parameters, seed: 1 }
        const expected = features === 19 ? plain : trainTrees(some)
        expect(trainTrees({ ...some, kernels })).toEqual({ ...expected, kernels: 'wasm' })
      }
      await kernels.close()
    }
  })

  it('score rows as TypeScript does, whatever the thresholds and values', () => {
    const kernels = compiledTreeKernels()
    const odd = [0, -0, 1e-46, -1e-46, 1e300, -1e300, 3.4028234663852886e38, 0.1, -0.1, 16777217]
    const values = [...odd, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    fc.assert(
      fc.property(fc.integer(), fc.nat(300), (seed, count) => {
        const random = createRandom(seed)
        const pick = (list: readonly number[]) => list[random.integer(list.length)]!
        const columns = Array.from({ length: 3 }, () =>
          Float32Array.from({ length: 300 }, () => pick(values)),
        )
        const trees = Array.from({ length: 5 }, () => randomTree(random, () => pick(odd)))
        const rows = Int32Array.from({ length: count }, () => random.integer(300))
        const model = { ...MODEL, trees }
        expect(kernels.score(model, columns, rows)).toEqual(scoreTrees(model, columns, rows))
      }),
      { numRuns: 50 },
    )
  })

  it('refuse what does not fit their memory', () => {
    const shape = { rows: 2 ** 24 - 1, features: 200, slots: 31, parts: 1 }
    expect(() => compiledTreeKernels().open(shape)).toThrow(
      '16777215 rows of 200 features take more',
    )
  })
})
