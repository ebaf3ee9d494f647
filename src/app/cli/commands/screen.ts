import type { Command } from 'commander'
import { decimal } from '../decimal-number.ts'
import { runCommand } from '../output.ts'
import { whole } from '../whole-number.ts'
import type { ScreenFlags } from './screen-coins.ts'
import type { ScreenEquitiesFlags } from './screen-equities.ts'

/** Adds `ornstein screen ...` to the program. */
export function registerScreenCommands(
  program: Command,
  withCommon: (command: Command) => Command,
): void {
  const screen = program
    .command('screen')
    .description('choose coins by what their venue says, equities by their bars')
  const add = (kind: 'perps' | 'hip3', what: string, top: string, volumeMin: string) => {
    withCommon(
      screen
        .command(kind)
        .description(what)
        .option('--top <n>', 'how many', whole(1), top)
        .option('--min-volume <usd>', 'least volume of 24 hours', whole(1), volumeMin)
        .option('--url <base>', 'address of the venue', 'https://api.hyperliquid.xyz')
        .option('--config <file>', 'show what this configuration would gain and lose')
        .option('--apply <file>', 'the same, and write it'),
    ).action((flags: ScreenFlags) =>
      runCommand(`screen ${kind}`, flags, async () => {
        const { screenCommand } = await import('./screen-coins.ts')
        return screenCommand(kind, flags)
      }),
    )
  }
  add('perps', 'native perpetuals by volume, beside BTC and ETH', '24', '1000000')
  add('hip3', 'builders’ perpetuals by movement, size and class', '20', '500000')
  addEquities(screen, withCommon)
}

function addEquities(screen: Command, withCommon: (command: Command) => Command): void {
  withCommon(
    screen
      .command('equities')
      .description('members of an index on a day, by price, volume and zones of z')
      .requiredOption('--membership <file>', 'spells of members: ticker, start_date, end_date')
      .option('--changes <file>', 'published changes, with announcement and effective dates')
      .option('--bars <file>', 'daily bars (default: those of the configuration)')
      .option('--date <day>', 'the day, New York (default: the last session of the bars)')
      .option('--sectors <file>', 'sector by symbol (default: those of the configuration)')
      .option('--sector <name>', 'only this one')
      .option('--min-z <n>', 'least |z|', decimal(0), 1.25)
      .option('--min-price <usd>', 'least price, as traded', decimal(0), 20)
      .option('--min-adv <shares>', 'least mean volume of 30 days', decimal(0), 1_000_000)
      .option('--momentum', 'with the trend of 240 days instead of against the move')
      .option('--new-only', 'without the names of the configuration')
      .option('--config <file>', 'show what this configuration would gain')
      .option('--apply <file>', 'the same, and write it'),
  ).action((flags: ScreenEquitiesFlags) =>
    runCommand('screen equities', flags, async () => {
      const { screenEquitiesCommand } = await import('./screen-equities.ts')
      return screenEquitiesCommand(flags)
    }),
  )
}
