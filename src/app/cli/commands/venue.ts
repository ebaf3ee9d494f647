import { type Command, Option } from 'commander'
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
    .argument('<venue>', 'hyperliquid')
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
  for (const [flags, text, choices] of switches) {
    serve.addOption(new Option(flags, text).choices(choices).default(choices[0]))
  }
  serve.option('--schedule-cancel-volume <usd>', 'volume that scheduleCancel needs', '1000000')
  withCommon(serve).action((name: string, flags: CommonFlags & Record<string, unknown>) =>
    runCommand('venue serve', flags, async () => {
      const { serveCommand } = await import('./venue-serve.ts')
      return serveCommand(name, flags)
    }),
  )
}

/** What the public record of the venue leaves open; the first choice is the default. */
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
]
