import {
  type SweepMetric,
  type SweepRecord,
  type SweepTrial,
  trialValue,
} from '../../../core/mod.ts'
import type { Tier } from './choose-tier.ts'

/** One of the best trials of the column tier, run again on the event tier. */
export interface Confirmation {
  /** Index in the record's trials. */
  readonly trial: number
  /** Id of the confirming run in the ledger; null when it failed. */
  readonly runId: string | null
  readonly columns: SweepTrial['metrics']
  readonly events: SweepTrial['metrics']
  /** Both tiers' value of the sweep's metric, and events less columns; null where there is none. */
  readonly value: {
    readonly columns: number | null
    readonly events: number | null
    readonly difference: number | null
  }
  /** True when no figure differs by more than rounding. */
  readonly agrees: boolean
  readonly failure: string | null
}

/** On which tiers a sweep's figures were made. */
export interface SweepTiers {
  /** By trial. */
  readonly byTrial: readonly Tier[]
  /** Why trials ran on the event tier, and how many for each reason; most first. */
  readonly reasons: readonly { readonly reason: string; readonly trials: number }[]
  readonly confirmations: readonly Confirmation[]
}

/** A sweep's record with its tiers; without them everything ran on the event tier. */
export type TieredSweep = SweepRecord & { readonly tiers?: SweepTiers }

/** Counts why trials ran on the event tier. */
export function countReasons(reasons: readonly (readonly string[])[]): SweepTiers['reasons'] {
  const counts = new Map<string, number>()
  for (const reason of reasons.flat()) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
    .map(([reason, trials]) => ({ reason, trials }))
    .toSorted((a, b) => b.trials - a.trials || (a.reason < b.reason ? -1 : 1))
}

/** One line of which tier ran and why. */
export function tierLine({ byTrial, reasons }: Pick<SweepTiers, 'byTrial' | 'reasons'>): string {
  const events = byTrial.filter((tier) => tier === 'events').length
  if (events === 0) return 'tier: columns'
  const because = reasons.map(({ reason }) => reason).join('; ')
  const text = because === '' ? 'events' : `events, because ${because}`
  if (events === byTrial.length) return `tier: ${text}`
  const columns = byTrial.length - events
  return `tier: columns for ${columns} of ${byTrial.length} trials; ${events} on ${text}`
}

/** Relative difference of figures that sums in another order explain. */
export const ROUNDING = 1e-9

/** Value by which trials rank: larger is better, whatever the metric. */
export function rankValue(trial: SweepTrial, metric: SweepMetric): number | null {
  const value = trialValue(trial, metric)
  return value === null ? null : metric === 'costBps' ? -value : value
}

/** Trials from the best to the worst by a metric, those without it left out; ties by number. */
export function ranked(trials: readonly SweepTrial[], metric: SweepMetric): readonly number[] {
  return trials
    .map((trial, index) => ({ index, value: rankValue(trial, metric) }))
    .filter((each): each is { index: number; value: number } => each.value !== null)
    .toSorted((a, b) => b.value - a.value || a.index - b.index)
    .map(({ index }) => index)
}

/** The column-tier ones among the best `count` trials. */
export const survivors = (
  trials: readonly SweepTrial[],
  tiers: readonly Tier[],
  metric: SweepMetric,
  count: number,
): readonly number[] =>
  ranked(trials, metric)
    .slice(0, count)
    .filter((index) => tiers[index] === 'columns')

/** Compares a trial with its run on the event tier, figure by figure. */
export function compareTiers(
  trial: SweepTrial,
  events: Pick<SweepTrial, 'metrics' | 'returns' | 'failure' | 'runId'>,
  metric: SweepMetric,
): Omit<Confirmation, 'trial'> {
  const confirmed: SweepTrial = { ...events, parameters: trial.parameters }
  const [columns, other] = [figuresOf(trial), figuresOf(confirmed)]
  const { failure, runId } = events
  const [a, b] = [trialValue(trial, metric), trialValue(confirmed, metric)]
  const difference = a === null || b === null ? null : b - a
  const names = Object.keys({ ...columns, ...other }) as SweepMetric[]
  const agrees =
    failure === null && names.every((name) => isSame(columns[name] ?? null, other[name] ?? null))
  const value = { columns: a, events: b, difference }
  return { runId, columns, events: other, value, agrees, failure }
}

/** Every figure of a trial, that of its returns included. */
function figuresOf(trial: SweepTrial): Confirmation['columns'] {
  const names = [...Object.keys(trial.metrics), 'sharpePerObservation'] as SweepMetric[]
  return Object.fromEntries(names.map((name) => [name, trialValue(trial, name)]))
}

const isSame = (a: number | null, b: number | null): boolean =>
  a === b ||
  (a !== null && b !== null && Math.abs(a - b) <= ROUNDING * Math.max(1, Math.abs(a), Math.abs(b)))
