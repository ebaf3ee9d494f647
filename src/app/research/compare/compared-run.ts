import {
  attributeLegs,
  benchmarkOf,
  type LegAttribution,
  type RunAnalysis,
  type RunRecord,
} from '../../../core/mod.ts'
import type { Config } from '../../config/schema.ts'
import { type ReviewRow, reviewOverTime } from './review-over-time.ts'

/** One run beside the others. */
export interface ComparedRun {
  /** The configuration's file as it was given. */
  readonly path: string
  readonly record: RunRecord
  readonly analysis: RunAnalysis
  readonly legs: LegAttribution
  /** What the tests of reversion say of the residuals over the run; null of another signal. */
  readonly reviews: readonly ReviewRow[] | null
}

/** Several runs over the same data. */
export interface Comparison {
  readonly schema: 'ornstein.compare/1'
  readonly command: string
  readonly runs: readonly ComparedRun[]
  /** Sentences that a reader must know before the figures. */
  readonly notes: readonly string[]
}

/** A run with its legs against its benchmark, and its residuals tested where it has some. */
export function comparedRun(
  path: string,
  config: Config,
  record: RunRecord,
  analysis: RunAnalysis,
): ComparedRun {
  const { time } = analysis.daily
  const legs = attributeLegs(record, time, analysis.equity.annualiser, benchmarkOf(record))
  return { path, record, analysis, legs, reviews: reviewOverTime(config, record) }
}

/** What the runs have in common and must be said of all of them, and what makes them unlike. */
export function comparisonNotes(runs: readonly ComparedRun[]): readonly string[] {
  const notes: string[] = []
  const records = runs.map(({ record }) => record)
  const first = records[0]!
  for (const text of new Set(records.map(({ data }) => data.survivorship))) {
    if (text !== '') notes.push(`Survivorship and hindsight: ${text}`)
  }
  const differ = <T>(of: (record: RunRecord) => T): boolean =>
    new Set(records.map((record) => JSON.stringify(of(record)))).size > 1
  if (differ(({ dataHash }) => dataHash)) {
    notes.push('The runs are over different data: their figures do not compare.')
  }
  if (differ(({ parameters }) => parameters['risk'])) {
    notes.push('The runs have different risk limits.')
  }
  if (differ(({ startEquity }) => startEquity)) {
    notes.push('The runs start with different balances: compare ratios and basis points.')
  }
  for (const { record } of runs) {
    const denied = Object.entries(record.counts.denials)
    if (denied.length === 0) continue
    const texts = denied.map(([code, count]) => `${code} ${count}`).join(', ')
    notes.push(`${record.name}: orders were denied (${texts}); there its signal was not followed.`)
  }
  for (const text of new Set(runs.map(({ record }) => record.data.lookahead))) {
    notes.push(`Look-ahead: ${text === '' ? 'not checked.' : text}`)
  }
  const costs = new Set(runs.map(({ record }) => JSON.stringify(record.fillModel.notes)))
  if (costs.size === 1 || first.fillModel.notes.length === 0) {
    notes.push('The fill model and its costs are the same in all runs.')
  }
  return notes
}
