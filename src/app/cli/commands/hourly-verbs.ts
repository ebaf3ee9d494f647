import { dirname, join } from 'node:path'
import { type LoadedHourly, loadHourly, parseHourly } from '../../config/load-hourly.ts'
import { codeHash } from '../../package.ts'
import { writeBacktestFiles } from '../../research/hourly/backtest-files.ts'
import { diagnose } from '../../research/hourly/diagnose.ts'
import { describeFeatures, writeFeatures } from '../../research/hourly/feature-files.ts'
import { compareWithFunds } from '../../research/hourly/funds/fund-comparison.ts'
import { writeFundComparison } from '../../research/hourly/funds/fund-files.ts'
import { settingRows, writeHourlyReport } from '../../research/hourly/hourly-report.ts'
import { settingsOf } from '../../research/hourly/hourly-settings.ts'
import { openLearners } from '../../research/hourly/learners.ts'
import { verdictOf } from '../../research/hourly/model-report.ts'
import { portfolioVerdict } from '../../research/hourly/portfolio-front.ts'
import { backtestForecasts } from '../../research/hourly/run-backtest.ts'
import { makeStudy, type Tell } from '../../research/hourly/study.ts'
import { trainModel } from '../../research/hourly/train-model.ts'
import { walkForward } from '../../research/hourly/walk-forward.ts'
import type { CommandResult } from '../output.ts'
import type { HourlyFlags, HourlyVerb } from './hourly.ts'

/** What `hourly demo` runs: small enough for a minute, with a planted edge that it says. */
const DEMO = `
name: demo
data: { kind: generated, names: 40, sessions: 252, edge: { column: sentiment_score, bpPer5Bars: 20 } }
model: { trees: 60 }
validation: { trainBars: 882, testBars: 441 }
`

/** Runs a verb of `ornstein hourly`. Throws InputError. */
export async function hourlyCommand(
  verb: HourlyVerb,
  path: string | null,
  flags: HourlyFlags,
): Promise<CommandResult> {
  const { preset } = flags
  const loaded = path === null ? parseHourly(DEMO, 'the demo', preset) : loadHourly(path, preset)
  const folder = flags.out ?? join('.ornstein', 'hourly', loaded.config.name)
  if (verb === 'settings') return settings(loaded)
  const tell = teller(flags.quiet === true)
  if (verb === 'features') return features(loaded, folder, tell)
  const threads = Number(flags.threads ?? 1)
  if (verb === 'train') return train(loaded, folder, { tell, threads })
  const trades = verb !== 'walk-forward'
  const keptOnly = verb === 'report'
  return forecast(loaded, {
    folder,
    tell,
    trades,
    keptOnly,
    command: commandLine(verb, path, flags),
    threads,
  })
}

function settings({ config, hash }: LoadedHourly): CommandResult {
  const { portfolio: _, execution: __, ...rest } = config
  const rows = settingRows({ ...rest, decides: settingsOf(config) })
  const width = Math.max(...rows.map(([key]) => key.length))
  const lines = rows.map(([key, value]) => `${key.padEnd(width)}  ${value}`)
  return { data: { config, hash }, text: `${lines.join('\n')}\n` }
}

async function features(loaded: LoadedHourly, folder: string, tell: Tell): Promise<CommandResult> {
  const { panel, features: columns } = await makeStudy(loaded.config, tell, dirname(loaded.path))
  const described = describeFeatures(panel, columns)
  tell('write', 0, 1)
  const file = join(folder, 'features.parquet')
  await writeFeatures(file, panel, columns)
  tell('write', 1, 1)
  const lines = described.map(
    ({ name, unit, missingShare, isConstant }) =>
      `${name.padEnd(32)} ${(missingShare * 100).toFixed(1).padStart(6)} % missing  ${unit}${isConstant ? '  CONSTANT' : ''}`,
  )
  return {
    data: { file, features: described },
    text: `${lines.join('\n')}\n${described.length} features of ${panel.symbols.length} names written to ${file}\n`,
  }
}

async function train(
  { config, path }: LoadedHourly,
  folder: string,
  { tell, threads }: { readonly tell: Tell; readonly threads: number },
): Promise<CommandResult> {
  const study = await makeStudy(config, tell, dirname(path))
  const learners = await openLearners(threads, tell)
  const trained = await trainModel(config, study, { folder, learners, tell }).finally(
    learners.close,
  )
  const { file, routes } = trained
  const lines = routes.map(
    ({ name, implementation, rows }) => `${name}: ${implementation}, ${rows} rows`,
  )
  const text = `${lines.join('\n')}\n${file}\nIt has seen all of these data: a backtest on them would be worth nothing.\n`
  const { trainedOn } = trained
  const told = routes.map(({ model: _, calibration: __, ...route }) => route)
  return { data: { file, routes: told, trainedOn }, text }
}

async function forecast(
  loaded: LoadedHourly,
  where: {
    readonly folder: string
    readonly tell: Tell
    readonly command: string
    readonly threads: number
    readonly trades: boolean
    readonly keptOnly: boolean
  },
): Promise<CommandResult> {
  const { config, hash: configurationHash } = loaded
  const { folder, tell, command, keptOnly } = where
  const code = codeHash()
  settingsOf(config)
  const study = await makeStudy(config, tell, dirname(loaded.path))
  const learners = await openLearners(where.threads, tell)
  const work = { folder, tell, codeHash: code, keptOnly, learners }
  const forecasts = await walkForward(config, study, work).finally(learners.close)
  const diagnosis = diagnose(config, study, forecasts)
  const run = where.trades ? await backtestForecasts(config, study, { forecasts, tell }) : null
  const record = run?.record ?? null
  if (record !== null) {
    tell('write', 0, 1)
    await writeBacktestFiles(folder, config.name, record)
    await writeFundComparison(folder, compareWithFunds(config.name, record))
  }
  const { panel } = study
  const facts = { config, configurationHash, codeHash: code, command, panel, diagnosis, record }
  const report = writeHourlyReport(folder, facts)
  const { plan, folds } = forecasts
  const routes = diagnosis.routes.map(({ name, weight, implementation, computes }) => ({
    ...{ name, weight, implementation, computes },
  }))
  const kept = folds.filter(({ wasKept }) => wasKept).length
  const lines = [
    `${panel.dataKind === 'generated' ? 'Generated data' : 'Real data'}, ${panel.symbols.length} names, ${panel.grid.openTime.length} bars; preset ${config.preset}`,
    `${plan}: ${folds.length} folds${kept > 0 ? ` (${kept} were there already)` : ''}, trained: ${routes.map((each) => `${each.name} ${each.implementation}`).join(', ')}`,
    verdictOf(diagnosis.scores),
    ...(record === null ? [] : [portfolioVerdict(record)]),
    `Report: ${report}`,
  ]
  const { scores, probabilities } = diagnosis
  const figures = record?.figures ?? null
  return {
    data: { folder, report, plan, routes, folds, scores, probabilities, figures },
    text: `${lines.join('\n')}\n`,
  }
}

/** Progress on stderr: a line for each phase, and for each step of long ones. */
function teller(isQuiet: boolean): Tell {
  const started = performance.now()
  return (phase, done, of) => {
    if (isQuiet) return
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    process.stderr.write(
      `${seconds.padStart(7)} s  ${phase}${of > 1 ? ` (${done} of ${of} done)` : ''}\n`,
    )
  }
}

function commandLine(verb: HourlyVerb, path: string | null, flags: HourlyFlags): string {
  const preset = flags.preset === undefined ? '' : ` --preset ${flags.preset}`
  return `ornstein hourly ${verb}${path === null ? '' : ` ${path}`}${preset}`
}
