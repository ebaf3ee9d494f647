import { dirname, resolve } from 'node:path'
import { analyzeRun, type RunRecord } from '../../../core/mod.ts'
import { loadConfig } from '../../config/load.ts'
import { codeHash, commitId } from '../../package.ts'
import { NULL_TWIN_RUNS, runNullTwin } from '../../research/null-twin.ts'
import { runBacktest } from '../../run/backtest.ts'
import { loadMarket } from '../../run/load-market.ts'
import { toRunRecord } from '../../run/run-record.ts'
import { ExitCode } from '../envelope.ts'
import type { CommandResult } from '../output.ts'
import { createProgress } from '../progress.ts'

/** Flags of `ornstein backtest`. */
export interface BacktestFlags {
  readonly report?: string
  readonly twins?: string
  readonly ledger?: boolean
  readonly quiet?: boolean
}

/** Runs a configuration over its recording, with companion and null twins where they apply. */
export async function backtestCommand(path: string, flags: BacktestFlags): Promise<CommandResult> {
  const { config, hash } = loadConfig(path)
  const recording = await loadMarket(config, dirname(resolve(path)))
  const code = codeHash()
  const command = `ornstein backtest ${path}`
  const progress = createProgress(recording, flags.quiet === true)
  const request = { config, configurationHash: hash, codeHash: code, recording }
  const result = runBacktest({ ...request, progress: progress.report })
  progress.done()
  const context = {
    config,
    configurationHash: hash,
    codeHash: code,
    commit: commitId(),
    command,
    recording,
    trials: null,
  }
  const rests = config.strategy.entry === 'passive' || config.strategy.exit === 'passive'
  const companionModel = config.fills.queueModel === 'optimistic' ? 'conservative' : 'optimistic'
  const companion = rests
    ? toRunRecord(runBacktest({ ...request, queueModel: companionModel }), context)
    : undefined
  const twinRuns = flags.twins === undefined ? NULL_TWIN_RUNS : Number(flags.twins)
  const nullTwin = runNullTwin(request, context, { runs: twinRuns, seed: config.seed + 1000 })
  const record: RunRecord = toRunRecord(result, {
    ...context,
    ...(companion === undefined ? {} : { companion }),
    ...(nullTwin === null ? {} : { nullTwin }),
  })
  const analysis = analyzeRun(record)
  return {
    data: { analysis, counts: record.counts, interrupted: result.end.interrupted },
    text: analysis.verdict,
    warnings: analysis.warnings.map((warning) => warning.text),
    mode: 'backtest',
    exitCode: result.end.interrupted ? ExitCode.interrupted : ExitCode.ok,
  }
}
