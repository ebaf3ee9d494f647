import { dirname, resolve } from 'node:path'
import { InputError, type Recording } from '../../../adapters/mod.ts'
import type { SweepMetric, SweepTrial } from '../../../core/mod.ts'
import { type LoadedConfig, loadConfig, readValues } from '../../config/load.ts'
import { codeHash, commitId } from '../../package.ts'
import { DEFAULT_LEDGER_PATH } from '../../research/ledger/run-ledger.ts'
import { type ColumnPlan, planColumns } from '../../research/sweep/column-plan.ts'
import {
  compareTiers,
  countReasons,
  survivors,
  type TieredSweep,
  tierLine,
} from '../../research/sweep/confirm.ts'
import { gridPoints, parseGrid } from '../../research/sweep/grid.ts'
import { keepTrials } from '../../research/sweep/keep-trials.ts'
import { returnSpan, spanText } from '../../research/sweep/return-span.ts'
import {
  type FinishedTrial,
  loadPoints,
  runSweep,
  type SweepRequest,
} from '../../research/sweep/run-sweep.ts'
import { runBacktest } from '../../run/backtest.ts'
import { loadFittingMarket } from '../../run/load-market.ts'
import { toRunRecord } from '../../run/run-record.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult } from '../output.ts'
import { createSweepProgress } from './sweep-progress.ts'
import { presentSweep } from './sweep-result.ts'

/** Flags of `ornstein sweep`. */
export interface SweepFlags {
  readonly grid: readonly string[]
  readonly metric?: string
  readonly tier?: string
  readonly confirm?: string
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

/** Best trials that are run again on the event tier unless told otherwise. */
const CONFIRMED = 10

/**
 * Runs a grid of configurations over the same data, as columns where that gives the same trades,
 * and the best of those again event by event; every trial is kept in the run ledger.
 */
export async function sweepCommand(path: string, flags: SweepFlags): Promise<CommandResult> {
  const metric = readOne('--metric', flags.metric ?? 'netReturn', metrics, 'ORN-SWEEP-002')
  const tier = readOne('--tier', flags.tier ?? 'auto', tierChoices, 'ORN-SWEEP-004')
  const axes = parseGrid(flags.grid)
  const loaded = loadConfig(path)
  const configuration = readValues(path)
  const points = loadPoints(configuration, path, gridPoints(axes))
  const recording = await loadFittingMarket(loaded.config, dirname(resolve(path)))
  const { info } = recording
  const span = returnSpan({ ...info, barUs: loaded.config.signal.interval })
  const configs = points.map((each) => each.loaded.config)
  const plan = tier === 'events' ? null : planColumns(configs, recording, span)
  if (tier === 'columns') requireColumns(plan!)
  const facts = { codeHash: codeHash(), commit: commitId() }
  const interruption = listenForInterrupt()
  const request = { ...facts, points, configuration, recording, span, plan }
  const ran = await runBoth({ ...request, signal: interruption.signal }, metric, flags)
  interruption.release()
  const base = baseRecord(loaded, recording, { ...facts, command: commandOf(path, flags) })
  const interval = spanText(span, loaded.config.signal.interval)
  const kept = keepTrials(DEFAULT_LEDGER_PATH, ran.trials, ran.confirmed, base, interval)
  if (interruption.signal.aborted) return interrupted(ran.trials.length, points.length)
  const trials = ran.trials.map((trial, i) => toTrial(trial, kept.ids[i]!))
  const record: TieredSweep = {
    ...base,
    schema: 'ornstein.sweep/1',
    metric,
    axes,
    trials,
    returnInterval: interval,
    known: kept.known,
    tiers: {
      ...ran.tiers,
      confirmations: ran.confirmed.map((run, i) => {
        const trial = ran.survivors[i]!
        return {
          trial,
          ...compareTiers(trials[trial]!, toTrial(run, kept.confirmedIds[i]!), metric),
        }
      }),
    },
  }
  return presentSweep(record, flags.report)
}

const tierChoices = ['auto', 'columns', 'events'] as const

/** Runs all trials, then the best of the column tier on the event tier. */
async function runBoth(request: SweepRequest, metric: SweepMetric, flags: SweepFlags) {
  const isQuiet = flags.quiet === true
  const { points, plan } = request
  const progress = createSweepProgress('Sweep', metric, isQuiet)
  const obstacles = plan?.obstacles ?? points.map(() => ['--tier events'])
  const planned = obstacles.map((reasons) => (reasons.length === 0 ? 'columns' : 'events'))
  progress.say(tierLine({ byTrial: planned, reasons: countReasons(obstacles) }))
  const trials = await runSweep({ ...request, progress: progress.report })
  progress.done()
  const byTrial = trials.map((trial) => trial.tier)
  const bounds = trials.map(({ bound }, i) => (bound === null ? (obstacles[i] ?? []) : [bound]))
  const tiers = { byTrial, reasons: countReasons(bounds) }
  const best = request.signal?.aborted
    ? []
    : survivors(
        trials.map((trial) => toTrial(trial, null)),
        byTrial,
        metric,
        Number(flags.confirm ?? CONFIRMED),
      )
  const confirming = createSweepProgress('Confirm', metric, isQuiet)
  const confirmed = await runSweep({
    ...request,
    plan: null,
    points: best.map((index) => points[index]!),
    progress: confirming.report,
  })
  confirming.done()
  return { trials, tiers, survivors: best, confirmed }
}

const toTrial = (trial: FinishedTrial, runId: string | null): SweepTrial => ({
  parameters: trial.point,
  runId,
  metrics: trial.metrics,
  returns: trial.returns,
  failure: trial.failure,
})

/** What the whole sweep shares, made of the configuration as it is, without running it. */
function baseRecord(
  loaded: LoadedConfig,
  recording: Recording,
  facts: { readonly codeHash: string; readonly commit: string; readonly command: string },
) {
  const { config, hash } = loaded
  const nothing = { ...recording, batch: { ...recording.batch, count: 0 } }
  const request = { config, configurationHash: hash, codeHash: facts.codeHash }
  const result = runBacktest({ ...request, recording: nothing })
  const record = toRunRecord(result, { ...request, ...facts, recording, trials: null })
  const { name, strategy, data, seed, commit, configurationHash, dataHash } = record
  const { codeHash: code, command } = record
  return {
    name,
    strategy,
    data,
    seed,
    commit,
    configurationHash,
    dataHash,
    codeHash: code,
    command,
  }
}

function requireColumns({ obstacles }: ColumnPlan): void {
  const reasons = countReasons(obstacles)
  if (reasons.length === 0) return
  throw new InputError({
    code: 'ORN-SWEEP-003',
    exitCode: ExitCode.usage,
    message: '--tier columns would not give the trades of the event tier',
    details: reasons.map(
      ({ reason, trials }) => `${reason}: ${trials} of ${obstacles.length} trials`,
    ),
    fix: 'leave --tier out: trials that columns cannot represent then run on the event tier',
  })
}

/** The first signal stops the trials; what was tried by then is still counted. */
function listenForInterrupt() {
  const controller = new AbortController()
  const stop = () => controller.abort()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const each of signals) process.once(each, stop)
  return {
    signal: controller.signal,
    release: () => {
      for (const each of signals) process.removeListener(each, stop)
    },
  }
}

const interrupted = (done: number, total: number): CommandResult => ({
  data: { interrupted: true, finished: done, trials: total },
  text:
    `Interrupted: ${done} of ${total} trials were finished and are counted in the run ledger; ` +
    'no report was written',
  mode: 'backtest',
  exitCode: ExitCode.interrupted,
})

function commandOf(path: string, flags: SweepFlags): string {
  const grid = flags.grid.map((axis) => `--grid ${axis}`)
  const named = (['metric', 'tier', 'confirm'] as const).flatMap((name) =>
    flags[name] === undefined ? [] : [`--${name} ${flags[name]}`],
  )
  return ['ornstein sweep', path, ...grid, ...named].join(' ')
}

function readOne<Word extends string>(
  flag: string,
  found: string,
  words: readonly Word[],
  code: string,
): Word {
  const word = words.find((name) => name === found)
  if (word !== undefined) return word
  throw new InputError({
    code,
    exitCode: ExitCode.usage,
    message: `${flag} ${found} is not known`,
    details: [`allowed: ${words.join(', ')}`],
  })
}
