import type { SweepMetric, SweepTrial } from '../../../core/mod.ts'
import { type Confirmation, type SweepTiers, type TieredSweep, tierLine } from '../sweep/confirm.ts'
import { type Html, html, table } from './html.ts'
import { section } from './section.ts'
import { formatMetric, metricNames, metricsOf } from './sweep-metrics.ts'

/** Which tier the figures of a sweep come from, and why, in one sentence. */
export function tierText(tiers: SweepTiers): string {
  const line = tierLine(tiers)
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}.`
}

/** The best trials of the column tier with what the event tier made of them; null without any. */
export function confirmations(record: TieredSweep): Html | null {
  const { tiers, metric } = record
  if (tiers === undefined || !tiers.byTrial.includes('columns')) return null
  const { confirmations: all } = tiers
  if (all.length === 0) {
    return html`<p class="notice" role="note">Nothing was confirmed on the event tier: every figure of the column tier stands alone.</p>`
  }
  const others = metricsOf(record).filter((name) => name !== metric)
  const name = metricNames[metric]
  const unequal = all.filter(({ agrees }) => !agrees).length
  const summary =
    unequal === 0
      ? 'The event tier gives the same figures to rounding.'
      : `The event tier gives other figures for ${unequal} of them: those of the event tier hold.`
  return section(
    'confirmed',
    'Confirmed on the event tier',
    html`<p class="${unequal === 0 ? 'muted' : 'notice'}">The best ${all.length} trials of the column tier were run again event by event. ${summary}</p><div class="scroll">${table(
      {
        caption: 'Column tier and event tier, best first',
        head: [
          'Run',
          ...record.axes.map((axis) => axis.name),
          `${name}: columns`,
          'events',
          'difference',
          ...others.map((other) => metricNames[other]),
        ],
        rows: all.map((each) => rowOf(record, each, others)),
        sortable: true,
      },
    )}</div>`,
  )
}

function rowOf(record: TieredSweep, each: Confirmation, others: readonly SweepMetric[]): string[] {
  const { metric } = record
  const { value, agrees, failure } = each
  const trial = record.trials[each.trial]!
  const difference = agrees ? 'none' : formatMetric(metric, value.difference)
  return [
    each.runId ?? '—',
    ...record.axes.map((axis) => String(trial.parameters[axis.name])),
    formatMetric(metric, value.columns),
    failure ?? formatMetric(metric, value.events),
    difference,
    ...others.map((name) => bothOf(each, name)),
  ]
}

/** One figure where both tiers print the same, else both. */
function bothOf({ columns, events }: Confirmation, metric: SweepMetric): string {
  const of = (metrics: SweepTrial['metrics']) => formatMetric(metric, metrics[metric] ?? null)
  return of(columns) === of(events) ? of(columns) : `${of(columns)} → ${of(events)}`
}
