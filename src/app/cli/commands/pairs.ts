import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { type CommonFlags, runCommand } from '../output.ts'
import { whole } from '../whole-number.ts'

/** Flags of `ornstein pairs discover`. */
interface DiscoverFlags extends CommonFlags {
  readonly lookback?: string
  readonly until?: string
  readonly samples?: string
  readonly rate?: string
  readonly top?: string
  readonly out?: string
}

/** Adds `ornstein pairs discover` to the program. */
export function registerPairsCommands(
  program: Command,
  withCommon: (command: Command) => Command,
): void {
  const pairs = program.command('pairs').description('find pairs of instruments that move together')
  withCommon(
    pairs
      .command('discover')
      .description('test all pairs of the data of a configuration for cointegration')
      .argument('<config>', 'YAML configuration with a data section')
      .option('--lookback <time>', 'history that is tested (default 48h)')
      .option('--until <instant>', 'use nothing known later, ISO 8601 (default: all data)')
      .option(
        '--samples <n>',
        'fewest bars that a pair must have in common (default 2000)',
        whole(1),
      )
      .option('--rate <share>', 'expected share of false pairs, at most (default 5%)')
      .option('--top <n>', 'most pairs to choose (default 12)', whole(1))
      .option('--out <file>', 'write the whitelist there, for companions.pairs.whitelist'),
  ).action((path: string, flags: DiscoverFlags) =>
    runCommand('pairs discover', flags, async () => {
      const { discoverFromConfig } = await import('../../research/pairs/discover-from-config.ts')
      const { renderWhitelist, writeWhitelist } = await import(
        '../../research/pairs/write-whitelist.ts'
      )
      const warnings: string[] = []
      const whitelist = await discoverFromConfig(path, flags, dirname(resolve(path)), (text) =>
        warnings.push(text),
      )
      const { out } = flags
      if (out !== undefined) writeWhitelist(out, whitelist)
      const text = renderWhitelist(whitelist)
      const told = out === undefined ? text : `${text}\nWritten to ${out}`
      return { data: whitelist, text: told, warnings }
    }),
  )
}
