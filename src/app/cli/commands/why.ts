import { InputError, nearest } from '../../../adapters/mod.ts'
import type { Config } from '../../config/schema.ts'
import { watch } from '../../run/dashboard.ts'
import { journalPath } from '../../run/journal-path.ts'
import { journalEngineConfig, replay } from '../../run/recover.ts'
import { whyLines } from '../../server/why.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult } from '../output.ts'
import { genesisOf } from './replay.ts'

/** Flags of `ornstein why`. */
export interface WhyFlags {
  readonly session?: string
  readonly at?: string
}

/** Says why each instrument trades or does not, now or at a past instant of a session. */
export async function whyCommand(
  symbol: string | undefined,
  flags: WhyFlags,
): Promise<CommandResult> {
  const path = journalPath(flags.session ?? 'rehearsal')
  const until = flags.at === undefined ? Number.POSITIVE_INFINITY : readInstant(flags.at)
  const genesis = genesisOf(path)
  const config = genesis.configuration as Config
  const symbols = genesis.instruments.map((i) => i.symbol)
  if (symbol !== undefined && !symbols.includes(symbol)) throw unknownInstrument(symbol, symbols)
  const engineConfig = journalEngineConfig(genesis, path)
  const { projection, tap } = watch(engineConfig, { config, mode: genesis.mode, account: '' })
  let first: number | null = null
  let last = 0
  let end = 0
  replay(path, engineConfig, {
    tap: {
      item(item) {
        if (item.kind === 'genesis' || item.kind === 'snapshotTaken') return
        first ??= item.time
        end = item.time
        if (item.time > until) return
        last = Math.max(last, item.time)
        if (item.kind === 'event') tap.event(item.payload, item.seq)
        else if (item.kind === 'market') tap.market(item.batch)
        else tap.effects([item.payload], item.seq, item.time)
      },
    },
  })
  if (first !== null && until < first) throw tooEarly(flags.at ?? '', { first, end })
  const isLate = flags.at !== undefined && until > end
  const decisions = projection.decisions(last)
  const chosen = decisions.filter((d) => symbol === undefined || d.symbol === symbol)
  const at = instant(last)
  return {
    data: { at, decisions: chosen },
    text: [`As of ${at}`, ...whyLines(decisions, symbol)].join('\n'),
    warnings: isLate ? [`the journal ends at ${instant(end)}, before --at ${flags.at}`] : [],
    mode: genesis.mode,
  }
}

const instant = (time: number): string => new Date(time / 1000).toISOString()

function tooEarly(
  text: string,
  journal: { readonly first: number; readonly end: number },
): InputError {
  return new InputError({
    code: 'ORN-USAGE-007',
    exitCode: ExitCode.usage,
    message: `--at ${text} is before the journal begins`,
    details: [`allowed: ${instant(journal.first)} to ${instant(journal.end)}`],
  })
}

function readInstant(text: string): number {
  const value = Date.parse(text)
  if (!Number.isNaN(value)) return value * 1000
  throw new InputError({
    code: 'ORN-USAGE-003',
    exitCode: ExitCode.usage,
    message: `--at ${text} is not an instant`,
    details: ['allowed: ISO 8601, for example 2026-01-05T12:00:00Z'],
  })
}

function unknownInstrument(symbol: string, symbols: readonly string[]): InputError {
  const guess = nearest(symbol, symbols)
  return new InputError({
    code: 'ORN-USAGE-004',
    exitCode: ExitCode.usage,
    message: `The session has no instrument "${symbol}"`,
    details: [guess === null ? `allowed: ${symbols.join(', ')}` : `did you mean "${guess}"?`],
  })
}
