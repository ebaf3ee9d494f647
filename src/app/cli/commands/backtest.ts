import { dirname, resolve } from 'node:path'
import { analyzeRun, type RunAnalysis, type RunRecord } from '../../../core/mod.ts'
import { loadConfig } from '../../config/load.ts'
import { codeHash, commitId } from '../../package.ts'
import { countTrial } from '../../research/ledger/count-trial.ts'
import { NULL_TWIN_RUNS, runNullTwin } from '../../research/null-twin.ts'
import { figuresData, marketData } from '../../research/report/report-json.ts'
import { haltsData } from '../../research/report/section-halts.ts'
import { type WrittenReport, writeReport } from '../../research/report/write-report.ts'
import { type BacktestRequest, type BacktestResult, runBacktest } from '../../run/backtest.ts'
import { loadFittingMarket } from '../../run/load-market.ts'
import { type RecordContext, toRunRecord } from '../../run/run-record.ts'
import { ExitCode } from '../exit-code.ts'
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
  const recording = await loadFittingMarket(config, dirname(resolve(path)))
  const request = { config, configurationHash: hash, codeHash: codeHash(), recording }
  const progress = createProgress(recording, flags.quiet === true)
  const result = runBacktest({ ...request, progress: progress.report })
  progress.done()
  const context: RecordContext = {
    ...request,
    commit: commitId(),
    command: `ornstein backtest ${path}`,
    trials: null,
  }
  const rests = config.strategy.entry === 'passive' || config.strategy.exit === 'passive'
  const companion = rests ? runCompanion(request, context) : null
  const twins = flags.twins === undefined ? NULL_TWIN_RUNS : Number(flags.twins)
  const nullTwin = runNullTwin(request, context, { runs: twins, seed: config.seed + 1000 })
  const record = countTrial(
    toRunRecord(result, {
      ...context,
      ...(companion === null ? {} : { companion }),
      ...(nullTwin === null ? {} : { nullTwin }),
    }),
    { isCounted: flags.ledger !== false, reportPath: flags.report ?? null },
  )
  const analysis = analyzeRun(record)
  const written = flags.report === undefined ? null : writeReport(flags.report, record, analysis)
  return present({ result, record, analysis, written, path })
}

/** The same run under the other view of the queue. */
function runCompanion(request: BacktestRequest, context: RecordContext): RunRecord {
  const { queueModel } = request.config.fills
  const other = queueModel === 'optimistic' ? 'conservative' : 'optimistic'
  return toRunRecord(runBacktest({ ...request, queueModel: other }), context)
}

/** Closed round trips, the number that every figure is over; open ones are said to be open. */
const tripsText = ({ trades, openPositions }: RunAnalysis): string =>
  `${trades.trips} closed round trips${openPositions === 0 ? '' : `, ${openPositions} open`}`

function haltLines({ halts, counts }: RunRecord): readonly string[] {
  if (halts === undefined) return []
  const count = halts.windows.length
  const times = `${count} ${count === 1 ? 'time' : 'times'} of halt known ahead`
  return [`${times}: ${counts.denials.MACRO_HALT ?? 0} orders denied`]
}

function present(run: {
  readonly result: BacktestResult
  readonly record: RunRecord
  readonly analysis: RunAnalysis
  readonly written: WrittenReport | null
  readonly path: string
}): CommandResult {
  const { result, record, analysis, written, path } = run
  const { counts } = record
  const figures = figuresData(analysis) as Record<string, unknown>
  const outcomes = Object.entries(counts.evaluationsByOutcome)
    .sort((a, b) => b[1] - a[1])
    .map(([name, n]) => `${name} ${n}`)
  const lines = [
    analysis.verdict,
    `${counts.events} events  ${counts.signals} signals  ${counts.orders} orders  ` +
      `${counts.fills} fills  ${counts.rejects} rejects  ${tripsText(analysis)}`,
    `Evaluations ended: ${outcomes.join(', ')}`,
    ...haltLines(record),
    written === null
      ? `Report: ornstein backtest ${path} --report DIR`
      : `Report ${written.htmlPath}`,
    `Next: ornstein verify-lookahead ${path}`,
  ]
  return {
    data: {
      verdict: analysis.verdict,
      configurationHash: record.configurationHash,
      dataHash: record.dataHash,
      codeHash: record.codeHash,
      seed: record.seed,
      data: marketData(record.data),
      fillModel: record.fillModel,
      gatesOff: record.gatesOff,
      ...(record.halts === undefined ? {} : { halts: haltsData(record.halts) }),
      counts,
      ...figures,
      report: written,
      interrupted: result.end.interrupted,
    },
    text: lines.join('\n'),
    warnings: analysis.warnings.map((warning) => warning.text),
    mode: 'backtest',
    exitCode: result.end.interrupted ? ExitCode.interrupted : ExitCode.ok,
  }
}
