import type { Recording } from '../../../adapters/mod.ts'
import { analyzeRun, type SweepMetric } from '../../../core/mod.ts'
import type { LoadedConfig } from '../../config/load.ts'
import { runBacktest } from '../../run/backtest.ts'
import { toRunRecord } from '../../run/run-record.ts'
import { intervalReturns, type ReturnSpan } from './return-span.ts'

/** What one trial of a sweep gives: figures and a return for every interval of the data. */
export interface TrialResult {
  readonly metrics: Readonly<Partial<Record<SweepMetric, number | null>>>
  readonly returns: Float64Array
}

/** Runs one configuration on the event tier and measures it. */
export function runTrial(
  loaded: LoadedConfig,
  recording: Recording,
  facts: { readonly codeHash: string; readonly commit: string; readonly span: ReturnSpan },
): TrialResult {
  const { config, hash } = loaded
  const request = { config, configurationHash: hash, codeHash: facts.codeHash, recording }
  const result = runBacktest(request)
  const { commit } = facts
  const record = toRunRecord(result, { ...request, commit, command: '', trials: null })
  const { equity, trades, costs, drawdowns } = analyzeRun(record)
  return {
    metrics: {
      netReturn: equity.totalReturn,
      sharpe: equity.sharpe.value,
      netBpsMean: trades.expectancyBps.value,
      maximumDrawdown: drawdowns.deepest?.depth ?? 0,
      hitRate: trades.hitRate.value,
      costBps: costs.costBps.value,
      trips: trades.trips,
    },
    returns: intervalReturns(record.startEquity, record.equity, facts.span),
  }
}
