import { correlation, NAMES_MIN, ranks, type ScoredPanel } from './cross-section.ts'
import { type MeanEstimate, neweyWestMean } from './interval.ts'

/** How fast scores change from bar to bar. */
export interface TurnoverReport {
  /** One-way: share of the top decile's names that were not in it one bar before. */
  readonly topDecile: MeanEstimate
  /** Correlation of names' ranks with those of the bar before, over names that both bars have. */
  readonly rankAutocorrelation: MeanEstimate
}

/** Turnover of scores, labels not needed. Bars with fewer than ten names are left out. */
export function scoreTurnover(
  panel: Pick<ScoredPanel, 'names' | 'bars' | 'scores'>,
  horizonBars: number,
): TurnoverReport {
  const { names, bars } = panel
  const replaced = new Float64Array(bars).fill(Number.NaN)
  const persistence = new Float64Array(bars).fill(Number.NaN)
  let before: RankedBar | null = null
  for (let bar = 0; bar < bars; bar++) {
    const now = rankedBar(panel, bar)
    if (before !== null && now !== null) {
      replaced[bar] = replacedShare(before, now)
      persistence[bar] = rankCorrelation(before, now, names)
    }
    before = now
  }
  return {
    topDecile: neweyWestMean(replaced, horizonBars),
    rankAutocorrelation: neweyWestMean(persistence, horizonBars),
  }
}

/** One element a name: its rank from 1, NaN without a score. */
interface RankedBar {
  readonly rank: Float64Array
  /** Ranks above it are the top decile. */
  readonly topAbove: number
}

/** Null where too few names have a score, or all scores are equal. */
function rankedBar(
  { names, bars, scores }: Pick<ScoredPanel, 'names' | 'bars' | 'scores'>,
  bar: number,
): RankedBar | null {
  const present = new Int32Array(names)
  const values = new Float64Array(names)
  let count = 0
  for (let name = 0; name < names; name++) {
    const score = scores[name * bars + bar]!
    if (Number.isNaN(score)) continue
    present[count] = name
    values[count++] = score
  }
  if (count < NAMES_MIN) return null
  const some = ranks(values.subarray(0, count))
  if (some.every((rank) => rank === some[0])) return null
  const rank = new Float64Array(names).fill(Number.NaN)
  for (let i = 0; i < count; i++) rank[present[i]!] = some[i]!
  return { rank, topAbove: Math.ceil(0.9 * count) }
}

function replacedShare(before: RankedBar, now: RankedBar): number {
  let top = 0
  let fresh = 0
  for (let name = 0; name < now.rank.length; name++) {
    if (!(now.rank[name]! > now.topAbove)) continue
    top++
    if (!(before.rank[name]! > before.topAbove)) fresh++
  }
  return top > 0 ? fresh / top : Number.NaN
}

function rankCorrelation(before: RankedBar, now: RankedBar, names: number): number {
  const a = new Float64Array(names)
  const b = new Float64Array(names)
  let count = 0
  for (let name = 0; name < names; name++) {
    const [x, y] = [before.rank[name]!, now.rank[name]!]
    if (Number.isNaN(x) || Number.isNaN(y)) continue
    a[count] = x
    b[count++] = y
  }
  return count < NAMES_MIN ? Number.NaN : correlation(a.subarray(0, count), b.subarray(0, count))
}
