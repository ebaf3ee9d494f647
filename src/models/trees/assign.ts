import { isMissing } from './tree.ts'
import { GROUP, MISSING, type TreeWorkspace } from './workspace.ts'

/**
 * Writes the bin of each row of a feature, whose values they are: the number of edges below the
 * value, or that of missing ones. The twin of the compiled kernel.
 */
export function assignBins(
  w: TreeWorkspace,
  feature: number,
  values: Float32Array,
  edges: Float64Array,
): void {
  w.lastBins[feature] = edges.length
  const stride = w.groups * GROUP
  const base = feature * w.shape.rows
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    const bin = isMissing(value) ? MISSING : edgesBelow(edges, value)
    w.binColumns[base + i] = bin
    w.bins[i * stride + feature] = bin
  }
}

function edgesBelow(edges: Float64Array, value: number): number {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (edges[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
