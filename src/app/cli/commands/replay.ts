import { type Genesis, readJournal } from '../../../adapters/mod.ts'
import { journalPath } from '../../run/journal-path.ts'
import { journalEngineConfig, replay } from '../../run/recover.ts'
import { renderSummary, summarise } from '../../run/summary.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult } from '../output.ts'

/** Steps a journal again from its beginning and compares every effect with what was recorded. */
export async function replayCommand(given: string): Promise<CommandResult> {
  const path = journalPath(given)
  const genesis = genesisOf(path)
  const started = performance.now()
  const result = replay(path, journalEngineConfig(genesis, path))
  const seconds = (performance.now() - started) / 1000
  const { divergence, inputs, effects } = result
  const summary = summarise(result.engine, { mode: 'replay', seed: genesis.seed, journal: null })
  const verdict =
    divergence === null
      ? `Identical: ${effects} effects out of ${inputs} inputs in ${seconds.toFixed(2)} s`
      : `Different at entry ${divergence.seq}\n  recorded ${divergence.expected}\n  now      ${divergence.found}`
  const unrecorded = result.unrecorded.length
  const note =
    unrecorded === 0
      ? []
      : [
          `${unrecorded} effects of the last input were not recorded: a crash, or the session goes on`,
        ]
  return {
    data: { identical: divergence === null, inputs, effects, divergence, unrecorded, summary },
    text: [verdict, ...note, renderSummary(summary)].join('\n'),
    mode: 'replay',
    exitCode: divergence === null ? ExitCode.ok : ExitCode.mismatch,
  }
}

/** The first entry of a journal. Throws InputError when there is none. */
export function genesisOf(path: string): Genesis {
  for (const item of readJournal(path)) {
    if (item.kind === 'genesis') return item.payload
    break
  }
  throw new Error(`${path} does not begin with a genesis entry`)
}
