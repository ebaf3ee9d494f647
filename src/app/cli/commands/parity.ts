import { type Command, InvalidArgumentError } from 'commander'
import { ExitCode } from '../exit-code.ts'
import { type CommandResult, type CommonFlags, runCommand } from '../output.ts'

/** Flags of `ornstein parity`. */
interface ParityFlags extends CommonFlags {
  readonly config?: string
  readonly maxGap?: string
  readonly fills?: boolean
}

/** Adds `ornstein parity` to the program. */
export function registerParityCommand(
  program: Command,
  withCommon: (command: Command) => Command,
): void {
  withCommon(
    program
      .command('parity')
      .description('say what the gap between a session and its backtest is made of')
      .argument('<journal>', 'journal file, session folder or session name')
      .option('--config <file>', 'the backtest’s configuration (default: the session’s own)')
      .option('--max-gap <amount>', 'exit code 8 when the gap is greater', amount)
      .option('--fills', 'list every fill beside what the same order got in simulation'),
  ).action((journal: string, flags: ParityFlags) =>
    runCommand('parity', flags, () => parityCommand(journal, flags)),
  )
}

async function parityCommand(journal: string, flags: ParityFlags): Promise<CommandResult> {
  const [{ MONEY_DECIMALS, parseDecimal }, { journalPath }, { codeHash }] = await Promise.all([
    import('../../../core/mod.ts'),
    import('../../run/journal-path.ts'),
    import('../../package.ts'),
  ])
  const { compareWithBacktest } = await import('../../research/parity/parity.ts')
  const { isWithin, parityDocument } = await import('../../research/parity/parity-document.ts')
  const { renderParity } = await import('../../research/parity/render-parity.ts')
  const { loadConfig } = await import('../../config/load.ts')
  const backtest = flags.config === undefined ? {} : { backtest: loadConfig(flags.config) }
  const parity = await compareWithBacktest({
    path: journalPath(journal),
    codeHash: codeHash(),
    ...backtest,
    progress: (step) => {
      if (flags.quiet !== true && process.stderr.isTTY) process.stderr.write(`… ${step}\n`)
    },
  })
  const maxGap = flags.maxGap === undefined ? null : parseDecimal(flags.maxGap, MONEY_DECIMALS)
  const wish = { maxGap, fills: flags.fills === true }
  return {
    data: parityDocument(parity, wish),
    text: renderParity(parity, wish),
    mode: parity.session.genesis.mode,
    exitCode: isWithin(parity, wish) ? ExitCode.ok : ExitCode.assertion,
  }
}

function amount(text: string): string {
  if (/^\d{1,12}(\.\d{1,8})?$/.test(text)) return text
  throw new InvalidArgumentError('an amount of at least 0, at most 8 decimals')
}
