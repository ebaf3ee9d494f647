import { randomBytes } from 'node:crypto'
import type { RunRecord, RunTrials } from '../../../core/mod.ts'
import { openRunLedger, type RunEntry } from '../ledger/run-ledger.ts'
import type { FinishedTrial } from './run-sweep.ts'

/** Ids of what was kept, and what the ledger knows of these data since. */
export interface KeptTrials {
  /** By trial; null where it failed. */
  readonly ids: readonly (string | null)[]
  readonly confirmedIds: readonly (string | null)[]
  readonly known: RunTrials
}

/** What trials of one sweep have in common. */
export type SweepFacts = Pick<
  RunRecord,
  'name' | 'strategy' | 'dataHash' | 'codeHash' | 'commit' | 'seed'
>

/**
 * Appends all trials, then their confirmations, in one transaction. A confirmation is no further
 * trial: its configuration is counted already.
 */
export function keepTrials(
  path: string,
  trials: readonly FinishedTrial[],
  confirmed: readonly FinishedTrial[],
  facts: SweepFacts,
  returnInterval: string,
): KeptTrials {
  const sweepId = `s${randomBytes(6).toString('hex')}`
  const time = Date.now() * 1000
  const all = [...trials, ...confirmed]
  const good = all.filter((trial) => trial.failure === null)
  const entries = good.map((trial): RunEntry => {
    const { name, strategy, dataHash, codeHash, commit, seed } = facts
    return {
      name,
      time,
      kind: 'sweep',
      mode: 'backtest',
      strategy,
      configurationHash: trial.configurationHash,
      dataHash,
      codeHash,
      commit,
      seed,
      sweepId,
      parameters: trial.point,
      metrics: trial.metrics,
      returnInterval,
      returns: trial.returns,
      reportPath: null,
      tier: trial.tier,
    }
  })
  const ledger = openRunLedger(path)
  try {
    const recorded = ledger.recordRuns(entries)
    const ids = new Map(good.map((trial, i) => [trial, recorded[i]!]))
    const known = ledger.trialStatistics(facts.strategy, facts.dataHash, returnInterval)
    const idOf = (trial: FinishedTrial): string | null => ids.get(trial) ?? null
    return { ids: trials.map(idOf), confirmedIds: confirmed.map(idOf), known }
  } finally {
    ledger.close()
  }
}
