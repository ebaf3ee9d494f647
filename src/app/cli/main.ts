import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { runCommand } from './output.ts'
import { packageVersion } from './version.ts'

/** Reads a whole number of at least `least`. */
const whole =
  (least: number) =>
  (text: string): string => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < least) {
      throw new InvalidArgumentError(`a whole number of at least ${least}`)
    }
    return text
  }

const program = new Command('ornstein')
  .description('Backtests, rehearses, paper-trades and trades with one and the same strategy code')
  .version(packageVersion())
  .showSuggestionAfterError(true)
  .exitOverride()

const withCommon = (command: Command): Command =>
  command
    .option('--json', 'print one JSON envelope on stdout (schema ornstein.cli/1)')
    .option('-q, --quiet', 'no progress')
    .option('-v, --verbose', 'stack traces of internal faults')

withCommon(
  program
    .command('backtest')
    .description('run a configuration over recorded or generated market data')
    .argument('<config>', 'YAML configuration')
    .option('--report <dir>', 'write report.html and report.json there')
    .option('--twins <n>', 'null twins to compare with (default 19)', whole(0))
    .option('--no-ledger', 'do not count this run as a trial'),
).action((path, flags) =>
  runCommand('backtest', flags, async () => {
    const { backtestCommand } = await import('./commands/backtest.ts')
    return backtestCommand(path, flags)
  }),
)

try {
  await program.parseAsync(process.argv)
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? 0 : 2
}
