import type { Random } from '../../core/mod.ts'
import { isMissing } from './tree.ts'
import { GROUP, MISSING, type TreeWorkspace } from './workspace.ts'

/** Threshold behind all finite values: only missing ones lie beyond. */
export const ABOVE_ALL = 3.4028234663852886e38

/**
 * Edges between bins of about as many rows each, increasing, at most `binsMax` - 1 of them: a value
 * belongs to the first bin whose edge is not below it. Few distinct values get a bin each, and so
 * do values that are frequent. Edges lie in the middle between neighbouring values. `sorted`: finite
 * values, increasing.
 */
export function binEdges(sorted: Float32Array, binsMax: number): Float64Array {
  const { values, counts } = distinct(sorted)
  const edges: number[] = []
  if (values.length <= binsMax) {
    for (let i = 1; i < values.length; i++) edges.push(between(values[i - 1]!, values[i]!))
    return Float64Array.from(edges)
  }
  const mean = sorted.length / binsMax
  const isFrequent = counts.map((count) => count >= mean)
  let binsLeft = binsMax
  let rowsLeft = sorted.length
  counts.forEach((count, i) => {
    if (!isFrequent[i]) return
    binsLeft--
    rowsLeft -= count
  })
  let target = rowsLeft / Math.max(1, binsLeft)
  let filled = 0
  for (let i = 0; i + 1 < values.length && edges.length < binsMax - 1; i++) {
    filled += counts[i]!
    if (!isFrequent[i]) rowsLeft -= counts[i]!
    const isFull = isFrequent[i] || filled >= target
    if (!isFull && !(isFrequent[i + 1] && filled >= target / 2)) continue
    edges.push(between(values[i]!, values[i + 1]!))
    filled = 0
    if (isFrequent[i]) continue
    binsLeft--
    target = rowsLeft / Math.max(1, binsLeft)
  }
  return Float64Array.from(edges)
}

function distinct(sorted: Float32Array): { values: number[]; counts: number[] } {
  const values: number[] = []
  const counts: number[] = []
  for (const value of sorted) {
    if (value === values.at(-1)) counts[counts.length - 1]!++
    else {
      values.push(value)
      counts.push(1)
    }
  }
  return { values, counts }
}

const between = (low: number, high: number): number => low + (high - low) / 2

/** Edges of a column over `rows`, from a stratified random sample of them where they are many. */
export function columnEdges(
  column: Float32Array,
  rows: Int32Array,
  { binsMax, sample, random }: { binsMax: number; sample: number; random: Random },
): Float64Array {
  const count = Math.min(rows.length, sample)
  const stride = rows.length / count
  const values = new Float32Array(count)
  let finite = 0
  for (let i = 0; i < count; i++) {
    const at = count === rows.length ? i : Math.floor((i + random.next()) * stride)
    const value = column[rows[at]!]!
    if (!isMissing(value)) values[finite++] = value
  }
  return binEdges(values.subarray(0, finite).sort(), binsMax)
}

/** Writes the bins of a column's `rows` into the workspace and what its last bin is. */
export function binColumn(
  w: TreeWorkspace,
  feature: number,
  column: Float32Array,
  rows: Int32Array,
  edges: Float64Array,
): void {
  w.lastBins[feature] = edges.length
  const stride = w.groups * GROUP
  const base = feature * w.shape.rows
  for (let i = 0; i < rows.length; i++) {
    const value = column[rows[i]!]!
    const bin = isMissing(value) ? MISSING : binOf(edges, value)
    w.binColumns[base + i] = bin
    w.bins[i * stride + feature] = bin
  }
}

/** Number of edges below the value. */
function binOf(edges: Float64Array, value: number): number {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (edges[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
