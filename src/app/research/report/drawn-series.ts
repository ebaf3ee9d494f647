import {
  benchmarkOf,
  lastAtOrBefore,
  type RollingSeries,
  rollingSeries,
  rollingWindow,
} from '../../../core/mod.ts'
import type { ReportInput, ReturnsInput } from './section.ts'

/** Rolling figures that the report draws and embeds. */
export const rollingOf = ({ record, analysis }: ReturnsInput): RollingSeries =>
  rollingSeries(analysis.daily, {
    window: rollingWindow(analysis.equity.annualiser),
    annualiser: analysis.equity.annualiser,
    riskFreeAnnual: record.conventions.riskFreeAnnual,
  })

/** The benchmark as currency units of the start equity, inside the run; null without one. */
export function scaledBenchmark({
  record,
}: ReportInput): { readonly time: Float64Array; readonly value: Float64Array } | null {
  const benchmark = benchmarkOf(record)
  const { time } = record.equity
  if (benchmark === null || benchmark.value.length === 0 || time.length === 0) return null
  const last = time[time.length - 1]!
  const rows = [...benchmark.time.keys()].filter(
    (row) => benchmark.time[row]! >= time[0]! && benchmark.time[row]! <= last,
  )
  const base = benchmark.value[rows[0] ?? -1]
  if (base === undefined || !(base > 0)) return null
  return {
    time: Float64Array.from(rows, (row) => benchmark.time[row]!),
    value: Float64Array.from(rows, (row) => (benchmark.value[row]! / base) * record.startEquity),
  }
}

/** The scaled benchmark at given times; null without one. */
export function benchmarkAt(
  input: ReportInput,
  times: readonly number[],
): readonly (number | null)[] | null {
  const benchmark = scaledBenchmark(input)
  if (benchmark === null) return null
  return times.map((time) => benchmark.value[lastAtOrBefore(benchmark.time, time)] ?? null)
}
