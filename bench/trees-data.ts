import { createRandom } from '../src/core/mod.ts'

/** Names of a group of the ranking task. */
export const GROUP_SIZE = 100

/** Settings that all trainers share. */
export interface TreeJob {
  readonly loss: 'squared' | 'logistic' | 'ndcg'
  readonly features: number
  readonly trees: number
  readonly leavesMax: number
  readonly rowsMin: number
  readonly binsMax: number
  readonly learningRate: number
  readonly l2: number
  readonly threads: number
  readonly seed: number
  /** Rows of a group, which lie side by side; null: no groups. */
  readonly groupSize: number | null
}

/** Rows and what is to be learnt of them. */
export interface TreeData {
  readonly columns: readonly Float32Array[]
  readonly target: Float64Array
}

/**
 * Uniform columns; the target is smooth, steps, products of two of them and uniform noise of the
 * same order. With `share` of the values missing, which tells something where column 5 is.
 */
export function makeTreeData(rows: number, features: number, seed: number, share = 0): TreeData {
  const random = createRandom(seed)
  const columns = Array.from({ length: features }, () =>
    Float32Array.from({ length: rows }, random.next),
  )
  const target = Float64Array.from({ length: rows }, (_, i) => {
    const x = (column: number) => columns[column]![i]! - 0.5
    const step = x(4) > 0.2 ? 0.5 : 0
    return Math.sin(6 * x(0)) + 2 * x(1) * x(2) + x(3) ** 2 + step + random.next() - 0.5
  })
  if (share === 0) return { columns, target }
  columns.forEach((column, f) => {
    for (let i = 0; i < rows; i++) {
      if (random.next() >= share) continue
      column[i] = Number.NaN
      if (f === 5) target[i]! += 0.5
    }
  })
  return { columns, target }
}

/** The target as each loss wants it: itself, whether it is high, or a grade of 0 to 4. */
export function targetOf(loss: TreeJob['loss'], target: Float64Array): Float64Array {
  if (loss === 'squared') return target
  if (loss === 'logistic') return target.map((value) => (value > 0.6 ? 1 : 0))
  return target.map((value) => Math.max(0, Math.min(4, Math.floor(2 * value + 1))))
}
