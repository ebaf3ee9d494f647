import { correlation, NAMES_MIN, ranks, type ScoredPanel } from './cross-section.ts'
import { type MeanEstimate, neweyWestMean } from './interval.ts'

/** How fast scores change from bar to bar. */
export interface TurnoverReport {
  /** One-way: share of the top decile's names that were not in it one bar before. */
  readonly topDecile: MeanEstimate
  /** Spearman's correlation of a bar's scores with those of the bar before, same names. */
  readonly rankAutocorrelation: MeanEstimate
}

/** Turnover of scores, labels not needed. Bars with fewer than ten names are left out. */
export function scoreTurnover(
  panel: Pick<ScoredPanel, 'names' | 'bars' | 'scores'>,
  horizonBars: number,
): TurnoverReport {
  const replaced = new Float64Array(panel.bars).fill(Number.NaN)
  const persistence = new Float64Array(panel.bars).fill(Number.NaN)
  let before: Float64Array | null = null
  let topBefore: Set<number> | null = null
  for (let bar = 0; bar < panel.bars; bar++) {
    const now = scoresAt(panel, bar)
    const top = topDecile(now)
    if (top !== null && topBefore !== null) {
      let fresh = 0
      for (const name of top) if (!topBefore.has(name)) fresh++
      replaced[bar] = fresh / top.size
    }
    if (before !== null) persistence[bar] = rankCorrelation(before, now)
    before = now
    topBefore = top
  }
  return {
    topDecile: neweyWestMean(replaced, horizonBars),
    rankAutocorrelation: neweyWestMean(persistence, horizonBars),
  }
}

function scoresAt(
  { names, bars, scores }: Pick<ScoredPanel, 'names' | 'bars' | 'scores'>,
  bar: number,
): Float64Array {
  const values = new Float64Array(names)
  for (let name = 0; name < names; name++) values[name] = scores[name * bars + bar]!
  return values
}

/** Names with the highest tenth of scores; null where too few have one, or all are equal. */
function topDecile(scores: Float64Array): Set<number> | null {
  const sorted = scores.filter((score) => !Number.isNaN(score)).sort()
  if (sorted.length < NAMES_MIN || sorted[0] === sorted.at(-1)) return null
  const least = sorted[Math.ceil(sorted.length * 0.9) - 1]!
  const top = new Set<number>()
  scores.forEach((score, name) => {
    if (score > least) top.add(name)
  })
  return top.size > 0 ? top : null
}

function rankCorrelation(a: Float64Array, b: Float64Array): number {
  const both = [...a.keys()].filter((i) => !Number.isNaN(a[i]!) && !Number.isNaN(b[i]!))
  if (both.length < NAMES_MIN) return Number.NaN
  const pick = (values: Float64Array): Float64Array => Float64Array.from(both, (i) => values[i]!)
  return correlation(ranks(pick(a)), ranks(pick(b)))
}
