import {
  type RunTrials,
  type SelectionLuck,
  selectionLuck,
  sharpePerObservation,
} from '../../core/mod.ts'

/** A model or setting that was tried, with the returns it came to. */
export interface Candidate {
  readonly name: string
  /** Per day or per bar, the same ones for all candidates; null when it failed. */
  readonly returns: Float64Array | null
}

/** The best of what was tried, and how much of it trying many explains. */
export interface ModelSelection extends SelectionLuck {
  /** Highest Sharpe ratio; null when none has one. */
  readonly best: string | null
}

/**
 * Picks the candidate with the highest Sharpe ratio. `known` is the run ledger's count of everything
 * ever tried on these data with returns of the same interval: what was tried before counts too.
 */
export function selectModel(
  candidates: readonly Candidate[],
  known: RunTrials | null,
): ModelSelection {
  let best: Candidate | null = null
  let highest = Number.NEGATIVE_INFINITY
  for (const candidate of candidates) {
    const sharpe = candidate.returns === null ? null : sharpePerObservation(candidate.returns)
    if (sharpe === null || sharpe <= highest) continue
    highest = sharpe
    best = candidate
  }
  const luck = selectionLuck({
    columns: candidates.map(({ returns }) => returns).filter((returns) => returns !== null),
    chosen: best?.returns ?? null,
    tried: candidates.length,
    known,
  })
  return { best: best?.name ?? null, ...luck }
}
