import { unreachable } from '../../core/mod.ts'

const BINS = 65_536

/** Below this many values sorting is faster than counting. */
const COUNTED_MIN = 50_000

/**
 * Values of given ranks (0 is the smallest), exactly; of many values without sorting, by two
 * counting passes over the halves of the ordered bit pattern. Values are finite, ranks below their
 * number. The result is in the order of `ranks`.
 */
export function orderStatistics(values: Float32Array, ranks: readonly number[]): Float64Array {
  if (values.length >= COUNTED_MIN) return countedStatistics(values, ranks)
  const sorted = values.slice().sort()
  return Float64Array.from(ranks, (rank) => sorted[rank]!)
}

/** {@link orderStatistics} by counting, whatever the number of values. */
export function countedStatistics(values: Float32Array, ranks: readonly number[]): Float64Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const upper = new Uint32Array(BINS)
  for (let i = 0; i < bits.length; i++) upper[keyOf(bits[i]!) >>> 16]!++
  const places = ranks.map((rank) => placeOf(upper, rank))
  const bins = [...new Set(places.map(({ bin }) => bin))]
  // Which of the wanted bins an upper half is, from 1; 0 for all others.
  const wanted = new Uint8Array(BINS)
  bins.forEach((bin, i) => {
    wanted[bin] = i + 1
  })
  const lower = bins.map(() => new Uint32Array(BINS))
  for (let i = 0; i < bits.length; i++) {
    const key = keyOf(bits[i]!)
    const slot = wanted[key >>> 16]!
    if (slot > 0) lower[slot - 1]![key & 0xffff]!++
  }
  return Float64Array.from(places, ({ bin, within }) =>
    numberOf(((bin << 16) | placeOf(lower[wanted[bin]! - 1]!, within).bin) >>> 0),
  )
}

/** Bit pattern turned so that unsigned integers are in the order of the numbers. */
function keyOf(bits: number): number {
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
  return unreachable(rank as never, `rank among ${below} values`)
}
