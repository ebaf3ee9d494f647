import {
  analyzeSweep,
  rowWarnings,
  type SweepAnalysis,
  type SweepCell,
  type SweepGrid,
  type SweepHeat,
  type SweepValue,
  sweepHeat,
  trialValue,
} from '../../../core/mod.ts'
import type { TieredSweep } from '../sweep/confirm.ts'
import { document } from './document.ts'
import { formatCount, formatFigure, formatNumber, formatTime, joined } from './format.ts'
import { type Html, html, table } from './html.ts'
import { marketData } from './report-json.ts'
import { section } from './section.ts'
import { confirmations, tierText } from './section-tiers.ts'
import { allMetrics, formatMetric, metricNames, metricsOf } from './sweep-metrics.ts'

/** Heat maps shown of one metric; the best ones when there are more. */
const GRIDS_MOST = 12
/** Rows of the table of trials. */
const TRIALS_MOST = 300

/**
 * The heat map of a sweep as one offline HTML text with the same contract as a tear sheet: a cell
 * per trial with its value and plateau score, and how much of the best is luck.
 */
export function renderSweep(
  record: TieredSweep,
  analysis: SweepAnalysis = analyzeSweep(record),
): string {
  const others = metricsOf(record).filter((metric) => metric !== record.metric)
  const body = html`<div class="ribbon backtest"><span>SWEEP: ${
    record.data.kind === 'generated' ? 'generated market' : 'recorded market'
  }, simulated fills</span></div><header class="top"><div><h1>${record.name}</h1><p class="sub">${
    record.strategy
  }, ${record.trials.length} trials over ${record.axes.map((axis) => axis.name).join(', ')}<br>${formatTime(
    record.data.firstTime,
  )} to ${formatTime(record.data.lastTime)} UTC${
    record.tiers !== undefined && html`<br>${tierText(record.tiers)}`
  }</p></div><div class="tools"><button type="button" data-do="theme">Light / dark</button><button type="button" data-do="json">JSON</button></div></header><main><p class="verdict">${joined(
    analysis.verdict,
  )}</p>${
    record.data.licenceClass === 'C' &&
    html`<p class="notice" role="note">Internal use only. The data behind this report are of licence class C (no licence stated): it must not be published or quoted.</p>`
  }${rowWarnings(record.data).map(
    ({ text }) => html`<p class="notice" role="note">${text}</p>`,
  )}${header(record, analysis)}${confirmations(record)}${section(
    'heat',
    metricNames[record.metric],
    html`<p class="muted">Each cell: the value, and below it the plateau score: 1 when the cell equals the median of its neighbours, 0 for a spike. Solid frame: best cell. Dashed frame: best together with its neighbourhood.</p>${heatMaps(analysis)}`,
  )}${others.map((metric) =>
    section(`heat-${metric}`, metricNames[metric], heatMaps(sweepHeat(record, metric))),
  )}${trialTable(record)}</main>${footer(record)}`
  return document({ title: `${record.name}: sweep`, body, data: sweepJson(record, analysis) })
}

function header(record: TieredSweep, analysis: SweepAnalysis): Html {
  const ratio = (value: number): string => formatNumber(value, 3, true)
  const probability = (value: number): string => formatNumber(value, 2)
  const { best, bestPlateau } = analysis
  const cards: [string, Html, string][] = [
    [
      'Trials on these data',
      html`${formatCount(analysis.trials)}`,
      record.known === null
        ? 'this sweep alone; the run ledger was not asked'
        : `known to the run ledger, ${record.trials.length} here, ${analysis.failed} failed`,
    ],
    [
      `Best ${metricNames[record.metric].toLowerCase()}`,
      html`${formatMetric(record.metric, best?.value ?? null)}`,
      best === null ? '' : `${parametersText(record, best)}; ${tierOf(record, best)}`,
    ],
    [
      'Best plateau',
      html`${formatMetric(record.metric, bestPlateau?.value ?? null)}`,
      bestPlateau === null ? 'no cell has neighbours' : parametersText(record, bestPlateau),
    ],
    [
      'Sharpe of the best',
      formatFigure(analysis.bestSharpe, ratio),
      `per ${record.returnInterval}; luck alone gives about ${
        analysis.luckySharpe.value === null ? '—' : ratio(analysis.luckySharpe.value)
      }`,
    ],
    [
      'Deflated Sharpe',
      formatFigure(analysis.dsr, probability),
      'chance that it beats luck; 0.95 is the bar',
    ],
    [
      'Overfitting',
      formatFigure(analysis.overfitting, probability),
      'share of half-history splits in which the best one fails in the other half',
    ],
  ]
  return html`<dl class="kpis" id="figures">${cards.map(
    ([label, value, note]) =>
      html`<div><dt>${label}</dt><dd>${value}<small>${note}</small></dd></div>`,
  )}</dl>`
}

/** Which tier a cell's figures come from. */
function tierOf({ tiers }: TieredSweep, { trial }: SweepCell): string {
  if (tiers === undefined || tiers.byTrial[trial] === 'events') return 'event tier'
  const confirmation = tiers.confirmations.find((each) => each.trial === trial)
  if (confirmation === undefined) return 'column tier, not confirmed'
  return confirmation.agrees ? 'column tier, confirmed' : 'column tier, the event tier differs'
}

const valueText = (value: SweepValue): string => String(value)

const parametersText = (record: TieredSweep, cell: SweepCell): string =>
  record.axes
    .map(({ name }) => `${name} ${valueText(record.trials[cell.trial]!.parameters[name]!)}`)
    .join(', ')

function heatMaps(analysis: SweepHeat): Html {
  const values = analysis.grids
    .flatMap((grid) => grid.cells.flat())
    .flatMap((cell) => (cell === null || cell.value === null ? [] : [cell.value]))
  const low = Math.min(0, ...values)
  const high = Math.max(0, ...values)
  const strongest = Math.max(-low, high, 1e-12)
  const highest = (grid: SweepGrid): number =>
    Math.max(...grid.cells.flat().map((cell) => cell?.value ?? Number.NEGATIVE_INFINITY))
  const shown =
    analysis.grids.length <= GRIDS_MOST
      ? analysis.grids
      : analysis.grids.toSorted((a, b) => highest(b) - highest(a)).slice(0, GRIDS_MOST)
  const omitted = analysis.grids.length - shown.length
  return html`${shown.map((grid) => heatMap(grid, analysis, strongest))}${
    omitted > 0 &&
    html`<p class="muted">${omitted} more combinations of the other parameters are in the table of trials.</p>`
  }`
}

function heatMap(grid: SweepGrid, analysis: SweepHeat, strongest: number): Html {
  const cell = (each: SweepCell | null): Html => {
    if (each === null || each.value === null) return html`<td class="na">—`
    const share = Math.round((Math.abs(each.value) / strongest) * 45)
    const colour = each.value < 0 ? 'loss' : 'gain'
    const frame =
      each.trial === analysis.best?.trial
        ? 'best'
        : each.trial === analysis.bestPlateau?.trial
          ? 'plateau'
          : ''
    return html`<td${frame === '' ? null : html` class="${frame}"`} style="background:color-mix(in srgb,var(--${colour}) ${share}%,transparent)">${formatMetric(
      analysis.metric,
      each.value,
    )}<small>${each.plateau === null ? '' : formatNumber(each.plateau, 2)}</small>`
  }
  const rows = grid.cells.map((row, j) => {
    const label = grid.y === null ? '' : `${grid.y.name} ${valueText(grid.y.values[j]!)}`
    return html`<tr><th scope="row">${label}${row.map(cell)}`
  })
  const fixed = grid.fixed.map(([name, value]) => `${name} ${valueText(value)}`).join(', ')
  const caption = `${metricNames[analysis.metric]}${fixed === '' ? '' : `: ${fixed}`}`
  return html`<div class="scroll"><table class="heat plain"><caption>${caption}</caption><thead><tr><th scope="col">${
    grid.y === null ? '' : `${grid.y.name} \\ ${grid.x.name}`
  }</th>${grid.x.values.map((value) => html`<th scope="col">${grid.x.name} ${valueText(value)}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`
}

function trialTable(record: TieredSweep): Html {
  const metrics = metricsOf(record)
  const ranked = record.trials
    .map((trial, i) => ({
      trial,
      tier: record.tiers?.byTrial[i],
      value: trialValue(trial, record.metric),
    }))
    .toSorted(
      (a, b) => (b.value ?? Number.NEGATIVE_INFINITY) - (a.value ?? Number.NEGATIVE_INFINITY) || 0,
    )
  const shown = ranked.slice(0, TRIALS_MOST)
  const withRun = record.trials.some((trial) => trial.runId !== null)
  const withFailure = record.trials.some((trial) => trial.failure !== null)
  const { tiers } = record
  const rows = shown.map(({ trial, tier }, i) => [
    String(i + 1),
    ...(withRun ? [trial.runId ?? '—'] : []),
    ...(tier === undefined ? [] : [tier]),
    ...record.axes.map(({ name }) => valueText(trial.parameters[name]!)),
    ...metrics.map((metric) => formatMetric(metric, trialValue(trial, metric))),
    ...(withFailure ? [trial.failure ?? ''] : []),
  ])
  const title =
    ranked.length > shown.length
      ? `Trials (best ${formatCount(shown.length)} of ${formatCount(ranked.length)}; the JSON has all)`
      : 'Trials'
  return section(
    'trials',
    title,
    html`<div class="tall">${table({
      caption: 'Trials, best first',
      head: [
        '#',
        ...(withRun ? ['Run'] : []),
        ...(tiers === undefined ? [] : ['Tier']),
        ...record.axes.map((axis) => axis.name),
        ...metrics.map((metric) => metricNames[metric]),
        ...(withFailure ? ['Failure'] : []),
      ],
      rows,
      sortable: true,
    })}</div>`,
  )
}

function footer(record: TieredSweep): Html {
  const rows: [string, string][] = [
    ['Command', record.command],
    ['Seed', String(record.seed)],
    ['Commit', record.commit],
    ['Configuration', record.configurationHash],
    ['Data', `${record.data.description}; ${record.dataHash}`],
    ['Code', record.codeHash],
    ['Format', 'ornstein.sweep/1'],
  ]
  return html`<footer class="base" id="reproduce"><h2>Reproduce</h2><dl class="facts">${rows.map(
    ([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`,
  )}</dl></footer>`
}

/** The sweep as JSON text, schema "ornstein.sweep/1"; returns stay in the run ledger. */
export function sweepJson(
  record: TieredSweep,
  analysis: SweepAnalysis = analyzeSweep(record),
): string {
  const { grids: _, ...figures } = analysis
  const { trials, data, ...rest } = record
  const of = (cell: SweepCell | null) =>
    cell === null ? null : { ...cell, parameters: trials[cell.trial]!.parameters }
  return JSON.stringify({
    ...rest,
    data: marketData(data),
    figures: { ...figures, best: of(analysis.best), bestPlateau: of(analysis.bestPlateau) },
    trials: trials.map(({ returns: _returns, ...trial }) => ({
      ...trial,
      metrics: Object.fromEntries(
        allMetrics.map((metric) => [metric, trialValue({ ...trial, returns: _returns }, metric)]),
      ),
    })),
  })
}
