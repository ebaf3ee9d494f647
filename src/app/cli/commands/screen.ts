import type { Command } from 'commander'
import { runCommand } from '../output.ts'
import { whole } from '../whole-number.ts'
import type { ScreenFlags } from './screen-coins.ts'

/** Adds `ornstein screen ...` to the program. */
export function registerScreenCommands(
  program: Command,
  withCommon: (command: Command) => Command,
): void {
  const screen = program
    .command('screen')
    .description('choose coins by what the venue says of them')
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
}
