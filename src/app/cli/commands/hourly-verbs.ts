import { dirname, join } from 'node:path'
import { InputError } from '../../../adapters/mod.ts'
import { type LoadedHourly, loadHourly, parseHourly } from '../../config/load-hourly.ts'
import { describeFeatures, writeFeatures } from '../../research/hourly/feature-files.ts'
import { type SettingRow, settingRows } from '../../research/hourly/setting-rows.ts'
import { makeStudy, type Tell } from '../../research/hourly/study.ts'
import { dayFlag } from '../day-flag.ts'
import type { CommandResult } from '../output.ts'
import { requireOutputFolder } from '../output-folder.ts'
import type { HourlyFlags, HourlyVerb } from './hourly.ts'
import { hourlyData } from './hourly-data.ts'
import { forecastHours } from './hourly-forecast.ts'
import { trainHours } from './hourly-train.ts'

/** What `hourly demo` runs: small enough for a minute, with a planted edge that it says. */
const DEMO = `
name: demo
data: { kind: generated, names: 40, sessions: 252, edge: { column: sentiment_score, bpPer5Bars: 20 } }
model: { trees: 60 }
validation: { trainBars: 882, testBars: 441 }
leaks: { excessReturn: 0.3, nextBar: 0.2 }
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
  requireWholeFlags(flags)
  if (verb === 'settings') return settings(loaded)
  if (verb !== 'data' || flags.out !== undefined) requireOutputFolder(folder)
  if (verb === 'data') return hourlyData(loaded, flags)
  const tell = teller(flags.quiet === true)
  const threads = Number(flags.threads ?? 1)
  if (verb === 'features') return features(loaded, { folder, tell, threads })
  const command = commandLine(verb, path, flags)
  const checksLeaks = flags.skipLeakChecks !== true
  if (verb === 'train') return trainHours(loaded, { folder, tell, command, threads, checksLeaks })
  const keptOnly = verb === 'report'
  return forecastHours(loaded, {
    ...{ folder, tell, command, threads, checksLeaks, keptOnly },
    trades: verb !== 'walk-forward',
    isCounted: !keptOnly && flags.ledger !== false,
    model: flags.model ?? null,
    fromDay: flags.from === undefined ? null : dayFlag('--from', flags.from),
  })
}

/** A day alone would be passed over: folds say themselves what they forecast. */
function requireWholeFlags({ from, model }: HourlyFlags): void {
  if (from === undefined || model !== undefined) return
  throw new InputError({
    code: 'ORN-USAGE-010',
    exitCode: 2,
    message: `--from ${from} needs --model`,
    details: ['without it models are trained fold by fold, and validation says on what'],
    fix: 'Add --model FILE, written by ornstein hourly train, or leave --from out',
  })
}

function settings({ config, hash }: LoadedHourly): CommandResult {
  const rows = settingRows(config)
  const head = { key: 'setting', value: 'holds', seed: 'seed', corrected: 'corrected' }
  const all = [head, ...rows]
  const wide = (of: (row: SettingRow) => string): number =>
    Math.max(...all.map((row) => of(row).length)) + 2
  const [keys, values, seeds] = [wide((r) => r.key), wide((r) => r.value), wide((r) => r.seed)]
  const lines = all.map(({ key, value, seed, corrected }) =>
    `${key.padEnd(keys)}${value.padEnd(values)}${seed.padEnd(seeds)}${corrected}`.trimEnd(),
  )
  return { data: { config, hash, settings: rows }, text: `${lines.join('\n')}\n` }
}

async function features(
  loaded: LoadedHourly,
  { folder, tell, threads }: { folder: string; tell: Tell; threads: number },
): Promise<CommandResult> {
  const options = { tell, threads, beside: dirname(loaded.path) }
  const { panel, features: columns } = await makeStudy(loaded.config, options)
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
  const { preset, model, from, skipLeakChecks } = flags
  return [
    ...['ornstein hourly', verb, ...(path === null ? [] : [path])],
    ...(preset === undefined ? [] : ['--preset', preset]),
    ...(model === undefined ? [] : ['--model', model]),
    ...(from === undefined ? [] : ['--from', from]),
    ...(skipLeakChecks === true ? ['--skip-leak-checks'] : []),
  ].join(' ')
}
