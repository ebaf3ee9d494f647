import { correlation, NAMES_MIN, ranks } from './cross-section.ts'
import type { ValidationData } from './held-out.ts'

/** What scores are ranked against, of the shape of a feature column. */
export type RankTarget = Float32Array | Float64Array

/** One bar's rows in use, and what each target says of them. */
interface SampledBar {
  readonly rows: Int32Array
  readonly targets: readonly Ranked[]
}

/** Ranks from 1; null where a value is missing. */
interface Ranked {
  readonly values: Float64Array
  readonly ranks: Float64Array | null
}

/**
 * Rank ICs of many features with the same targets over the same bars, every `stride`-th: targets are
 * ranked once for all features, and a feature once for all targets, where none of them is missing.
 */
export function rankSample(
  { names, features, isUsed }: Pick<ValidationData, 'names' | 'features' | 'isUsed'>,
  targets: readonly RankTarget[],
  stride: number,
): { readonly icsOf: (column: RankTarget) => readonly Float64Array[] } {
  const bars: SampledBar[] = []
  for (let bar = 0; bar < features.bars; bar += stride) {
    const all = Int32Array.from({ length: names }, (_, name) => name * features.bars + bar)
    const rows = all.filter((row) => isUsed[row] === 1)
    if (rows.length < NAMES_MIN) continue
    bars.push({ rows, targets: targets.map((target) => ranked(target, rows)) })
  }
  return {
    icsOf(column) {
      const ics = targets.map((): number[] => [])
      for (const bar of bars) {
        const own = ranked(column, bar.rows)
        bar.targets.forEach((target, t) => {
          const ic = rankIc(own, target)
          if (ic !== null) ics[t]!.push(ic)
        })
      }
      return ics.map((values) => Float64Array.from(values))
    },
  }
}

function ranked(column: RankTarget, rows: Int32Array): Ranked {
  const values = Float64Array.from(rows, (row) => column[row]!)
  return { values, ranks: values.some(Number.isNaN) ? null : ranks(values) }
}

/** Null where too few rows have both; NaN where one does not vary. */
function rankIc(a: Ranked, b: Ranked): number | null {
  if (a.ranks !== null && b.ranks !== null) return correlation(a.ranks, b.ranks)
  const hasBoth = (_: number, i: number): boolean =>
    !Number.isNaN(a.values[i]!) && !Number.isNaN(b.values[i]!)
  const [some, other] = [a.values.filter(hasBoth), b.values.filter(hasBoth)]
  return some.length < NAMES_MIN ? null : correlation(ranks(some), ranks(other))
}
