import { analyzeSweep, rowWarnings, type SweepTrial, trialValue } from '../../../core/mod.ts'
import { writeSweep } from '../../research/report/write-report.ts'
import {
  type Confirmation,
  ranked,
  type TieredSweep,
  tierLine,
} from '../../research/sweep/confirm.ts'
import { ExitCode } from '../exit-code.ts'
import type { CommandResult } from '../output.ts'

/** Trials of the table on the terminal. */
const SHOWN = 10
/** Characters of a column of figures. */
const WIDTH = 13

/** A finished sweep as the command's result; writes its report into `directory` where given. */
export function presentSweep(record: TieredSweep, directory: string | undefined): CommandResult {
  const analysis = analyzeSweep(record)
  const written = directory === undefined ? null : writeSweep(directory, record, analysis)
  const { trials, tiers } = record
  const unequal = (tiers?.confirmations ?? []).filter(({ agrees }) => !agrees)
  const lines = [
    analysis.verdict,
    ...(tiers === undefined ? [] : [tierLine(tiers)]),
    `${trials.length} trials, ${analysis.failed} failed; ${analysis.trials} configurations ` +
      'tried on these data so far',
    ...bestTable(record),
    written === null ? 'Heat map: add --report DIR' : `Heat map ${written.htmlPath}`,
  ]
  return {
    data: {
      verdict: analysis.verdict,
      metric: record.metric,
      axes: record.axes,
      tiers: { reasons: tiers?.reasons ?? [], confirmations: tiers?.confirmations ?? [] },
      trials: trials.map(({ returns: _, ...trial }, i) => ({
        ...trial,
        tier: tiers?.byTrial[i] ?? 'events',
      })),
      best: analysis.best,
      bestPlateau: analysis.bestPlateau,
      bestAtEdge: analysis.bestAtEdge,
      deflatedSharpe: analysis.dsr,
      trialsKnown: analysis.trials,
      report: written,
    },
    text: lines.join('\n'),
    warnings: [
      ...rowWarnings(record.data).map(({ text }) => text),
      ...unequal.map(
        ({ trial, failure }) =>
          `the event tier gives other figures for ${parametersOf(trials[trial]!)}` +
          (failure === null ? '' : `: ${failure}`),
      ),
    ],
    mode: 'backtest',
    exitCode: analysis.failed > 0 ? ExitCode.partial : ExitCode.ok,
  }
}

const parametersOf = ({ parameters }: SweepTrial): string =>
  Object.entries(parameters)
    .map(([key, value]) => `${key}=${value}`)
    .join('  ')

/** The best trials with the figures of both tiers where both ran. */
function bestTable({ trials, metric, tiers }: TieredSweep): readonly string[] {
  const show = (value: number | null): string => (value?.toPrecision(4) ?? 'n/a').padStart(WIDTH)
  const best = ranked(trials, metric).slice(0, SHOWN)
  const isTiered = best.some((index) => tiers?.byTrial[index] === 'columns')
  const rows = best.map((index) => {
    const trial = trials[index]!
    const own = show(trialValue(trial, metric))
    const confirmation = tiers?.confirmations.find((each) => each.trial === index)
    const figures = !isTiered
      ? own
      : tiers?.byTrial[index] === 'events'
        ? `${' '.repeat(WIDTH)}${own}${' '.repeat(WIDTH)}`
        : confirmation === undefined
          ? `${own}${'not run'.padStart(WIDTH)}${' '.repeat(WIDTH)}`
          : own + show(confirmation.value.events) + difference(confirmation).padStart(WIDTH)
    return `  ${figures}  ${parametersOf(trial)}`
  })
  if (!isTiered) return [`Best by ${metric}, event tier:`, ...rows]
  const head = ['columns', 'events', 'difference'].map((name) => name.padStart(WIDTH)).join('')
  return [`Best by ${metric}:`, `  ${head}`, ...rows]
}

const difference = ({ agrees, value }: Confirmation): string =>
  agrees ? 'none' : (value.difference?.toPrecision(2) ?? 'n/a')
