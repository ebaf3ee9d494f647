import { Command, CommanderError, Option } from 'commander'
import type { LogLevel } from '../../adapters/mod.ts'
import { packageVersion } from '../package.ts'
import { registerCalendarCommand } from './commands/calendar.ts'
import { registerCompareCommand } from './commands/compare.ts'
import { registerConfigCommands } from './commands/config.ts'
import { registerControlCommands } from './commands/control.ts'
import { registerDataCommands } from './commands/data.ts'
import { registerFundCommands } from './commands/fund.ts'
import { registerHourlyCommands } from './commands/hourly.ts'
import { registerPairsCommands } from './commands/pairs.ts'
import { registerParityCommand } from './commands/parity.ts'
import { registerRulesCommand } from './commands/rules.ts'
import { registerScreenCommands } from './commands/screen.ts'
import { registerVenueCommands } from './commands/venue.ts'
import { reportUsage, runCommand } from './output.ts'
import { whole } from './whole-number.ts'

/** Written out: loading the adapters for it would make help slow. */
const logLevels = [
  'trace',
  'debug',
  'info',
  'warn',
  'error',
  'fatal',
  'silent',
] as const satisfies readonly LogLevel[]

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

withCommon(
  program
    .command('sweep')
    .description('run a grid of configurations on all cores; every trial is counted')
    .argument('<config>', 'YAML configuration')
    .requiredOption(
      '--grid <key=values>',
      'values of one key, for example signal.window=30,60 (may be given again)',
      (text: string, before: string[] | undefined) => [...(before ?? []), text],
    )
    .option('--metric <name>', 'what is compared (default netReturn)')
    .option('--tier <name>', 'columns, events, or auto: columns where they give the same trades')
    .option('--confirm <n>', 'best trials of the columns run again on events (10)', whole(0))
    .option('--report <dir>', 'write sweep.html and sweep.json there'),
).action((path, flags) =>
  runCommand('sweep', flags, async () => {
    const { sweepCommand } = await import('./commands/sweep.ts')
    return sweepCommand(path, flags)
  }),
)

const withSession = (command: Command): Command =>
  withCommon(command)
    .option('--for <time>', 'stop by itself after this long, for example 60s')
    .option('--headless', 'no dashboard')
    .option('--resume', 'go on with a session from its journal')
    .option('--session <name>', 'session folder under .ornstein/sessions')
    .option('--port <n>', 'dashboard port (default 8421, the next free one if busy)', whole(0))
    .addOption(
      new Option(
        '--log-level <level>',
        'what the log beside the journal holds (default info)',
      ).choices(logLevels),
    )

const rehearse = (name: string, description: string) =>
  withSession(
    program
      .command(name)
      .description(description)
      .option('--config <file>', 'YAML configuration (default: the shipped rehearsal)')
      .option('--market <file>', 'replay a recorded Hyperliquid book at the simulated venue')
      .option(
        '--faults <what>',
        'of the simulated venue: drawn by the seed, or rates as JSON or in a file',
      ),
  ).action((flags) =>
    runCommand(name, flags, async () => {
      const { startCommand } = await import('./commands/start.ts')
      return startCommand(flags)
    }),
  )

for (const mode of ['paper', 'shadow'] as const) {
  const what = mode === 'paper' ? 'matched in this process' : 'journaled only'
  withSession(
    program
      .command(mode)
      .description(`live market data, orders ${what}, none is sent`)
      .argument('<config>', 'YAML configuration'),
  ).action((path, flags) =>
    runCommand(mode, flags, async () => {
      const { observeCommand } = await import('./commands/observe.ts')
      return observeCommand(mode, path, flags)
    }),
  )
}

withSession(
  program
    .command('live')
    .description('real orders, after showing what will be traded and asking')
    .argument('<config>', 'YAML configuration with "mode: live" and its network')
    .addOption(
      new Option('--network <name>', 'hyperliquid: must agree with the configuration').choices([
        'mainnet',
        'testnet',
      ]),
    )
    .addOption(
      new Option('--account <which>', 'alpaca: must agree with the configuration').choices([
        'paper',
        'live',
      ]),
    )
    .option('--yes', 'do not ask'),
).action((path, flags) =>
  runCommand('live', flags, async () => {
    const { liveCommand } = await import('./commands/live.ts')
    return liveCommand(path, flags)
  }),
)

rehearse('rehearse', 'a simulated venue, the live adapter, the engine and its dashboard')
rehearse('start', 'the same: what npm start runs')

withCommon(
  program
    .command('replay')
    .description('step a journal again and compare every effect with what was recorded')
    .argument('<journal>', 'journal file, session folder or session name'),
).action((journal, flags) =>
  runCommand('replay', flags, async () => {
    const { replayCommand } = await import('./commands/replay.ts')
    return replayCommand(journal)
  }),
)

withCommon(
  program
    .command('why')
    .description('say why an instrument trades or does not')
    .argument('[instrument]', 'symbol; all when absent')
    .option('--session <name>', 'session name, folder or journal file (default: rehearsal)')
    .option('--at <instant>', 'as of a past instant, ISO 8601'),
).action((symbol, flags) =>
  runCommand('why', flags, async () => {
    const { whyCommand } = await import('./commands/why.ts')
    return whyCommand(symbol, flags)
  }),
)

withCommon(
  program
    .command('logs')
    .description("print a session's log, and what is added to it")
    .argument('[session]', 'session name, folder or log file (default: the one that wrote last)')
    .option('-f, --follow', 'go on until interrupted')
    .option(
      '--event <name>',
      'only lines of this name (may be given again)',
      (text: string, before: string[] | undefined) => [...(before ?? []), text],
    )
    .addOption(new Option('--level <level>', 'at least this level').choices(logLevels)),
).action((session, flags) =>
  runCommand('logs', flags, async () => {
    const { logsCommand } = await import('./commands/logs.ts')
    return logsCommand(session, flags)
  }),
)

withCommon(
  program
    .command('verify-lookahead')
    .description('scramble the future at random instants and demand identical decisions before')
    .argument('<config>', 'YAML configuration')
    .option('--cuts <n>', 'random instants (default 20)', whole(1)),
).action((path, flags) =>
  runCommand('verify-lookahead', flags, async () => {
    const { verifyLookaheadCommand } = await import('./commands/verify-lookahead.ts')
    return verifyLookaheadCommand(path, flags)
  }),
)

withCommon(
  program
    .command('drill')
    .description('live adapter against the simulated venue in virtual time, with faults by seed')
    .argument('[config]', 'YAML configuration (default: a shipped one)')
    .option('--seed <n>', 'first seed', whole(0))
    .option('--seeds <n>', 'how many seeds, one after another (default 1)', whole(1))
    .option('--for <time>', 'virtual time with faults (default 1h)')
    .option(
      '--day <name>',
      'a trading day of US shares in place of a span: regular, halt, early-close, daylight-saving, holiday or macro',
    )
    .option('--kills <n>', 'kill -9 and resume so often (default 0)', whole(0))
    .option(
      '--market <file>',
      'a recorded Hyperliquid book in place of the generated market; may be given again',
      (file: string, files: readonly string[] = []) => [...files, file],
    )
    .option('--no-faults', 'draw no faults'),
).action((path, flags) =>
  runCommand('drill', flags, async () => {
    const { drillCommand } = await import('./commands/drill.ts')
    return drillCommand(path, flags)
  }),
)

registerCompareCommand(program, withCommon)
registerDataCommands(program, withCommon)
registerControlCommands(program, withCommon)
registerScreenCommands(program, withCommon)
registerPairsCommands(program, withCommon)
registerHourlyCommands(program, withCommon)
registerParityCommand(program, withCommon)
registerVenueCommands(program, withCommon)
registerFundCommands(program, withCommon)
registerRulesCommand(program, withCommon)
registerCalendarCommand(program, withCommon)

registerConfigCommands(program, withCommon)

const keystore = program.command('keystore').description('keep secrets in an encrypted file')
const withKeystore = (command: Command): Command =>
  withCommon(command).option('--file <path>', 'keystore file (default .ornstein/keystore.json)')
withKeystore(keystore.command('create').description('make an empty one')).action((flags) =>
  runCommand('keystore create', flags, async () => {
    const { keystoreCreate } = await import('./commands/keystore.ts')
    return keystoreCreate(flags)
  }),
)
withKeystore(
  keystore
    .command('set')
    .description('store a secret; its value is typed or piped in, never an argument')
    .argument('<name>', 'name that configurations refer to')
    .option('--from-env <variable>', 'take the value from an environment variable'),
).action((name, flags) =>
  runCommand('keystore set', flags, async () => {
    const { keystoreSet } = await import('./commands/keystore.ts')
    return keystoreSet(name, flags)
  }),
)
withKeystore(keystore.command('list').description('list the names, never a value')).action(
  (flags) =>
    runCommand('keystore list', flags, async () => {
      const { keystoreList } = await import('./commands/keystore.ts')
      return keystoreList(flags)
    }),
)
withKeystore(
  keystore.command('remove').description('forget a secret').argument('<name>', 'its name'),
).action((name, flags) =>
  runCommand('keystore remove', flags, async () => {
    const { keystoreRemove } = await import('./commands/keystore.ts')
    return keystoreRemove(name, flags)
  }),
)

const journal = program.command('journal').description('look after journals')
withCommon(
  journal
    .command('verify')
    .description('check the hash chain and the market data of a journal')
    .argument('<journal>', 'journal file, session folder or session name'),
).action((given, flags) =>
  runCommand('journal verify', flags, async () => {
    const { verifyJournal } = await import('../../adapters/mod.ts')
    const { journalPath } = await import('../run/journal-path.ts')
    const found = verifyJournal(journalPath(given))
    const text = found.ok
      ? `Whole: ${found.entries} entries, head ${found.head.hash.slice(0, 16)}`
      : `Damaged at entry ${found.seq}: ${found.reason}`
    return { data: found, text, exitCode: found.ok ? 0 : 10 }
  }),
)

try {
  await program.parseAsync(process.argv)
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? 0 : 2
  if (error.exitCode !== 0 && process.argv.includes('--json')) {
    reportUsage(process.argv[2] ?? '', error.message.replace(/^error: /, ''))
  }
}
