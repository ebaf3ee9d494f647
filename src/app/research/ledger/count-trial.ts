import { join } from 'node:path'
import { analyzeRun, type RunRecord } from '../../../core/mod.ts'
import { DEFAULT_LEDGER_PATH, openRunLedger } from './run-ledger.ts'

/** Appends the run to the ledger and tells the record how often this was tried. */
export function countTrial(
  record: RunRecord,
  how: { readonly isCounted: boolean; readonly reportPath: string | null },
): RunRecord {
  if (!how.isCounted) return record
  const analysis = analyzeRun(record)
  const ledger = openRunLedger(join('.', DEFAULT_LEDGER_PATH))
  try {
    ledger.recordRun({
      name: record.name,
      time: Date.now() * 1000,
      kind: 'backtest',
      mode: record.mode,
      strategy: record.strategy,
      configurationHash: record.configurationHash,
      dataHash: record.dataHash,
      codeHash: record.codeHash,
      commit: record.commit,
      seed: record.seed,
      sweepId: null,
      parameters: record.parameters,
      metrics: {
        netReturn: analysis.equity.totalReturn,
        trips: analysis.trades.trips,
        openPositions: analysis.openPositions,
      },
      returnInterval: 'day',
      returns: analysis.daily.returns,
      reportPath: how.reportPath,
    })
    const trials = ledger.trialStatistics(record.strategy, record.dataHash, 'day')
    return { ...record, trials }
  } finally {
    ledger.close()
  }
}
