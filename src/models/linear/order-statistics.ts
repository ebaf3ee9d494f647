import { unreachable } from '../../core/mod.ts'

const BINS = 65_536

/** Below this many rows sorting is faster than counting. */
const COUNTED_ROWS_MIN = 50_000

/**
 * Values of given ranks (0 is the smallest) of a column at some rows, exactly; of many rows without
 * sorting, by two counting passes over the halves of the ordered bit pattern. Only finite values
 * have a rank; every rank must be below their number. The result is in the order of `ranks`.
 */
export function orderStatistics(
  column: Float32Array,
  rows: Int32Array,
  ranks: readonly number[],
): Float64Array {
  if (rows.length >= COUNTED_ROWS_MIN) return countedStatistics(column, rows, ranks)
  const values = Float32Array.from(rows, (row) => column[row]!)
    .filter(Number.isFinite)
    .sort()
  return Float64Array.from(ranks, (rank) => values[rank]!)
}

/** {@link orderStatistics} by counting, whatever the number of rows. */
export function countedStatistics(
  column: Float32Array,
  rows: Int32Array,
  ranks: readonly number[],
): Float64Array {
  const bits = new Uint32Array(column.buffer, column.byteOffset, column.length)
  const upper = new Uint32Array(BINS)
  for (let i = 0; i < rows.length; i++) {
    const key = keyOf(bits[rows[i]!]!)
    if (key !== NOT_FINITE) upper[key >>> 16]!++
  }
  const places = ranks.map((rank) => placeOf(upper, rank))
  const bins = [...new Set(places.map(({ bin }) => bin))]
  // Which of the wanted bins an upper half is, from 1; 0 for all others.
  const wanted = new Uint8Array(BINS)
  bins.forEach((bin, i) => {
    wanted[bin] = i + 1
  })
  const lower = bins.map(() => new Uint32Array(BINS))
  for (let i = 0; i < rows.length; i++) {
    const key = keyOf(bits[rows[i]!]!)
    const slot = wanted[key >>> 16]!
    if (slot > 0 && key !== NOT_FINITE) lower[slot - 1]![key & 0xffff]!++
  }
  return Float64Array.from(places, ({ bin, within }) =>
    numberOf(((bin << 16) | placeOf(lower[wanted[bin]! - 1]!, within).bin) >>> 0),
  )
}

/** No finite number has this key: it would be the bits of a NaN. */
const NOT_FINITE = 0xffff_ffff

/** Bit pattern turned so that unsigned integers are in the order of the numbers. */
function keyOf(bits: number): number {
  if ((bits & 0x7f80_0000) === 0x7f80_0000) return NOT_FINITE
  return ((bits & 0x8000_0000) !== 0 ? ~bits : bits | 0x8000_0000) >>> 0
}

const word = new Uint32Array(1)
const number = new Float32Array(word.buffer)

function numberOf(key: number): number {
  word[0] = (key & 0x8000_0000) !== 0 ? key & 0x7fff_ffff : ~key
  return number[0]!
}

function placeOf(counts: Uint32Array, rank: number): { bin: number; within: number } {
  let below = 0
  for (let bin = 0; bin < BINS; bin++) {
    const next = below + counts[bin]!
    if (rank < next) return { bin, within: rank - below }
    below = next
  }
  return unreachable(rank as never, `rank among ${below} finite values`)
}
