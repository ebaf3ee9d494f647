import { type FeatureSet, featureIndex, featuresOfSet } from '../registry.ts'
import { Ranker } from './ranker.ts'

const RET_1 = featureIndex('ret_1h')
const RET_5 = featureIndex('ret_5h')
const REVERSAL = featureIndex('reversal_rank_1h')
const BREADTH = featureIndex('breadth_percentile')
const SECTOR_RANK = featureIndex('sector_rel_rank_5h')

/** A column, and the one that is made of it. */
interface Pair {
  readonly from: number
  readonly to: number
}

/** Ranks and standardised values of the names of one bar, among members only. */
export class CrossSectionMachine {
  readonly #ranker: Ranker
  readonly #ranked: readonly Pair[]
  readonly #standardised: readonly Pair[]
  /** Members of each sector that are there; ranked so far; in the run of equal values. */
  readonly #sizes: Int32Array
  readonly #rankedSoFar: Int32Array
  readonly #equal: Int32Array
  /** Columns it reads. */
  readonly inputs: readonly number[]
  /** Columns it writes. */
  readonly outputs: readonly number[]

  constructor(set: FeatureSet, nameCount: number, sectorCount: number) {
    this.#ranker = new Ranker(nameCount)
    this.#ranked = pairsOf(set, '_rank')
    this.#standardised = pairsOf(set, '_z')
    this.#sizes = new Int32Array(sectorCount + 1)
    this.#rankedSoFar = new Int32Array(sectorCount + 1)
    this.#equal = new Int32Array(sectorCount + 1)
    const pairs = [...this.#ranked, ...this.#standardised]
    this.inputs = [...new Set([RET_1, RET_5, ...pairs.map(({ from }) => from)])]
    this.outputs = [REVERSAL, BREADTH, SECTOR_RANK, ...pairs.map(({ to }) => to)]
  }

  /**
   * Completes the rows of a bar: feature f of name n at `rows[at + f * stride + n]`. `isMember` and
   * `sector`, -1 of none, have one element a name.
   */
  advance(
    rows: Float32Array,
    at: number,
    stride: number,
    isMember: Uint8Array,
    sector: Int16Array,
  ): void {
    const { outputs } = this
    for (let i = 0; i < outputs.length; i++) {
      const start = at + outputs[i]! * stride
      rows.fill(Number.NaN, start, start + isMember.length)
    }
    const shorter = this.#ranker.sort(rows, at + RET_1 * stride, isMember)
    const breadth = at + BREADTH * stride
    this.#writeRanks(rows, at + RET_1 * stride, breadth, shorter)
    const { order } = this.#ranker
    for (let i = 0; i < shorter; i++) {
      const place = order[i]!
      rows[at + REVERSAL * stride + place] = 1 + 1 / shorter - rows[breadth + place]!
    }
    const longer = this.#ranker.sort(rows, at + RET_5 * stride, isMember)
    this.#writeSectorRanks(rows, at + RET_5 * stride, at + SECTOR_RANK * stride, longer, sector)
    for (const { from, to } of this.#ranked) {
      const count = this.#ranker.sort(rows, at + from * stride, isMember)
      this.#writeRanks(rows, at + from * stride, at + to * stride, count)
    }
    for (const { from, to } of this.#standardised) {
      standardise(rows, at + from * stride, at + to * stride, isMember)
    }
  }

  /** Rank / count; equal values share the mean of their ranks. */
  #writeRanks(rows: Float32Array, from: number, to: number, count: number): void {
    const { order } = this.#ranker
    for (let first = 0; first < count; ) {
      const value = rows[from + order[first]!]!
      let end = first + 1
      while (end < count && rows[from + order[end]!] === value) end++
      const rank = (first + 1 + end) / 2 / count
      for (; first < end; first++) rows[to + order[first]!] = rank
    }
  }

  #writeSectorRanks(
    rows: Float32Array,
    from: number,
    to: number,
    count: number,
    sector: Int16Array,
  ): void {
    const { order } = this.#ranker
    const sizes = this.#sizes
    const ranked = this.#rankedSoFar
    const equal = this.#equal
    sizes.fill(0)
    ranked.fill(0)
    for (let i = 0; i < count; i++) sizes[sector[order[i]!]! + 1]! += 1
    for (let first = 0; first < count; ) {
      const value = rows[from + order[first]!]!
      let end = first + 1
      while (end < count && rows[from + order[end]!] === value) end++
      for (let i = first; i < end; i++) equal[sector[order[i]!]! + 1] = 0
      for (let i = first; i < end; i++) equal[sector[order[i]!]! + 1]! += 1
      for (let i = first; i < end; i++) {
        const group = sector[order[i]!]! + 1
        rows[to + order[i]!] = (ranked[group]! + (1 + equal[group]!) / 2) / sizes[group]!
      }
      for (; first < end; first++) {
        const group = sector[order[first]!]! + 1
        ranked[group]! += equal[group]!
        equal[group] = 0
      }
    }
  }
}

/** (x - mean) / standard deviation with divisor n - 1, over members that have a value. */
function standardise(rows: Float32Array, from: number, to: number, isMember: Uint8Array): void {
  let count = 0
  let sum = 0
  for (let place = 0; place < isMember.length; place++) {
    const value = rows[from + place]!
    if (isMember[place] === 0 || Number.isNaN(value)) continue
    count++
    sum += value
  }
  const mean = sum / count
  let squares = 0
  for (let place = 0; place < isMember.length; place++) {
    const value = rows[from + place]!
    if (isMember[place] !== 0 && !Number.isNaN(value)) squares += (value - mean) * (value - mean)
  }
  if (!(squares > 0) || count < 2) return
  const deviation = Math.sqrt(squares / (count - 1))
  for (let place = 0; place < isMember.length; place++) {
    if (isMember[place] !== 0) rows[to + place] = (rows[from + place]! - mean) / deviation
  }
}

/** Added columns of a kind, and what each is made of. */
function pairsOf(set: FeatureSet, ending: string): readonly Pair[] {
  return featuresOfSet(set).flatMap(({ name, group, origin }, to) =>
    group === 'cross-section' && origin === 'added' && name.endsWith(ending)
      ? [{ from: featureIndex(name.slice(0, -ending.length)), to }]
      : [],
  )
}
