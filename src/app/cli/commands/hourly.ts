import { type Command, Option } from 'commander'
import { type CommonFlags, runCommand } from '../output.ts'
import { whole } from '../whole-number.ts'

/** Flags of the verbs of `ornstein hourly`. */
export interface HourlyFlags extends CommonFlags {
  readonly preset?: 'seed' | 'corrected'
  readonly out?: string
  readonly threads?: string
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
    withCommon(
      hourly
        .command(verb)
        .description(description)
        .argument('<config>', 'YAML configuration of an hourly portfolio')
        .addOption(presetOption())
        .option('--out <dir>', 'folder of what is made (default .ornstein/hourly/NAME)')
        .option('--threads <n>', 'threads that trees are grown on: the same bits', whole(1)),
    ).action((path: string, flags: HourlyFlags) => run(verb, path, flags))
  }
  withCommon(
    hourly
      .command('demo')
      .description('the same on a small generated panel, in about a minute')
      .addOption(presetOption())
      .option('--out <dir>', 'folder of what is made (default .ornstein/hourly/demo)')
      .option('--threads <n>', 'threads that trees are grown on: the same bits', whole(1)),
  ).action((flags: HourlyFlags) => run('demo', null, flags))
}

const presetOption = (): Option =>
  new Option('--preset <name>', 'figures where the file says nothing').choices([
    'seed',
    'corrected',
  ])

/** A verb of `ornstein hourly`. */
export type HourlyVerb = (typeof verbs)[number][0] | 'demo'

const run = (verb: HourlyVerb, path: string | null, flags: HourlyFlags): Promise<void> =>
  runCommand(`hourly ${verb}`, flags, async () => {
    const { hourlyCommand } = await import('./hourly-verbs.ts')
    return hourlyCommand(verb, path, flags)
  })
