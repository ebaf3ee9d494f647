import type { GateReading, InstrumentId, StrategyView } from '../../core/mod.ts'
import { reading } from '../stops.ts'
import type { SessionCloses } from './close-history.ts'
import { closesKept, type ResidualParameters } from './residual-parameters.ts'
import type { Review } from './residual-review.ts'
import type { NoScore, ResidualScore, ResidualScores } from './residual-scores.ts'

/** The scores of one decision with what they were made of. */
export interface ResidualReading {
  readonly p: ResidualParameters
  readonly scores: ResidualScores
  readonly review: Review | null
  readonly rows: readonly SessionCloses[]
  /** False where the last close of a name is not that of the last session. */
  readonly isKnown: (id: InstrumentId) => boolean
}

/** The score of a name; null where it has none. */
export function scoreOf(
  { scores, isKnown }: ResidualReading,
  id: InstrumentId,
): ResidualScore | null {
  const score = scores.byName[id]!
  return typeof score === 'string' || !isKnown(id) ? null : score
}

/**
 * The view with the s-score in the place of z. Mean and deviation of the close are those of the
 * price at which the residual would be at its mean, all else being equal.
 */
export function residualView(view: StrategyView, residual: ResidualReading): StrategyView {
  const price = (id: InstrumentId, value: (score: ResidualScore, close: number) => number) => {
    const score = scoreOf(residual, id)
    const close = view.bar(id)?.close ?? 0
    return score === null || close <= 0 ? null : value(score, close)
  }
  const { rows, p } = residual
  const need = closesKept(p) - p.maxGap
  return Object.create(view, {
    zScore: { value: (id: InstrumentId) => scoreOf(residual, id)?.s ?? null },
    rollingMean: {
      value: (id: InstrumentId) =>
        price(id, ({ s, model }, close) => close * (1 - s * model.deviation)),
    },
    rollingDeviation: {
      value: (id: InstrumentId) => price(id, ({ model }, close) => close * model.deviation),
    },
    warmth: { value: () => ({ have: Math.min(rows.length, need), need }) },
  }) as StrategyView
}

/** Scores that no next close brings back. */
const lasting: ReadonlySet<string> = new Set<NoScore>([
  'not reverting',
  'nothing left',
  'no factor',
  'factors collinear',
])

/** Why a position has lost the process that it was entered for; null while it has one. */
export function lostProcess(
  { p, scores, rows }: ResidualReading,
  id: InstrumentId,
): NoScore | null {
  const score = scores.byName[id]!
  // Before the windows are full nothing can be said of a position that was found.
  const isWarm = rows.length >= closesKept(p) - p.maxGap
  return isWarm && typeof score === 'string' && lasting.has(score) ? score : null
}

/** What a name must show beside its score before it is entered. */
export function residualGates(
  { p, review }: ResidualReading,
  id: InstrumentId,
  score: ResidualScore,
): readonly GateReading[] {
  const gates = [reading('kappa a year', score.model.kappa, '>=', p.kappaMin)]
  if (p.tests === null) return gates
  const verdict = review?.names[id] ?? null
  const rate = p.tests.falseDiscoveryRate
  gates.push(reading('adjusted p', verdict?.adjustedPValue ?? null, '<=', rate))
  if (p.tests.needsHalfLife) {
    const span = p.tests.window / 10
    gates.push(reading('half-life sessions', verdict?.halfLife ?? null, '<=', span))
  }
  return gates
}

/** What the score was made of, for people. */
export function scoreReadings(score: ResidualScore): readonly GateReading[] {
  const { model, factorBeta, marketBeta, centre, alpha } = score
  return [
    told('residual bp', model.level * 1e4),
    told('mean bp', (model.mean - centre) * 1e4),
    told('deviation bp', model.deviation * 1e4),
    told('drift bp a day', alpha * 1e4),
    ...(factorBeta === null ? [] : [told('factor beta', factorBeta)]),
    told('market beta', marketBeta),
  ]
}

/** A value that is shown and nothing is asked of. */
const told = (gate: string, value: number): GateReading => ({
  ...{ gate, value, operator: '=' as GateReading['operator'], threshold: value, passed: true },
})

/** Readings that failed. */
export const failing = (gates: readonly GateReading[]): GateReading | null =>
  gates.find(({ passed }) => !passed) ?? null
