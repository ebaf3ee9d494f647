import type { Recording } from '../../../adapters/mod.ts'
import { analyzeRun, type SweepMetric } from '../../../core/mod.ts'
import type { LoadedConfig } from '../../config/load.ts'
import { runBacktest } from '../../run/backtest.ts'
import { toRunRecord } from '../../run/run-record.ts'

/** What one trial of a sweep gives: figures and a return for every interval of the data. */
export interface TrialResult {
  readonly metrics: Readonly<Partial<Record<SweepMetric, number | null>>>
  readonly returns: Float64Array
}

/** Runs one configuration on the event tier and measures it. */
export function runTrial(
  loaded: LoadedConfig,
  recording: Recording,
  facts: { readonly codeHash: string; readonly commit: string; readonly intervalUs: number },
): TrialResult {
  const { config, hash } = loaded
  const request = { config, configurationHash: hash, codeHash: facts.codeHash, recording }
  const result = runBacktest(request)
  const { commit } = facts
  const record = toRunRecord(result, { ...request, commit, command: '', trials: null })
  const { equity, trades, costs, drawdowns, trips } = analyzeRun(record)
  return {
    metrics: {
      netReturn: equity.totalReturn,
      sharpe: equity.sharpe.value,
      netBpsMean: trades.expectancyBps.value,
      maximumDrawdown: drawdowns.deepest?.depth ?? 0,
      hitRate: trades.hitRate.value,
      costBps: costs.costBps.value,
      trips: trips.trips.length,
    },
    returns: intervalReturns(record.startEquity, record.equity, {
      first: recording.info.firstTime,
      last: recording.info.lastTime,
      intervalUs: facts.intervalUs,
    }),
  }
}

/** Simple returns of equity over aligned intervals, the same intervals whatever the trial did. */
export function intervalReturns(
  startEquity: number,
  equity: { readonly time: Float64Array; readonly value: Float64Array },
  span: { readonly first: number; readonly last: number; readonly intervalUs: number },
): Float64Array {
  const { first, last, intervalUs } = span
  const begin = Math.ceil(first / intervalUs)
  const count = Math.max(0, Math.floor(last / intervalUs) - begin)
  const returns = new Float64Array(count)
  let at = 0
  let before = startEquity
  for (let i = 0; i < count; i++) {
    const end = (begin + i + 1) * intervalUs
    let now = before
    while (at < equity.time.length && equity.time[at]! <= end) now = equity.value[at++]!
    returns[i] = before === 0 ? 0 : now / before - 1
    before = now
  }
  return returns
}
