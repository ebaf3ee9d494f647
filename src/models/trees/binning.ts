import type { Random } from '../../core/mod.ts'
import { isMissing } from './tree.ts'

/** Threshold behind all finite values: only missing ones lie beyond. */
export const ABOVE_ALL = 3.4028234663852886e38

/** At most `count` of the rows, one drawn from each of as many equal stretches; in order. */
export function sampleRows(rows: Int32Array, count: number, random: Random): Int32Array {
  if (rows.length <= count) return rows
  const stretch = rows.length / count
  return Int32Array.from(
    { length: count },
    (_, i) => rows[Math.floor((i + random.next()) * stretch)]!,
  )
}

/**
 * Edges between the bins of a column, from its values in `rows`: increasing, at most `binsMax` - 1.
 * A value belongs to the first bin whose edge is not below it. Bins hold about as many rows each;
 * few distinct values get a bin each, and so do values that are frequent. Edges lie in the middle
 * between neighbouring values.
 */
export function columnEdges(column: Float32Array, rows: Int32Array, binsMax: number): Float64Array {
  const values = new Float32Array(rows.length)
  let finite = 0
  for (let i = 0; i < rows.length; i++) {
    const value = column[rows[i]!]!
    // Zero has two signs, which are one value.
    if (!isMissing(value)) values[finite++] = value + 0
  }
  const runs = runsOf(sortFloats(values.subarray(0, finite)))
  if (runs.values.length > binsMax) return evenEdges(runs, finite, binsMax)
  return Float64Array.from({ length: Math.max(0, runs.values.length - 1) }, (_, i) =>
    between(runs.values[i]!, runs.values[i + 1]!),
  )
}

/** Distinct values, increasing, and how often each occurs. */
interface Runs {
  readonly values: Float32Array
  readonly counts: Int32Array
}

function runsOf(sorted: Float32Array): Runs {
  const values = new Float32Array(sorted.length)
  const counts = new Int32Array(sorted.length)
  let last = -1
  for (let i = 0; i < sorted.length; i++) {
    if (last < 0 || sorted[i] !== values[last]) values[++last] = sorted[i]!
    counts[last]! += 1
  }
  return { values: values.subarray(0, last + 1), counts: counts.subarray(0, last + 1) }
}

function evenEdges({ values, counts }: Runs, rows: number, binsMax: number): Float64Array {
  const frequent = rows / binsMax
  let binsLeft = binsMax
  let rowsLeft = rows
  for (let i = 0; i < counts.length; i++) {
    if (counts[i]! < frequent) continue
    binsLeft--
    rowsLeft -= counts[i]!
  }
  const edges: number[] = []
  let target = rowsLeft / Math.max(1, binsLeft)
  let filled = 0
  for (let i = 0; i + 1 < values.length && edges.length < binsMax - 1; i++) {
    const count = counts[i]!
    filled += count
    if (count < frequent) {
      rowsLeft -= count
      if (filled < target && !(counts[i + 1]! >= frequent && filled >= target / 2)) continue
      binsLeft--
      target = rowsLeft / Math.max(1, binsLeft)
    }
    edges.push(between(values[i]!, values[i + 1]!))
    filled = 0
  }
  return Float64Array.from(edges)
}

const between = (low: number, high: number): number => low + (high - low) / 2

const DIGIT_BITS = 11
const DIGITS = 2 ** DIGIT_BITS

/**
 * The values, which must be finite, in increasing order: radix sort by three digits. Reuses them.
 */
function sortFloats(values: Float32Array): Float32Array {
  let keys: Int32Array = new Int32Array(values.buffer, values.byteOffset, values.length)
  let other: Int32Array = new Int32Array(values.length)
  // The order of the keys as unsigned integers is that of the values.
  for (let i = 0; i < keys.length; i++) keys[i]! ^= (keys[i]! >> 31) | -2147483648
  const ends = new Int32Array(DIGITS)
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    ends.fill(0)
    for (let i = 0; i < keys.length; i++) ends[(keys[i]! >>> shift) & (DIGITS - 1)]! += 1
    for (let digit = 1; digit < DIGITS; digit++) ends[digit]! += ends[digit - 1]!
    for (let i = keys.length - 1; i >= 0; i--) {
      const digit = (keys[i]! >>> shift) & (DIGITS - 1)
      ends[digit]! -= 1
      other[ends[digit]!] = keys[i]!
    }
    ;[keys, other] = [other, keys]
  }
  for (let i = 0; i < keys.length; i++) keys[i]! ^= (~keys[i]! >> 31) | -2147483648
  return new Float32Array(keys.buffer, keys.byteOffset, keys.length)
}
