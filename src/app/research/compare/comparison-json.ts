import { formatUtcIso } from '../../../core/mod.ts'
import { marketData } from '../report/report-json.ts'
import type { Comparison } from './compared-run.ts'
import { comparedFigures } from './comparison-figures.ts'

/** A comparison as plain data, schema "ornstein.compare/1": times ISO 8601, never a NaN. */
export function comparisonData({ schema, command, runs, notes }: Comparison) {
  return {
    schema,
    command,
    notes,
    data: marketData(runs[0]!.record.data),
    runs: runs.map((run) => {
      const { record, path, legs, reviews, analysis } = run
      return {
        ...{ name: record.name, path, configurationHash: record.configurationHash },
        ...{ dataHash: record.dataHash, codeHash: record.codeHash, verdict: analysis.verdict },
        market: analysis.benchmark?.name ?? null,
        figures: Object.fromEntries(
          comparedFigures(run).map(({ key, unit, figure, interval }) => [
            key,
            { ...figure, unit, ...(interval === null ? {} : { interval }) },
          ]),
        ),
        legs,
        denials: record.counts.denials,
        evaluations: record.counts.evaluationsByOutcome,
        reviews: reviews?.map((row) => ({ ...row, time: formatUtcIso(row.time) })) ?? null,
        parameters: record.parameters,
      }
    }),
  }
}

/** The same as JSON text. */
export const comparisonJson = (comparison: Comparison): string =>
  JSON.stringify(comparisonData(comparison))
