import { type Command, Option } from 'commander'
import { InputError } from '../../../adapters/mod.ts'
import { ExitCode } from '../exit-code.ts'
import { type CommonFlags, runCommand } from '../output.ts'

/** Adds `ornstein venue serve` to the program. */
export function registerVenueCommands(
  program: Command,
  withCommon: (command: Command) => Command,
): void {
  const venue = program.command('venue').description('simulated venues for any client')
  const gather = (text: string, before: string[] | undefined): string[] => [...(before ?? []), text]
  const serve = venue
    .command('serve')
    .description('run a simulated venue on loopback until it is stopped')
    .argument('<venue>', 'hyperliquid or alpaca')
    .option('--port <n>', 'port for REST and WebSocket, 0 for any free one', '3001')
    .option('--seed <n>', 'of the generated market, the faults and the test account', '1')
    .option('--market <file>', 'recorded books instead of a generated market', gather, [])
    .option('--model <name>', 'zeroEdge or plantedEdge', 'zeroEdge')
    .option('--coins <list>', 'coins of the generated market (default: eight natives)')
    .option(
      '--dexs <list>',
      'builders’ dexs whose coins are listed too: xyz, flx, vntl, hyna, km, cash, para',
    )
    .option('--deposit <address=amount>', 'a user with USDC; may be given again', gather, [])
    .option('--no-test-account', 'no account of which the key is printed')
    .option('--state <folder>', 'keep accounts, orders and the market there')
    .option('--network <name>', 'what clients may sign for: mainnet, testnet or any', 'any')
    .option('--limits <which>', 'venue: its published rate limits; off', 'off')
    .option('--latency-ms <n>', 'from receiving an action to executing it', '0')
    .option('--slow-book-ms <n>', 'cadence of 20-level books', '5400')
    .option('--fast-book-ms <n>', 'cadence of 5-level books', '540')
    .option('--queue <model>', 'conservative, proRata or optimistic', 'conservative')
    .option('--faults <what>', 'none, or rates as JSON or in a file', 'none')
    .option('--control-port <n>', 'loopback port to change faults while it runs')
    .option('--for <time>', 'stop by itself after this long, for example 60s')
    .option('--crypto <list>', 'alpaca: pairs that are listed, all or none (default: eight)')
    .option('--stocks <list>', 'alpaca: tickers that are listed, all or none (default: twelve)')
    .option('--replay <file>', 'alpaca: real bars instead of a generated market', gather)
    .option('--account <key:secret=usd>', 'alpaca: an account; may be given again', gather)
    .option('--time <instant>', 'alpaca: venue time at the start (default: now)')
    .option('--speed <n>', 'alpaca: how many times faster than real time it runs', '1')
  for (const [flags, text, choices] of switches) {
    serve.addOption(new Option(flags, text).choices(choices).default(choices[0]))
  }
  serve.option('--schedule-cancel-volume <usd>', 'volume that scheduleCancel needs', '1000000')
  withCommon(serve).action((name: string, flags: CommonFlags & Record<string, unknown>) =>
    runCommand('venue serve', flags, async () => {
      refuseOthersFlags(name, serve)
      const { serveCommand } = await import('./venue-serve.ts')
      return serveCommand(name, flags)
    }),
  )
}

/** Flags that only one of the venues has. */
const ownFlags: Readonly<Record<string, readonly string[]>> = {
  hyperliquid: [
    ...['market', 'coins', 'dexs', 'deposit', 'testAccount', 'network', 'slowBookMs', 'fastBookMs'],
    ...['queue', 'greeting', 'partialFillReply', 'triggerLimits', 'integerPrices'],
    ...['reduceOnlySize', 'isolatedFunding', 'scheduleCancelVolume'],
  ],
  alpaca: [
    'crypto',
    'stocks',
    'replay',
    'account',
    'time',
    'speed',
    'accountShape',
    'plan',
    'frames',
  ],
}

/** Refuses flags that were given and mean nothing to this venue. */
function refuseOthersFlags(name: string, command: Command): void {
  for (const [venue, flags] of Object.entries(ownFlags)) {
    if (venue === name || !Object.hasOwn(ownFlags, name)) continue
    const given = flags.find((flag) => command.getOptionValueSource(flag) === 'cli')
    if (given === undefined) continue
    const flag = command.options.find((option) => option.attributeName() === given)!.long
    throw new InputError({
      code: 'ORN-SIM-006',
      exitCode: ExitCode.usage,
      message: `${flag} is not a flag of venue serve ${name}`,
      details: [`it belongs to venue serve ${venue}`],
    })
  }
}

/** What the public record of the venues leaves open; the first choice is the default. */
const switches: readonly (readonly [string, string, readonly string[]])[] = [
  ['--greeting <on>', 'first text frame of every socket', ['on', 'off']],
  [
    '--partial-fill-reply <status>',
    'how an order that filled partly and rests is answered',
    ['resting', 'filled'],
  ],
  [
    '--trigger-limits <on>',
    'refuse trigger orders whose limit lies before the trigger',
    ['on', 'off'],
  ],
  ['--integer-prices <which>', 'whole prices that are on the tick', ['always', 'fiveFigures']],
  ['--reduce-only-size <how>', 'reduce-only orders larger than the position', ['clamp', 'refuse']],
  ['--isolated-funding <what>', 'out of what isolated positions pay', ['margin', 'cash']],
  [
    '--account-shape <which>',
    'alpaca: fields of accounts and assets',
    ['2026-07', '2026-09', 'legacy'],
  ],
  ['--plan <which>', 'alpaca: the market data subscription', ['paid', 'free']],
  ['--frames <which>', 'alpaca: binary frames of trade updates, or text', ['paper', 'live']],
]
