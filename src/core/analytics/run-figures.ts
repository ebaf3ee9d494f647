import type { BenchmarkComparison } from './benchmark.ts'
import type { CostReport, CostStress } from './costs.ts'
import type { DrawdownSummary } from './drawdown.ts'
import type { EquityStatistics } from './equity-statistics.ts'
import type { ExposureReport } from './exposure.ts'
import type { Figure } from './figure.ts'
import type { DailySeries, GrowthPath } from './growth.ts'
import type { MarkoutReport } from './markouts.ts'
import type { YearOfMonths } from './monthly.ts'
import type { PeriodReturns } from './period-returns.ts'
import type { RoundTripReport } from './round-trips.ts'
import type { TradeStatistics } from './trade-statistics.ts'

/** Something a reader must know before believing a figure. Codes are stable. */
export interface RunWarning {
  readonly code: RunWarningCode
  readonly text: string
}

/** Every warning of a report. Documented in docs/errors.md. */
export type RunWarningCode =
  | 'GENERATED_DATA'
  | 'NOT_FOR_PUBLICATION'
  | 'SHORT_SAMPLE'
  | 'FEW_TRIPS'
  | 'GATES_OFF'
  | 'CALENDAR_MISSING'
  | 'ROWS_PUT_ASIDE'
  | 'ROWS_OUT_OF_ORDER'
  | 'GAPS'
  | 'CLOCK_SKEW'
  | 'FUNDING_MISSING'
  | 'OPTIMISTIC_FILLS'
  | 'COMPANION_DISAGREES'
  | 'SURVIVORSHIP'
  | 'LOOKAHEAD_UNCHECKED'
  | 'TRIALS_UNKNOWN'
  | 'IN_SAMPLE'
  | 'ONE_TRIP_DECIDES'
  | 'OPEN_POSITION'
  | 'COSTS_UNMEASURED'
  | 'BOOKS_DISAGREE'
  | 'SEVERAL_CURRENCIES'
  | 'RUIN'

/** How a run compares with its null twins. */
export interface NullTwinComparison {
  readonly runs: number
  /** Twins whose net return was at least the run's. */
  readonly atLeastAsGood: number
  /** (1 + atLeastAsGood) / (1 + runs): one-sided chance of the run's return without an edge. */
  readonly pValue: Figure
  readonly medianNetReturn: number
  readonly medianGrossBps: Figure
}

/** Every figure of a run. Computed once; report, JSON, dashboard and command line print it. */
export interface RunAnalysis {
  readonly path: GrowthPath
  readonly daily: DailySeries
  readonly equity: EquityStatistics
  readonly drawdowns: DrawdownSummary
  readonly months: readonly YearOfMonths[]
  readonly periods: PeriodReturns
  readonly trips: RoundTripReport
  readonly trades: TradeStatistics
  readonly byExitReason: readonly { readonly key: string; readonly statistics: TradeStatistics }[]
  readonly bySide: readonly { readonly key: string; readonly statistics: TradeStatistics }[]
  readonly byInstrument: readonly { readonly key: string; readonly statistics: TradeStatistics }[]
  readonly openPositions: number
  readonly costs: CostReport
  readonly stress: readonly CostStress[]
  readonly exposure: ExposureReport
  readonly markouts: MarkoutReport
  /** Net of all fills and funding less the change of equity; 0 when the books agree. */
  readonly reconciliationDifference: number
  readonly nullTwin: NullTwinComparison | null
  /** Against {@link benchmarkOf} the run. */
  readonly benchmark: BenchmarkComparison | null
  readonly verdict: string
  readonly warnings: readonly RunWarning[]
  /** The companion's analysis, one level deep. */
  readonly companion: RunAnalysis | null
}
