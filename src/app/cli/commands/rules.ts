import type { Command } from 'commander'
import { runCommand } from '../output.ts'
import type { RulesFlags } from './rules-list.ts'

/** Adds `ornstein rules` to the program. */
export function registerRulesCommand(
  program: Command,
  withCommon: (command: Command) => Command,
): void {
  withCommon(
    program
      .command('rules')
      .description('fees, settlement, margin and price rules that hold on a day')
      .option('--at <date>', 'the day, New York (default today)'),
  ).action((flags: RulesFlags) =>
    runCommand('rules', flags, async () => {
      const { rulesCommand } = await import('./rules-list.ts')
      return rulesCommand(flags)
    }),
  )
}
