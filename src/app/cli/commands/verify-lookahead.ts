import { dirname, resolve } from 'node:path'
import { formatUtcIso } from '../../../core/mod.ts'
import { loadConfig } from '../../config/load.ts'
import { rowTexts } from '../../data/row-texts.ts'
import { codeHash } from '../../package.ts'
import { verifyLookahead } from '../../research/verify-lookahead.ts'
import { backtestParts } from '../../run/backtest.ts'
import { loadFittingMarket } from '../../run/load-market.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult } from '../output.ts'

/** Flags of `ornstein verify-lookahead`. */
export interface LookaheadFlags {
  readonly cuts?: string
}

/** Scrambles everything known after random instants and demands identical decisions up to them. */
export async function verifyLookaheadCommand(
  path: string,
  flags: LookaheadFlags,
): Promise<CommandResult> {
  const { config, hash } = loadConfig(path)
  const recording = await loadFittingMarket(config, dirname(resolve(path)))
  const request = { config, configurationHash: hash, codeHash: codeHash(), recording }
  const cuts = Number(flags.cuts ?? 20)
  const result = verifyLookahead(
    (data) => backtestParts({ ...request, recording: data }),
    recording,
    {
      cuts,
      seed: config.seed,
    },
  )
  const failed = result.cuts.filter((cut) => cut.difference !== null)
  const compared = result.cuts.reduce((sum, cut) => sum + cut.compared, 0)
  const lines = failed.map(
    ({ time, difference }) =>
      `  cut ${new Date(time / 1000).toISOString()}: decision ${difference?.index}\n` +
      `    original  ${difference?.original}\n    scrambled ${difference?.scrambled}`,
  )
  const text = result.passed
    ? `No look-ahead found: ${compared} decisions before ${cuts} random cuts were identical`
    : `LOOK-AHEAD: ${failed.length} of ${cuts} cuts changed decisions before them`
  return {
    data: {
      ...result,
      cuts: result.cuts.map((cut) => ({ ...cut, time: formatUtcIso(cut.time) })),
    },
    text: [text, ...lines].join('\n'),
    warnings: rowTexts(recording),
    mode: 'backtest',
    exitCode: result.passed ? ExitCode.ok : ExitCode.assertion,
  }
}
