import type { RunGap } from '../../../core/mod.ts'
import { formatCount, formatPercent, moneyText } from './format.ts'
import { type Html, html } from './html.ts'
import { type ReportInput, section } from './section.ts'

/** Outcomes of evaluations that are no gate: waiting, holding, warming up, or acting. */
const NOT_BLOCKED = /^(holding|warm|working|cool|enter|exit)/

/** Denials that mean trading had been stopped. */
const stops = ['PAUSED', 'INSTRUMENT_STOPPED', 'DAILY_LOSS', 'DAILY_DRAWDOWN'] as const

/** What may be wrong with the run itself rather than with its result. */
export function hygieneSection({ record, analysis }: ReportInput): Html {
  const { data, counts } = record
  const span = data.lastTime - data.firstTime
  const missing = unionOf(data.gaps, data.firstTime, data.lastTime)
  const denials = Object.values(counts.denials).reduce((sum, count) => sum + count, 0)
  const stopped = stops.reduce((sum, code) => sum + (counts.denials[code] ?? 0), 0)
  const blocked = Object.entries(counts.evaluationsByOutcome)
    .filter(([outcome]) => !NOT_BLOCKED.test(outcome))
    .reduce((sum, [, count]) => sum + count, 0)
  const shareOf = (count: number, all: number, what: string): string =>
    all === 0 ? `no ${what}` : `${formatCount(count)} (${formatPercent(count / all, false, 1)})`
  const rows: [string, string][] = [
    [
      'Data coverage',
      span > 0
        ? `${formatPercent(1 - missing / span, false, 2)} of the span, ${formatCount(data.gaps.length)} gaps`
        : 'the span is empty',
    ],
    ['Orders rejected by the venue', shareOf(counts.rejects, counts.orders, 'orders')],
    ['Orders denied by our risk gate', formatCount(denials)],
    ['… while paused or stopped by a loss limit', formatCount(stopped)],
    ['Evaluations ended by a gate', shareOf(blocked, counts.evaluations, 'evaluations')],
    ['Look-ahead', data.lookahead === '' ? 'not checked' : data.lookahead],
    ['Parameters', `${formatCount(leaves(record.parameters))} values set, listed below`],
    [
      'Configurations tried on these data',
      record.trials === null ? 'unknown' : formatCount(record.trials.count),
    ],
    [
      'Books against equity',
      `differ by ${moneyText(analysis.reconciliationDifference)} ${record.currency}`,
    ],
  ]
  return section(
    'hygiene',
    'Hygiene',
    html`<dl class="facts">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`,
  )
}

/** Length of the time that any gap covers inside a span, us. */
function unionOf(gaps: readonly RunGap[], from: number, to: number): number {
  let covered = 0
  let end = from
  for (const gap of gaps.toSorted((a, b) => a.from - b.from)) {
    const start = Math.max(gap.from, end)
    const stop = Math.min(gap.to, to)
    if (stop <= start) continue
    covered += stop - start
    end = stop
  }
  return covered
}

function leaves(value: unknown): number {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 1
  return Object.values(value).reduce((sum: number, inner) => sum + leaves(inner), 0)
}
