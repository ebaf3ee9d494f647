import { type Command, Option } from 'commander'
import { type CommonFlags, runCommand } from '../output.ts'

/** Flags of every `ornstein fund`. */
export interface FundFlags extends CommonFlags {
  readonly config: string
  readonly network?: string
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly from?: string
  readonly to?: string
  readonly token?: string
}

/** Adds `ornstein fund ...` to the program. */
export function registerFundCommands(
  program: Command,
  withCommon: (command: Command) => Command,
): void {
  const fund = program.command('fund').description('move money between pockets of one account')
  const add = (name: string, what: string): Command =>
    withCommon(
      fund
        .command(name)
        .description(what)
        .argument('<amount>', 'at most 6 decimals')
        .requiredOption('--config <file>', 'whose venue section names account, key and network')
        .addOption(
          new Option('--network <name>', 'as venue.network says').choices(['mainnet', 'testnet']),
        )
        .option('--dry-run', 'check everything, send nothing')
        .option('--yes', 'do not ask'),
    ).action((amount: string, flags: FundFlags) =>
      runCommand(`fund ${name}`, flags, async () => {
        const { fundCommand } = await import('./fund-transfer.ts')
        return fundCommand(name, amount, flags)
      }),
    )
  add('spot-to-perp', 'USDC from the spot balance to the native perpetuals')
  add('perp-to-spot', 'the way back')
  add('between', 'between spot, the native perpetuals (perp) and builders’ dexs')
    .requiredOption('--from <place>', 'spot, perp, or the name of a dex')
    .requiredOption('--to <place>', 'spot, perp, or the name of a dex')
    .option('--token <name>', 'what is moved', 'USDC')
}
