import type { RunData, RunTrials } from './run-record.ts'

/** A value of a swept parameter. */
export type SweepValue = number | string | boolean

/** What a trial is measured by. Fractions, except bps figures and counts. */
export type SweepMetric =
  | 'netReturn'
  | 'sharpe'
  | 'sharpePerObservation'
  | 'netBpsMean'
  | 'maximumDrawdown'
  | 'hitRate'
  | 'costBps'
  | 'trips'

/** One parameter of the grid with the values tried, in order. */
export interface SweepAxis {
  readonly name: string
  readonly values: readonly SweepValue[]
}

/** One run of the grid. */
export interface SweepTrial {
  /** A value for every axis. */
  readonly parameters: Readonly<Record<string, SweepValue>>
  /** Id in the run ledger; null when not recorded. */
  readonly runId: string | null
  /** Missing or null: not defined for this trial. */
  readonly metrics: Readonly<Partial<Record<SweepMetric, number | null>>>
  /** Returns of every interval, the same intervals in every trial; empty when it failed. */
  readonly returns: Float64Array
  /** Why it has no result; null when it has. */
  readonly failure: string | null
}

/** A grid of runs over the same data: plain data for the sweep report. */
export interface SweepRecord {
  readonly schema: 'ornstein.sweep/1'
  readonly name: string
  readonly strategy: string
  readonly data: RunData
  /** What the heat map shows and the best is chosen by. */
  readonly metric: SweepMetric
  readonly axes: readonly SweepAxis[]
  readonly trials: readonly SweepTrial[]
  /** Interval of `returns` in words, for example "day" or "5 s bar". */
  readonly returnInterval: string
  /** Trials on these data known to the run ledger, these included; null without a ledger. */
  readonly known: RunTrials | null
  readonly seed: number
  readonly commit: string
  readonly configurationHash: string
  readonly dataHash: string
  readonly codeHash: string
  readonly command: string
}
