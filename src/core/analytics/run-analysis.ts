import { moneyToNumber } from '../domain/money.ts'
import { median } from '../lib/median.ts'
import { compareWithBenchmark } from './benchmark.ts'
import { costReport, costStress } from './costs.ts'
import { drawdowns } from './drawdown.ts'
import { equityStatistics } from './equity-statistics.ts'
import { exposure } from './exposure.ts'
import { figure, missing } from './figure.ts'
import { createMidLookup } from './fill-cost.ts'
import { dailySeries, growthPath } from './growth.ts'
import { benchmarkOf } from './held-benchmark.ts'
import { markouts } from './markouts.ts'
import { monthlyReturns } from './monthly.ts'
import { periodReturns } from './period-returns.ts'
import { roundTrips } from './round-trips.ts'
import type { NullTwinComparison, RunAnalysis } from './run-figures.ts'
import type { NullTwin, RunRecord } from './run-record.ts'
import { groupTrips, tradeStatistics } from './trade-statistics.ts'
import { runVerdict, runWarnings } from './verdict.ts'

/** Analyses a run: pure, deterministic, bounded by the size of the record. */
export function analyzeRun(record: RunRecord): RunAnalysis {
  const mids = createMidLookup(record.mids)
  const reference = benchmarkOf(record)
  const { calendar, riskFreeAnnual } = record.conventions
  const path = growthPath(record.startEquity, record.equity, record.transfers)
  const daily = dailySeries(path, calendar)
  const falls = drawdowns(path)
  const annualiser = calendar.kind === 'continuous' ? 365 : calendar.perYear
  const equity = equityStatistics({
    path,
    daily,
    deepest: falls.deepest,
    annualiser,
    riskFreeAnnual,
    trials: record.trials,
  })
  const trips = roundTrips(record, mids)
  const costs = costReport(record, trips, mids)
  const figures = {
    path,
    daily,
    equity,
    drawdowns: falls,
    months: monthlyReturns(path),
    periods: periodReturns(path),
    trips,
    trades: tradeStatistics(trips.trips),
    byExitReason: groupTrips(trips.trips, (trip) => trip.exitReason ?? ''),
    bySide: groupTrips(trips.trips, (trip) => (trip.side === 'buy' ? 'long' : 'short')),
    byInstrument: groupTrips(
      trips.trips,
      (trip) => record.instruments[trip.instrument]?.symbol ?? '',
    ),
    openPositions: trips.trips.filter((trip) => trip.exitTime === null).length,
    costs,
    stress: costStress(record, costs, daily, equity.sharpe, annualiser, mids),
    exposure: exposure(record),
    markouts: markouts(record, mids),
    reconciliationDifference: differenceToEquity(record, moneyToNumber(costs.net + trips.dust)),
    nullTwin:
      record.nullTwin === undefined ? null : compareWithTwin(record.nullTwin, equity.totalReturn),
    benchmark:
      reference === null
        ? null
        : compareWithBenchmark(reference, {
            path,
            daily,
            calendar,
            annualiser,
            riskFreeAnnual,
          }),
  }
  return {
    ...figures,
    verdict: runVerdict(record, figures),
    warnings: runWarnings(record, figures),
    companion:
      record.companion === undefined ? null : analyzeRun(withoutCompanion(record.companion)),
  }
}

function withoutCompanion(record: RunRecord): RunRecord {
  const { companion: _, ...rest } = record
  return rest
}

function differenceToEquity(record: RunRecord, net: number): number {
  const { value } = record.equity
  if (value.length === 0) return 0
  const moved = record.transfers.reduce((sum, each) => sum + moneyToNumber(each.amount), 0)
  return net - (value[value.length - 1]! - record.startEquity - moved)
}

function compareWithTwin(twin: NullTwin, netReturn: number): NullTwinComparison | null {
  const runs = twin.runs.length
  if (runs === 0) return null
  const atLeastAsGood = twin.runs.filter((run) => run.netReturn >= netReturn).length
  const gross = twin.runs.map((run) => run.grossBpsMean).filter((bps) => bps !== null)
  return {
    runs,
    atLeastAsGood,
    pValue:
      runs < 19 ? missing(`${runs} of 19 twins needed`) : figure((1 + atLeastAsGood) / (1 + runs)),
    medianNetReturn: median(twin.runs.map((run) => run.netReturn)),
    medianGrossBps: gross.length === 0 ? missing('no twin traded') : figure(median(gross)),
  }
}
