import { dirname } from 'node:path'
import { summariseLabels } from '../../../models/mod.ts'
import type { LoadedHourly } from '../../config/load-hourly.ts'
import { codeHash } from '../../package.ts'
import { writeCoverage } from '../../research/hourly/backtest-files.ts'
import { checkLeaks, LEAKS_SKIPPED } from '../../research/hourly/check-leaks.ts'
import { explainRoute } from '../../research/hourly/explain-route.ts'
import { openLearners } from '../../research/hourly/learners.ts'
import { readSavedModel } from '../../research/hourly/read-model.ts'
import { makeStudy, type Tell } from '../../research/hourly/study.ts'
import { labelledBars, trainModel, wholeFold } from '../../research/hourly/train-model.ts'
import { writeTrainingReport } from '../../research/hourly/training-report.ts'
import type { CommandResult } from '../output.ts'

/** Trains every route on all of the data for what comes after them, and reports it. */
export async function trainHours(
  { config, path, hash: configurationHash }: LoadedHourly,
  work: {
    readonly folder: string
    readonly tell: Tell
    readonly command: string
    readonly threads: number
    readonly checksLeaks: boolean
  },
): Promise<CommandResult> {
  const { folder, tell, command, threads, checksLeaks } = work
  const study = await makeStudy(config, { tell, beside: dirname(path), threads })
  const learners = await openLearners(threads, tell)
  const bars = labelledBars(study)
  try {
    const by = { folds: [wholeFold(bars)], learners, tell }
    const leaks = checksLeaks ? await checkLeaks(config, study, by) : null
    const trained = await trainModel(config, study, { folder, learners, tell })
    const { file, trainedOn } = trained
    const explanations = readSavedModel(file).routes.map(({ model, json }) =>
      explainRoute({ fold: 'all of the data', isHeldOut: false, model, json, bars }, study),
    )
    const facts = { config, configurationHash, codeHash: codeHash(), command, study, leaks }
    const labels = summariseLabels(study.panel, study.labels)
    const found = { trained, explanations, labels }
    await writeCoverage(folder, study.coverage)
    const report = writeTrainingReport(folder, { ...facts, ...found })
    const routes = trained.routes.map(({ model: _, calibration: __, ...route }) => route)
    const lines = [
      ...routes.map((each) => `${each.name}: ${each.implementation}, ${each.rows} rows`),
      leaks === null ? LEAKS_SKIPPED : `Leak checks passed: ${leaks.join(', ')}`,
      file,
      'It has seen all of these data and refuses to forecast them.',
      `Report: ${report}`,
    ]
    return {
      data: { file, report, routes, trainedOn, leaks },
      text: `${lines.join('\n')}\n`,
      warnings: leaks === null ? [LEAKS_SKIPPED] : [],
    }
  } finally {
    await learners.close()
  }
}
