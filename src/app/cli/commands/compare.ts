import type { Command } from 'commander'
import { runCommand } from '../output.ts'

/** Adds `compare`. */
export function registerCompareCommand(
  program: Command,
  withCommon: (command: Command) => Command,
): void {
  withCommon(
    program
      .command('compare')
      .description('backtest several configurations and put their figures side by side')
      .argument('<configs...>', 'YAML configurations, two or more')
      .option('--report <dir>', 'write compare.html and compare.json there')
      .option('--benchmark <file>', 'a file of bars: the market that results are held against')
      .option('--benchmark-symbol <name>', 'which of its instruments')
      .option('--no-ledger', 'do not count these runs as trials'),
  ).action((configs, flags) =>
    runCommand('compare', flags, async () => {
      const { compareCommand } = await import('./compare-runs.ts')
      return compareCommand(configs, flags)
    }),
  )
}
