import { createHash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import { InputError, loadBarRecording, type Recording } from '../../../adapters/mod.ts'
import {
  analyzeRun,
  MarketCursor,
  RecordKind,
  type RunBenchmark,
  type RunRecord,
} from '../../../core/mod.ts'
import { loadConfig } from '../../config/load.ts'
import { textTable } from '../../data/text-table.ts'
import { codeHash, commitId } from '../../package.ts'
import {
  type ComparedRun,
  type Comparison,
  comparedRun,
  comparisonNotes,
} from '../../research/compare/compared-run.ts'
import { comparedFigures } from '../../research/compare/comparison-figures.ts'
import { comparisonData } from '../../research/compare/comparison-json.ts'
import { comparisonVerdict } from '../../research/compare/render-comparison.ts'
import { writeComparison } from '../../research/compare/write-comparison.ts'
import { countTrial } from '../../research/ledger/count-trial.ts'
import { runBacktest } from '../../run/backtest.ts'
import { loadFittingMarket } from '../../run/load-market.ts'
import { toRunRecord } from '../../run/run-record.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult } from '../output.ts'
import { createProgress } from '../progress.ts'

/** Flags of `ornstein compare`. */
export interface CompareFlags {
  readonly report?: string
  readonly benchmark?: string
  readonly benchmarkSymbol?: string
  readonly ledger?: boolean
  readonly quiet?: boolean
}

/** Runs several configurations over their data and puts their figures side by side. */
export async function compareCommand(
  paths: readonly string[],
  flags: CompareFlags,
): Promise<CommandResult> {
  if (paths.length < 2) {
    throw new InputError({
      code: 'ORN-COMPARE-001',
      exitCode: 2,
      message: `compare needs at least two configurations; ${paths.length} given`,
      details: ['example: ornstein compare a.yaml b.yaml --report out'],
    })
  }
  const { benchmark, benchmarkSymbol } = flags
  const market =
    benchmark === undefined ? null : await benchmarkFromBars(benchmark, benchmarkSymbol)
  const recordings = new Map<string, Recording>()
  const runs: ComparedRun[] = []
  for (const path of paths) {
    const run = await runOne(path, { flags, market, recordings })
    if (run === null) return { data: null, text: 'Interrupted', exitCode: ExitCode.interrupted }
    runs.push(run)
  }
  const command = [
    `ornstein compare ${paths.join(' ')}`,
    ...(benchmark === undefined ? [] : [`--benchmark ${benchmark}`]),
    ...(benchmarkSymbol === undefined ? [] : [`--benchmark-symbol ${benchmarkSymbol}`]),
  ].join(' ')
  const schema = 'ornstein.compare/1'
  const comparison: Comparison = { schema, command, runs, notes: comparisonNotes(runs) }
  const written = flags.report === undefined ? null : writeComparison(flags.report, comparison)
  return {
    data: { ...comparisonData(comparison), report: written },
    text: [
      comparisonVerdict(runs),
      tableOf(runs),
      written === null ? `Report: ${command} --report DIR` : `Report ${written.htmlPath}`,
    ].join('\n'),
    warnings: comparison.notes,
    mode: 'backtest',
    exitCode: ExitCode.ok,
  }
}

async function runOne(
  path: string,
  shared: {
    readonly flags: CompareFlags
    readonly market: RunBenchmark | null
    /** By what is loaded: runs over the same data share them. */
    readonly recordings: Map<string, Recording>
  },
): Promise<ComparedRun | null> {
  const { flags, market, recordings } = shared
  const { config, hash } = loadConfig(path)
  const folder = dirname(resolve(path))
  const key = JSON.stringify([folder, config.data, config.seed, config.signal])
  const recording = recordings.get(key) ?? (await loadFittingMarket(config, folder))
  recordings.set(key, recording)
  const request = { config, configurationHash: hash, codeHash: codeHash(), recording }
  const progress = createProgress(recording, flags.quiet === true)
  const result = runBacktest({ ...request, progress: progress.report })
  progress.done()
  if (result.end.interrupted) return null
  const context = {
    ...request,
    commit: commitId(),
    command: `ornstein backtest ${path}`,
    trials: null,
  }
  const bare: RunRecord = {
    ...toRunRecord(result, context),
    ...(market === null ? {} : { benchmark: market }),
  }
  const record = countTrial(bare, {
    isCounted: flags.ledger !== false,
    reportPath: flags.report ?? null,
  })
  return comparedRun(path, config, record, analyzeRun(record))
}

/** The market that runs are held against: closes of one name of a file of bars. */
export async function benchmarkFromBars(
  file: string,
  symbol: string | undefined,
): Promise<RunBenchmark> {
  const options = symbol === undefined ? {} : { symbols: [symbol] }
  const { batch, instruments, info } = await loadBarRecording({ file: resolve(file), ...options })
  if (instruments.length !== 1) {
    throw new InputError({
      code: 'ORN-COMPARE-002',
      exitCode: 2,
      message: `--benchmark names ${instruments.length} instruments, which must be one`,
      details: [`found: ${instruments.map((each) => each.symbol).join(', ')}`],
      fix: 'add --benchmark-symbol NAME',
    })
  }
  const time: number[] = []
  const value: number[] = []
  const cursor = new MarketCursor()
  for (let i = 0; i < batch.count; i++) {
    cursor.load(batch, i)
    if (cursor.kind !== RecordKind.bar) continue
    time.push(cursor.receivedTime)
    value.push(cursor.pool[cursor.aux + 3]!)
  }
  const hash = createHash('sha256')
  for (const { sha256 } of info.files) hash.update(sha256)
  return {
    name: `${instruments[0]!.symbol}, prices without dividends`,
    hash: hash.digest('hex'),
    time: Float64Array.from(time),
    value: Float64Array.from(value),
  }
}

/** The figures that decide, shares in percent. */
function tableOf(runs: readonly ComparedRun[]): string {
  const shown = [
    'trades',
    'grossBp',
    'netBp',
    'netReturn',
    'sharpe',
    'psr',
    'drawdown',
    'turnover',
    'beta',
  ]
  const rows = runs.map((run) => {
    const figures = new Map(comparedFigures(run).map((each) => [each.key, each]))
    const cells = shown.map((name) => {
      const { figure, unit } = figures.get(name)!
      const isShare = unit === 'percent' || unit === 'share'
      if (figure.value === null) return null
      return Number((isShare ? figure.value * 100 : figure.value).toFixed(unit === 'count' ? 0 : 3))
    })
    return [run.record.name, ...cells]
  })
  const unit = (name: string): string => (/Return|drawdown/.test(name) ? `${name} %` : name)
  return textTable(['', ...shown.map(unit)], rows)
}
