import { createRandom } from '../../core/mod.ts'
import { NAMES_MIN, ranks, type ScoredPanel } from './cross-section.ts'

/** A mean rank correlation beside those of the same scores with other names' outcomes. */
export interface PermutationTest {
  /** Of each name with its own outcomes, over the bars that were looked at. */
  readonly value: number | null
  /** Middle 95 % of the exchanged. */
  readonly low: number | null
  readonly high: number | null
  /** Share of draws, its own among them, whose mean lies as far from 0; two-sided. */
  readonly p: number | null
  readonly draws: number
  readonly bars: number
  /** Why something above is null. */
  readonly reason: string | null
}

const DRAWS = 199
/** Pairs of a score and an outcome that are looked at in all draws. */
const PAIRS_MOST = 40_000_000

/** Ranks over the names of a bar, NaN where a name has none. */
interface RankedBar {
  readonly scores: Float64Array
  readonly labels: Float64Array
}

/**
 * Exchanges whole histories of outcomes among names: what follows what in time stays, so labels
 * that overlap and scores that hardly move are as they were; who had which outcome is luck. Bars
 * are evenly taken where there are many. Names of a sector move together, which the exchange
 * undoes: scores that tell sectors apart look a little better than they are.
 */
export function permutationTest(panel: ScoredPanel, seed: number): PermutationTest {
  const sample = rankedBars(panel)
  const own = Int32Array.from({ length: panel.names }, (_, name) => name)
  const value = meanCorrelation(sample, own)
  if (value === null) {
    const none = { value, low: null, high: null, p: null, draws: 0, bars: 0 }
    return { ...none, reason: `no bar has ${NAMES_MIN} names with a score and an outcome` }
  }
  const random = createRandom(seed)
  const drawn = Array.from({ length: DRAWS }, () => {
    const order = own.slice()
    for (let i = order.length - 1; i > 0; i--) {
      const other = random.integer(i + 1)
      const kept = order[i]!
      order[i] = order[other]!
      order[other] = kept
    }
    return meanCorrelation(sample, order)
  })
    .filter((each) => each !== null)
    .sort((a, b) => a - b)
  const draws = drawn.length
  const asFar = drawn.filter((each) => Math.abs(each) >= Math.abs(value)).length
  const at = (share: number): number | null => drawn[Math.round(share * (draws - 1))] ?? null
  return {
    ...{ value, low: at(0.025), high: at(0.975), p: (1 + asFar) / (1 + draws) },
    ...{ draws, bars: sample.length, reason: null },
  }
}

function rankedBars(panel: ScoredPanel): readonly RankedBar[] {
  const { names, bars } = panel
  const counts = new Int32Array(bars)
  for (let row = 0; row < names * bars; row++) {
    if (!Number.isNaN(panel.scores[row]! + panel.labels[row]!)) counts[row % bars]!++
  }
  const usable = [...counts.keys()].filter((bar) => counts[bar]! >= NAMES_MIN)
  const most = Math.max(1, Math.floor(PAIRS_MOST / ((DRAWS + 1) * names)))
  const count = Math.min(usable.length, most)
  const column = (from: Float32Array | Float64Array, bar: number): Float64Array =>
    ranksOf(Float64Array.from({ length: names }, (_, name) => from[name * bars + bar]!))
  return Array.from({ length: count }, (_, i) => {
    const bar = usable[Math.floor((i * usable.length) / count)]!
    return { scores: column(panel.scores, bar), labels: column(panel.labels, bar) }
  })
}

/** Ranks of what is there; NaN stays. */
function ranksOf(values: Float64Array): Float64Array {
  const own = ranks(values.filter((value) => !Number.isNaN(value)))
  let next = 0
  return values.map((value) => (Number.isNaN(value) ? value : own[next++]!))
}

/** Mean over bars of the correlation of each name's score rank with the label rank of another. */
function meanCorrelation(sample: readonly RankedBar[], other: Int32Array): number | null {
  let sum = 0
  let bars = 0
  for (const bar of sample) {
    const value = rankCorrelation(bar, other)
    if (value === null) continue
    sum += value
    bars++
  }
  return bars === 0 ? null : sum / bars
}

function rankCorrelation({ scores, labels }: RankedBar, other: Int32Array): number | null {
  let [n, a, b, aa, bb, ab] = [0, 0, 0, 0, 0, 0]
  for (let name = 0; name < scores.length; name++) {
    const x = scores[name]!
    const y = labels[other[name]!]!
    if (Number.isNaN(x) || Number.isNaN(y)) continue
    n++
    a += x
    b += y
    aa += x * x
    bb += y * y
    ab += x * y
  }
  if (n < NAMES_MIN) return null
  const [varianceA, varianceB] = [n * aa - a * a, n * bb - b * b]
  return varianceA === 0 || varianceB === 0
    ? null
    : (n * ab - a * b) / Math.sqrt(varianceA * varianceB)
}
