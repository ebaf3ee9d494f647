import { MISSING, type TreeWorkspace } from './workspace.ts'

/** How the rows of a leaf, `order` from `from` to `to` - 1, are divided. */
export interface TreeDivision {
  readonly from: number
  readonly to: number
  readonly feature: number
  /** Values in bins up to this go left. */
  readonly bin: number
  readonly missingLeft: boolean
}

/**
 * Moves the rows that go left to the front; both sides keep their order. Returns how many went
 * left. The twin of the compiled kernel.
 */
export function divideRows(w: TreeWorkspace, division: TreeDivision): number {
  const { binColumns, order, spare } = w
  const { from, to, feature, bin: last, missingLeft } = division
  const base = feature * w.shape.rows
  let left = from
  let right = 0
  for (let i = from; i < to; i++) {
    const row = order[i]!
    const bin = binColumns[base + row]!
    if (bin <= last || (bin === MISSING && missingLeft)) order[left++] = row
    else spare[right++] = row
  }
  order.set(spare.subarray(0, right), left)
  return left - from
}
