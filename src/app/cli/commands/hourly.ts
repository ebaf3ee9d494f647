import { type Command, Option } from 'commander'
import { type CommonFlags, runCommand } from '../output.ts'
import { whole } from '../whole-number.ts'

/** Flags of the verbs of `ornstein hourly`. */
export interface HourlyFlags extends CommonFlags {
  readonly preset?: 'seed' | 'corrected'
  readonly out?: string
  /** Of `data`. */
  readonly format?: 'csv' | 'parquet'
  readonly threads?: string
  readonly skipLeakChecks?: boolean
  readonly ledger?: boolean
  readonly model?: string
  readonly from?: string
}

const verbs = [
  ['settings', 'print every setting with its value, those of the preset included'],
  ['features', 'compute all features, write them as Parquet, and describe each'],
  ['train', 'train one model on all of the data, for what comes after them'],
  ['walk-forward', 'train fold by fold, forecast what each had not seen, and measure it'],
  ['backtest', 'the same, and trade the forecasts hour by hour'],
  ['report', 'make report and tables again from folds that are kept, without training'],
] as const

/** Adds `ornstein hourly` to the program. */
export function registerHourlyCommands(
  program: Command,
  withCommon: (command: Command) => Command,
): void {
  const hourly = program
    .command('hourly')
    .description('the hourly long-only portfolio: features, models, validation, backtest')
  for (const [verb, description] of verbs) {
    const command = hourly
      .command(verb)
      .description(description)
      .argument('<config>', 'YAML configuration of an hourly portfolio')
      .addOption(presetOption())
      .option('--out <dir>', 'folder of what is made (default .ornstein/hourly/NAME)')
    const forecasts = verb === 'walk-forward' || verb === 'backtest'
    if (forecasts || verb === 'train' || verb === 'features') withThreads(command)
    if (forecasts || verb === 'train' || verb === 'report') withChecks(command)
    if (forecasts) {
      command
        .option('--no-ledger', 'do not count this run as a trial')
        .option('--model <file>', 'forecast by models of hourly train; nothing is trained')
        .option('--from <day>', 'with --model: the first day that is forecast')
    }
    withCommon(command).action((path: string, flags: HourlyFlags) => run(verb, path, flags))
  }
  const data = hourly
    .command('data')
    .description('load the panel, say what it holds, and write its tables as files')
    .argument('<config>', 'YAML configuration of an hourly portfolio')
    .option('--out <dir>', 'folder to write the tables into, and a configuration that reads them')
    .addOption(
      new Option('--format <name>', 'what the tables are written as')
        .choices(['csv', 'parquet'])
        .default('csv'),
    )
  withCommon(data).action((path: string, flags: HourlyFlags) => run('data', path, flags))
  const demo = hourly
    .command('demo')
    .description('the same on a small generated panel, in about a minute')
    .addOption(presetOption())
    .option('--out <dir>', 'folder of what is made (default .ornstein/hourly/demo)')
    .option('--no-ledger', 'do not count this run as a trial')
  withCommon(withThreads(withChecks(demo))).action((flags: HourlyFlags) => run('demo', null, flags))
}

const withThreads = (command: Command): Command =>
  command.option(
    '--threads <n>',
    'threads that features are computed and trees grown on: the same bits',
    whole(1),
  )

const withChecks = (command: Command): Command =>
  command.option('--skip-leak-checks', 'do not look for leaks; the report says so')

const presetOption = (): Option =>
  new Option('--preset <name>', 'figures where the file says nothing').choices([
    'seed',
    'corrected',
  ])

/** A verb of `ornstein hourly`. */
export type HourlyVerb = (typeof verbs)[number][0] | 'data' | 'demo'

const run = (verb: HourlyVerb, path: string | null, flags: HourlyFlags): Promise<void> =>
  runCommand(`hourly ${verb}`, flags, async () => {
    const { hourlyCommand } = await import('./hourly-verbs.ts')
    return hourlyCommand(verb, path, flags)
  })
