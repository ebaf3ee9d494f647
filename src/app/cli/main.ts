import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { packageVersion } from '../package.ts'
import { runCommand } from './output.ts'

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

const rehearse = (name: string, hidden: boolean) =>
  withCommon(
    program
      .command(name, { hidden })
      .description('rehearse: a simulated venue, the live adapter, the engine and its dashboard')
      .option('--config <file>', 'YAML configuration (default: the shipped rehearsal)')
      .option('--market <file>', 'replay a recorded Hyperliquid book at the simulated venue')
      .option('--for <time>', 'stop by itself after this long, for example 60s')
      .option('--headless', 'no dashboard')
      .option('--resume', 'go on with a session from its journal')
      .option('--session <name>', 'session folder under .ornstein/sessions')
      .option('--port <n>', 'dashboard port (default 8421, the next free one if busy)', whole(0)),
  ).action((flags) =>
    runCommand(name, flags, async () => {
      const { startCommand } = await import('./commands/start.ts')
      return startCommand(flags)
    }),
  )
rehearse('rehearse', false)
rehearse('start', true)

try {
  await program.parseAsync(process.argv)
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? 0 : 2
}
