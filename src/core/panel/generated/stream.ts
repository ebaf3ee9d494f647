import { createRandom, type Random } from '../../lib/random.ts'

/** What a stream of random numbers is for; each purpose and name has its own. */
export type StreamPurpose =
  | 'market'
  | 'index'
  | 'traits'
  | 'prices'
  | 'fundamentals'
  | 'sentiment'
  | 'analyst'
  | 'macro'

const CODES: Readonly<Record<StreamPurpose, number>> = {
  market: 1,
  index: 2,
  traits: 3,
  prices: 4,
  fundamentals: 5,
  sentiment: 6,
  analyst: 7,
  macro: 8,
}

/**
 * The random numbers of one purpose and one name. They are drawn in the order of time, so that a
 * longer panel begins with the shorter one: nothing can depend on what comes later.
 */
export function stream(seed: number, purpose: StreamPurpose, name: number): Random {
  return createRandom(mix(mix(mix(seed) ^ CODES[purpose]) ^ name))
}

/** Finaliser of MurmurHash3 (A. Appleby): every input bit moves every output bit. */
function mix(value: number): number {
  let h = (value + 0x9e3779b9) | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
