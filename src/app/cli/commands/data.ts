import { type Command, InvalidArgumentError } from 'commander'
import { ExitCode } from '../exit-code.ts'
import { type CommonFlags, runCommand } from '../output.ts'
import { refusal } from './refusal.ts'
import { withInstants } from './with-instants.ts'

type Flags = CommonFlags & Readonly<Record<string, string | undefined>>

/** Adds `ornstein data import|list|verify|describe|download|generate` to the program. */
export function registerDataCommands(
  program: Command,
  withCommon: (command: Command) => Command,
): void {
  const data = program.command('data').description('the catalog of market data')
  const catalog = (command: Command) =>
    withCommon(command).option('--catalog <dir>', 'catalog folder (default .ornstein/data)')

  catalog(data.command('import').description('check and normalise data files into the catalog'))
    .argument('<path...>', 'files, folders, or folders of segments that a session recorded')
    .option('--symbol <name>', 'for files that carry no symbol')
    .option('--source <text>', 'where the data come from, one sentence')
    .option('--licence <class>', 'A, B, C or own (default: by content, else C)')
    .action((paths: string[], flags: Flags) =>
      runCommand('data import', flags, async () => {
        const { importData, renderImport } = await import('../../data/commands.ts')
        const { licence } = flags
        const classes = ['A', 'B', 'C', 'own'] as const
        const report = await importData({
          paths,
          ...given(flags, 'catalog', 'symbol', 'source'),
          ...(licence === undefined ? {} : { licenceClass: oneOf('--licence', licence, classes) }),
        })
        const isPartial = report.refused.length > 0
        const isNothing = isPartial && report.imported.length + report.unchanged.length === 0
        const exitCode = isNothing ? ExitCode.data : isPartial ? ExitCode.partial : ExitCode.ok
        const error = refusal(report)
        return {
          data: withInstants(report),
          text: renderImport(report),
          exitCode,
          ...(error === null ? {} : { error }),
        }
      }),
    )
  catalog(data.command('list').description('list the data sets')).action((flags: Flags) =>
    runCommand('data list', flags, async () => {
      const { listData, renderList } = await import('../../data/commands.ts')
      const report = await listData(given(flags, 'catalog'))
      return { data: withInstants(report), text: renderList(report) }
    }),
  )
  catalog(data.command('verify').description('hash and check data sets again'))
    .argument('[set...]', 'data sets; all when absent')
    .action((ids: string[], flags: Flags) =>
      runCommand('data verify', flags, async () => {
        const { renderVerify, verifyData } = await import('../../data/commands.ts')
        const report = await verifyData({ ids, ...given(flags, 'catalog') })
        return { data: withInstants(report), text: renderVerify(report), exitCode: report.exitCode }
      }),
    )
  catalog(data.command('describe').description('span, cadence, gaps, spreads, imbalance by depth'))
    .argument(
      '<source...>',
      'data sets or data files; several of one instrument are joined; or a session’s segments',
    )
    .option('--symbol <name>', 'for files that carry no symbol')
    .action((sources: string[], flags: Flags) =>
      runCommand('data describe', flags, async () => {
        const { describeData, renderDescribe } = await import('../../data/commands.ts')
        const report = await describeData({ sources, ...given(flags, 'catalog', 'symbol') })
        return { data: withInstants(report), text: renderDescribe(report) }
      }),
    )
  registerDownload(data, catalog)
  catalog(data.command('generate').description('write a synthetic market into the catalog'))
    .option('--model <name>', 'zeroEdge or plantedEdge', 'zeroEdge')
    .option('--seed <n>', 'same seed, same market', '1')
    .option('--for <time>', 'how long, for example 6h or 2d', '1d')
    .option('--instruments <list>', 'symbols separated by commas; all when absent')
    .action((flags: Flags) =>
      runCommand('data generate', flags, async () => {
        const { generateData, renderGenerate } = await import('../../data/commands.ts')
        const report = await generateData({
          model: oneOf('--model', flags['model'] ?? '', ['zeroEdge', 'plantedEdge'] as const),
          seed: wholeNumber('--seed', flags['seed'] ?? ''),
          days: await days(flags['for'] ?? ''),
          ...given(flags, 'catalog'),
          ...(flags['instruments'] === undefined
            ? {}
            : { instruments: flags['instruments'].split(',') }),
        })
        return { data: withInstants(report), text: renderGenerate(report) }
      }),
    )
}

function registerDownload(data: Command, catalog: (command: Command) => Command): void {
  const venues = ['hyperliquid', 'alpaca', 'binance'] as const
  catalog(data.command('download').description('fetch history over a venue’s public endpoints'))
    .argument('<venue>', venues.join(', '))
    .argument('<symbol...>', 'as the venue spells them: BTC, BTCUSDT, AAPL, BTC/USD')
    .option('--from <instant>', 'start, ISO 8601 (needed)')
    .option('--to <instant>', 'end, exclusive (default: now)')
    .option('--kind <what>', 'bars, trades or funding (default bars)')
    .option('--interval <time>', 'length of bars: 1m, 5m, 15m, 1h, 1d (default 1m)')
    .option('--base-url <url>', 'another address than the venue’s own')
    .action((venue: string, symbols: string[], flags: Flags) =>
      runCommand('data download', flags, async () => {
        const { downloadData, renderDownload } = await import('../../data/commands.ts')
        const { interval, kind, baseUrl } = flags
        const known = oneOf('venue', venue, venues)
        if (flags['from'] === undefined) {
          throw new InvalidArgumentError('--from is needed: an instant, as 2026-01-05T00:00:00Z')
        }
        const from = instant('--from', flags['from'])
        const report = await downloadData({
          venue: known,
          symbols,
          from,
          ...given(flags, 'catalog'),
          ...(flags['to'] === undefined ? {} : { to: instant('--to', flags['to']) }),
          ...(kind === undefined
            ? {}
            : { kind: oneOf('--kind', kind, ['bars', 'trades', 'funding'] as const) }),
          ...(interval === undefined ? {} : { interval }),
          ...(baseUrl === undefined ? {} : { baseUrl }),
        })
        return {
          data: withInstants(report),
          text: renderDownload(report),
          warnings: report.warnings,
        }
      }),
    )
}

/** The flags among `names` that were given. */
function given<Name extends string>(flags: Flags, ...names: Name[]): Partial<Record<Name, string>> {
  const entries = names.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]]))
  return Object.fromEntries(entries) as Partial<Record<Name, string>>
}

/** A mistake in a flag or an argument: ends with the exit code of usage. */
const usage = (flag: string, found: string, allowed: string): InvalidArgumentError =>
  new InvalidArgumentError(`${flag} ${found} cannot be used; allowed: ${allowed}`)

function oneOf<Name extends string>(flag: string, found: string, names: readonly Name[]): Name {
  const name = names.find((each) => each === found)
  if (name === undefined) throw usage(flag, found, names.join(', '))
  return name
}

function wholeNumber(flag: string, found: string): number {
  const value = Number(found)
  if (found === '' || !Number.isInteger(value) || value < 0 || value > 4294967295) {
    throw usage(flag, found, 'a whole number from 0 to 4294967295')
  }
  return value
}

function instant(flag: string, found: string): number {
  const value = Date.parse(found)
  if (Number.isNaN(value)) throw usage(flag, found, 'an instant, for example 2026-01-05T00:00:00Z')
  return value * 1000
}

async function days(found: string): Promise<number> {
  const { parseDuration } = await import('../../config/quantities.ts')
  const us = parseDuration(found)
  if (us === null || us <= 0) throw usage('--for', found, 'a time with its unit, for example 6h')
  return us / 86_400_000_000
}
