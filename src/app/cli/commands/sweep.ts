import { randomBytes } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import { InputError } from '../../../adapters/mod.ts'
import { analyzeSweep, type SweepMetric, type SweepRecord, trialValue } from '../../../core/mod.ts'
import { type LoadedConfig, loadConfig, parseObject, readValues } from '../../config/load.ts'
import { codeHash, commitId } from '../../package.ts'
import { DEFAULT_LEDGER_PATH, openRunLedger } from '../../research/ledger/run-ledger.ts'
import { writeSweep } from '../../research/report/write-report.ts'
import { applyPoint, gridPoints, parseGrid } from '../../research/sweep/grid.ts'
import { type FinishedTrial, runSweep } from '../../research/sweep/run-sweep.ts'
import { runBacktest } from '../../run/backtest.ts'
import { loadFittingMarket } from '../../run/load-market.ts'
import { toRunRecord } from '../../run/run-record.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult } from '../output.ts'

/** Flags of `ornstein sweep`. */
export interface SweepFlags {
  readonly grid: readonly string[]
  readonly metric?: string
  readonly report?: string
  readonly quiet?: boolean
}

const metrics: readonly SweepMetric[] = [
  'netReturn',
  'sharpe',
  'sharpePerObservation',
  'netBpsMean',
  'maximumDrawdown',
  'hitRate',
  'costBps',
  'trips',
]

/** Runs a grid of configurations over the same data; every trial is kept in the run ledger. */
export async function sweepCommand(path: string, flags: SweepFlags): Promise<CommandResult> {
  const metric = readMetric(flags.metric ?? 'netReturn')
  const axes = parseGrid(flags.grid)
  const loaded = loadConfig(path)
  const configuration = readValues(path)
  // Every point is validated before any is run: a misspelt key costs no time.
  for (const point of gridPoints(axes)) parseObject(applyPoint(configuration, point), path)
  const recording = await loadFittingMarket(loaded.config, dirname(resolve(path)))
  const facts = { codeHash: codeHash(), commit: commitId() }
  const trials = await runSweep({
    ...facts,
    loaded,
    configuration,
    recording,
    axes,
    progress: (done, total, last) => {
      if (flags.quiet === true) return
      const value = last.metrics[metric]
      const figure = last.failure ?? `${metric} ${value?.toPrecision(4) ?? 'n/a'}`
      process.stderr.write(`sweep ${done}/${total}  ${figure}\n`)
    },
  })
  const base = toRunRecord(runBacktest({ ...facts, ...asRequest(loaded), recording }), {
    ...facts,
    ...asRequest(loaded),
    recording,
    command: commandOf(path, flags),
    trials: null,
  })
  const returnInterval = `${loaded.config.signal.interval / 1e6} s bar`
  const kept = keepTrials(trials, base, returnInterval)
  const record: SweepRecord = {
    schema: 'ornstein.sweep/1',
    name: base.name,
    strategy: base.strategy,
    data: base.data,
    metric,
    axes,
    trials: trials.map((trial, i) => ({
      parameters: trial.point,
      runId: kept.ids[i] ?? null,
      metrics: trial.metrics,
      returns: trial.returns,
      failure: trial.failure,
    })),
    returnInterval,
    known: kept.known,
    seed: base.seed,
    commit: base.commit,
    configurationHash: base.configurationHash,
    dataHash: base.dataHash,
    codeHash: base.codeHash,
    command: base.command,
  }
  return present(record, flags)
}

const asRequest = ({ config, hash }: LoadedConfig) => ({ config, configurationHash: hash })

const commandOf = (path: string, flags: SweepFlags): string =>
  `ornstein sweep ${path} ${flags.grid.map((axis) => `--grid ${axis}`).join(' ')}`

function keepTrials(
  trials: readonly FinishedTrial[],
  base: ReturnType<typeof toRunRecord>,
  returnInterval: string,
) {
  const ledger = openRunLedger(DEFAULT_LEDGER_PATH)
  try {
    const sweepId = `s${randomBytes(6).toString('hex')}`
    const good = trials.filter((trial) => trial.failure === null)
    const ids = ledger.recordRuns(
      good.map((trial) => ({
        name: base.name,
        time: Date.now() * 1000,
        kind: 'sweep',
        mode: 'backtest',
        strategy: base.strategy,
        configurationHash: trial.configurationHash,
        dataHash: base.dataHash,
        codeHash: base.codeHash,
        commit: base.commit,
        seed: base.seed,
        sweepId,
        parameters: trial.point,
        metrics: trial.metrics,
        returnInterval,
        returns: trial.returns,
        reportPath: null,
      })),
    )
    const known = ledger.trialStatistics(base.strategy, base.dataHash, returnInterval)
    return { ids: trials.map((trial) => ids[good.indexOf(trial)] ?? null), known }
  } finally {
    ledger.close()
  }
}

function present(record: SweepRecord, flags: SweepFlags): CommandResult {
  const analysis = analyzeSweep(record)
  const written = flags.report === undefined ? null : writeSweep(flags.report, record, analysis)
  const rows = record.trials
    .map((trial) => ({ trial, value: trialValue(trial, record.metric) }))
    .sort((a, b) => (b.value ?? Number.NEGATIVE_INFINITY) - (a.value ?? Number.NEGATIVE_INFINITY))
    .slice(0, 10)
    .map(({ trial, value }) => {
      const at = Object.entries(trial.parameters).map(([key, v]) => `${key}=${v}`)
      return `  ${(value?.toPrecision(4) ?? 'n/a').padStart(12)}  ${at.join('  ')}`
    })
  const lines = [
    analysis.verdict,
    `${record.trials.length} trials, ${analysis.failed} failed; ${analysis.trials} configurations ` +
      'tried on these data so far',
    `Best by ${record.metric}:`,
    ...rows,
    written === null ? 'Heat map: add --report DIR' : `Heat map ${written.htmlPath}`,
  ]
  return {
    data: {
      verdict: analysis.verdict,
      metric: record.metric,
      axes: record.axes,
      trials: record.trials.map(({ returns: _, ...trial }) => trial),
      best: analysis.best,
      bestPlateau: analysis.bestPlateau,
      bestAtEdge: analysis.bestAtEdge,
      deflatedSharpe: analysis.dsr,
      trialsKnown: analysis.trials,
      report: written,
    },
    text: lines.join('\n'),
    mode: 'backtest',
    exitCode: analysis.failed > 0 ? ExitCode.partial : ExitCode.ok,
  }
}

function readMetric(found: string): SweepMetric {
  const metric = metrics.find((name) => name === found)
  if (metric !== undefined) return metric
  throw new InputError({
    code: 'ORN-SWEEP-002',
    exitCode: ExitCode.usage,
    message: `--metric ${found} is not known`,
    details: [`allowed: ${metrics.join(', ')}`],
  })
}
