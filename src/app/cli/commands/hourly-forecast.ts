import { dirname } from 'node:path'
import type { HourlyConfig } from '../../config/hourly-schema.ts'
import { hashOf } from '../../config/load.ts'
import type { LoadedHourly } from '../../config/load-hourly.ts'
import { codeHash, commitId } from '../../package.ts'
import { applyModel } from '../../research/hourly/apply-model.ts'
import { writeBacktestFiles, writeCoverage } from '../../research/hourly/backtest-files.ts'
import { checkLeaks, LEAKS_SKIPPED, type LeakChecks } from '../../research/hourly/check-leaks.ts'
import { type Diagnosis, diagnose } from '../../research/hourly/diagnose.ts'
import { compareWithFunds } from '../../research/hourly/funds/fund-comparison.ts'
import { writeFundComparison } from '../../research/hourly/funds/fund-files.ts'
import { writeHourlyReport } from '../../research/hourly/hourly-report.ts'
import { settingsOf } from '../../research/hourly/hourly-settings.ts'
import {
  countHourlyTrial,
  type HourlyTrials,
  netReturns,
  spreadReturns,
  trialsVerdict,
} from '../../research/hourly/hourly-trials.ts'
import { openLearners } from '../../research/hourly/learners.ts'
import { verdictOf } from '../../research/hourly/model-report.ts'
import { portfolioVerdict } from '../../research/hourly/portfolio-front.ts'
import { readSavedModel, type SavedModel } from '../../research/hourly/read-model.ts'
import { backtestForecasts, type PathOutcome } from '../../research/hourly/run-backtest.ts'
import { makeStudy, type Study, type Tell } from '../../research/hourly/study.ts'
import { foldsOf, type WalkForward, walkForward } from '../../research/hourly/walk-forward.ts'
import { DEFAULT_LEDGER_PATH } from '../../research/ledger/run-ledger.ts'
import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import type { CommandResult } from '../output.ts'

/** How forecasts are made, and what is done with them. */
export interface ForecastWork {
  readonly folder: string
  readonly tell: Tell
  readonly command: string
  readonly threads: number
  readonly trades: boolean
  /** Nothing is trained: folds are there already. */
  readonly keptOnly: boolean
  readonly checksLeaks: boolean
  /** Whether the run is a trial: read from kept folds it is not another one. */
  readonly isCounted: boolean
  /** File of models that were trained before; null: models are trained fold by fold. */
  readonly model: string | null
  /** First day that a saved model forecasts; null: from the first. */
  readonly fromDay: number | null
}

/** Makes forecasts that had not seen what they forecast, measures them and trades them. */
export async function forecastHours(
  loaded: LoadedHourly,
  work: ForecastWork,
): Promise<CommandResult> {
  const { config, hash: configurationHash } = loaded
  const { folder, tell, command } = work
  settingsOf(config)
  const saved = work.model === null ? null : readSavedModel(work.model)
  const study = await makeStudy(config, {
    tell,
    beside: dirname(loaded.path),
    threads: work.threads,
  })
  const { leaks, forecasts } = await made(config, study, { ...work, saved })
  const diagnosis = diagnose(config, study, forecasts)
  const run = work.trades ? await backtestForecasts(config, study, { forecasts, tell }) : null
  const record = run?.record ?? null
  tell('write', 0, 1)
  if (record !== null) {
    await writeBacktestFiles(folder, config.name, record)
    await writeFundComparison(folder, compareWithFunds(config.name, record))
  }
  const trials = trialsOf(config, study, { ...work, saved, forecasts, diagnosis, record })
  await writeCoverage(folder, study.coverage)
  const facts = { config, configurationHash, codeHash: codeHash(), command, study }
  const evidence = { leaks, trials, outcomes: run?.outcomes ?? [] }
  const report = writeHourlyReport(folder, { ...facts, diagnosis, record, ...evidence })
  return told(config, study, { folder, report, ...evidence, diagnosis, record })
}

/** Forecasts by saved models, or by models that are trained fold by fold; leaks are looked for. */
async function made(
  config: HourlyConfig,
  study: Study,
  work: ForecastWork & { readonly saved: SavedModel | null },
): Promise<{ readonly leaks: LeakChecks; readonly forecasts: WalkForward }> {
  const { saved, checksLeaks, tell, keptOnly, folder } = work
  if (saved !== null) {
    const forecasts = applyModel(saved, study, work.fromDay)
    const by = { folds: [], learners: null, tell }
    return { forecasts, leaks: checksLeaks ? await checkLeaks(config, study, by) : null }
  }
  const folds = foldsOf(config, study)
  const learners = await openLearners(work.threads, tell)
  try {
    const by = { folds, learners: keptOnly ? null : learners, tell }
    const leaks = checksLeaks ? await checkLeaks(config, study, by) : null
    const where = { folder, tell, keptOnly, learners, codeHash: codeHash() }
    return { leaks, forecasts: await walkForward(config, study, where) }
  } finally {
    await learners.close()
  }
}

/** Counts the run in the ledger of this folder and says how much trying many explains of it. */
function trialsOf(
  { name, ...parameters }: HourlyConfig,
  study: Study,
  of: Pick<ForecastWork, 'isCounted' | 'folder'> & {
    readonly saved: SavedModel | null
    readonly forecasts: WalkForward
    readonly diagnosis: Diagnosis
    readonly record: HourlyRecord | null
  },
): HourlyTrials {
  const { saved, record, diagnosis, forecasts } = of
  const tried = saved === null ? parameters : { ...parameters, models: saved.hash }
  const trial = {
    ...{ name, configurationHash: hashOf(tried), dataHash: study.hash },
    ...{ codeHash: codeHash(), commit: commitId(), seed: parameters.models[0]!.seed },
    ...{ parameters: tried, reportPath: of.folder },
    metrics: {
      rankIc: diagnosis.scores.rankIc.mean.neweyWest.value,
      netReturn: record?.figures.totalReturn.value ?? null,
    },
    ...(record === null
      ? {
          returnInterval: 'session, top tenth less all names, before costs',
          sessions: spreadReturns(study, forecasts.paths[0]!),
        }
      : { returnInterval: 'session, net', sessions: netReturns(record) }),
  }
  return countHourlyTrial(DEFAULT_LEDGER_PATH, trial, of.isCounted)
}

function told(
  config: HourlyConfig,
  { panel }: Study,
  of: {
    readonly folder: string
    readonly report: string
    readonly leaks: LeakChecks
    readonly trials: HourlyTrials
    readonly outcomes: readonly PathOutcome[]
    readonly diagnosis: Diagnosis
    readonly record: HourlyRecord | null
  },
): CommandResult {
  const { folder, report, leaks, trials, outcomes, diagnosis, record } = of
  const { plan, folds, scores, probabilities } = diagnosis
  const kept = folds.filter(({ wasKept }) => wasKept).length
  const trained = folds.some(({ trainBars }) => trainBars > 0)
    ? `: ${folds.length} folds${kept > 0 ? ` (${kept} were there already)` : ''}`
    : ''
  const routes = diagnosis.routes.map(({ name, weight, implementation, computes }) => ({
    ...{ name, weight, implementation, computes },
  }))
  const lines = [
    `${panel.dataKind === 'generated' ? 'Generated data' : 'Real data'}, ${panel.symbols.length} names, ${panel.grid.openTime.length} bars; preset ${config.preset}`,
    `${plan}${trained}`,
    ...routes.map((each) => `${each.name}: ${each.implementation}, ${each.computes}`),
    leaks === null ? LEAKS_SKIPPED : `Leak checks passed: ${leaks.join(', ')}`,
    verdictOf(scores),
    ...(record === null ? [] : [portfolioVerdict(record)]),
    trialsVerdict(trials),
    `Report: ${report}`,
  ]
  const figures = record?.figures ?? null
  const { parts, paths } = diagnosis
  const forecast = { scores, probabilities, parts, paths }
  return {
    data: { folder, report, plan, routes, folds, leaks, ...forecast, figures, outcomes, trials },
    text: `${lines.join('\n')}\n`,
    warnings: leaks === null ? [LEAKS_SKIPPED] : [],
    runId: trials.runId,
  }
}
