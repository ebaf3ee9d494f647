import { type Figure, figure, missing } from './figure.ts'
import { isConstant, mean, sampleDeviation, shape } from './moments.ts'
import { probabilityOfOverfitting } from './overfitting.ts'
import type { RunTrials } from './run-record.ts'
import { deflatedSharpe, expectedMaximumSharpe, probabilisticSharpe } from './significance.ts'

/** How much of a chosen result trying many explains. */
export interface SelectionLuck {
  /** Configurations tried on these data: the ledger's count, or what this selection had. */
  readonly trials: number
  /** Variance over trials of the Sharpe ratio per observation. */
  readonly sharpeVariance: Figure
  /** Highest Sharpe ratio per observation to expect of as many trials without skill. */
  readonly luckySharpe: Figure
  readonly bestSharpe: Figure
  readonly psr: Figure
  readonly dsr: Figure
  readonly overfitting: Figure
}

/** What was chosen, out of what. */
export interface Selection {
  /** Returns of everything tried that came to an end, the chosen one among them. */
  readonly columns: readonly Float64Array[]
  /** Returns of the chosen one; null when nothing could be chosen. */
  readonly chosen: Float64Array | null
  /** What was tried, failures included. */
  readonly tried: number
  /** The ledger's count of everything ever tried on these data. */
  readonly known: RunTrials | null
}

/** Sharpe ratio of returns per observation, risk-free 0; null below two or without variance. */
export function sharpePerObservation(returns: Float64Array): number | null {
  if (returns.length < 2 || isConstant(returns)) return null
  const value = mean(returns) / sampleDeviation(returns)
  return Number.isFinite(value) ? value : null
}

/** Deflated Sharpe ratio and probability of overfitting of a selection. */
export function selectionLuck({ columns, chosen, tried, known }: Selection): SelectionLuck {
  const sharpes = columns.map(sharpePerObservation).filter((value) => value !== null)
  const trials = Math.max(1, known?.count ?? 0, tried)
  const knownVariance = known?.sharpeVariance ?? null
  const variance =
    knownVariance !== null
      ? figure(knownVariance)
      : sharpes.length < 2
        ? missing('fewer than two trials with a Sharpe ratio')
        : figure(sampleDeviation(sharpes) ** 2)
  const returns = chosen ?? new Float64Array(0)
  const sharpe = sharpePerObservation(returns)
  const isAligned = columns.every((column) => column.length === columns[0]!.length)
  const none = missing('the best trial has no Sharpe ratio')
  const sample =
    sharpe === null ? null : { sharpe, observations: returns.length, ...shape(returns) }
  return {
    trials,
    sharpeVariance: variance,
    luckySharpe:
      variance.value === null
        ? variance
        : figure(Math.sqrt(variance.value) * expectedMaximumSharpe(trials)),
    bestSharpe: sharpe === null ? none : figure(sharpe),
    psr: sample === null ? none : probabilisticSharpe(sample),
    dsr:
      sample === null
        ? none
        : variance.value === null
          ? variance
          : deflatedSharpe(sample, trials, variance.value),
    overfitting: isAligned ? probabilityOfOverfitting(columns) : missing('trials differ in length'),
  }
}
