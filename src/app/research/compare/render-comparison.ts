import { formatUtcDate } from '../../../core/mod.ts'
import { document } from '../report/document.ts'
import {
  formatBps,
  formatCount,
  formatFigure,
  formatInterval,
  formatNumber,
  formatPercent,
  formatRatio,
  formatTime,
  joined,
} from '../report/format.ts'
import { type Html, html, table } from '../report/html.ts'
import { section } from '../report/section.ts'
import type { ComparedRun, Comparison } from './compared-run.ts'
import { type ComparedFigure, comparedFigures, type FigureUnit } from './comparison-figures.ts'
import { comparisonJson } from './comparison-json.ts'
import { growthFigure, reviewFigure } from './comparison-plots.ts'

/** Several runs over the same data as one offline page, in the style of the other reports. */
export function renderComparison(comparison: Comparison): string {
  const { runs, notes } = comparison
  const { data } = runs[0]!.record
  const verdicts = runs.map(
    ({ record, analysis }) => html`<li><b>${record.name}</b>: ${joined(analysis.verdict)}</li>`,
  )
  const body = html`<div class="ribbon backtest"><span>COMPARISON: ${
    data.kind === 'generated' ? 'generated market' : 'recorded market'
  }, simulated fills</span></div><header class="top"><div><h1>${runs.length} runs compared</h1><p class="sub">${runs
    .map(({ record }) => record.name)
    .join(', ')}<br>${formatTime(data.firstTime)} to ${formatTime(data.lastTime)} UTC<br>Market: ${
    runs[0]!.analysis.benchmark?.name ?? 'none'
  }</p></div><div class="tools"><button type="button" data-do="theme">Light / dark</button><button type="button" data-do="json">JSON</button></div></header><main><p class="verdict">${joined(
    comparisonVerdict(runs),
  )}</p>${
    data.licenceClass === 'C' &&
    html`<p class="notice" role="note">Internal use only. The data behind this report are of licence class C (no licence stated): it must not be published or quoted.</p>`
  }<div class="box warnings"><h3>Read this first</h3><ul>${notes.map((text) => html`<li>${joined(text)}</li>`)}</ul></div>${section(
    'figures',
    'Figures',
    figureTable(runs),
  )}${section('growth', 'Growth', growthFigure(runs))}${section(
    'legs',
    'Long, short and the market',
    legTables(runs),
  )}${reviewSection(runs)}${section('verdicts', 'Each by itself', html`<ul>${verdicts}</ul>`)}${section(
    'costs',
    'Costs and fills',
    costTable(runs),
  )}</main>${footer(comparison)}`
  return document({ title: 'Comparison of runs', body, data: comparisonJson(comparison) })
}

/** Closed trades below which a run is not judged. */
const TRADES_MIN = 30

/** What the figures say, in a sentence or two. */
export function comparisonVerdict(runs: readonly ComparedRun[]): string {
  const few = runs.filter(({ analysis }) => analysis.trades.trips < TRADES_MIN)
  const aside =
    few.length === 0
      ? ''
      : ` Too few trades to judge: ${few.map(({ record, analysis }) => `${record.name} (${analysis.trades.trips})`).join(', ')}.`
  const judged = runs.flatMap(({ record, analysis }) => {
    const { sharpe, sharpeInterval } = analysis.equity
    return sharpe.value === null || analysis.trades.trips < TRADES_MIN
      ? []
      : [{ name: record.name, value: sharpe.value, low: sharpeInterval.low }]
  })
  if (judged.length === 0) return `No run can be judged.${aside}`
  const best = judged.reduce((a, b) => (b.value > a.value ? b : a))
  const clear = judged.filter(({ low }) => low !== null && low > 0)
  const ratio = formatRatio(best.value)
  const all = `Every run${few.length === 0 ? '' : ' with enough trades'}`
  if (best.value <= 0) {
    return `${all} loses after costs: the best Sharpe ratio is ${ratio}, of ${best.name}.${aside}`
  }
  return clear.length === 0
    ? `No run is distinguishable from chance: the best Sharpe ratio is ${ratio}, of ${best.name}, and its interval holds zero.${aside}`
    : `The best Sharpe ratio is ${ratio}, of ${best.name}; above zero with its whole interval: ${clear.map(({ name }) => name).join(', ')}.${aside}`
}

const formats: Readonly<Record<FigureUnit, (value: number) => string>> = {
  count: formatCount,
  ratio: (value) => formatNumber(value, 2, true),
  percent: (value) => formatPercent(value, true),
  share: (value) => formatPercent(value),
  times: (value) => `${formatNumber(value, 1)}×`,
  bp: (value) => formatBps(value),
  probability: (value) => formatNumber(value, 3),
  days: (value) => `${formatNumber(value, 1)} d`,
}

function figureTable(runs: readonly ComparedRun[]): Html {
  const all = runs.map(comparedFigures)
  const cell = ({ figure, interval, unit }: ComparedFigure): Html =>
    html`${formatFigure(figure, formats[unit])}${
      interval !== null &&
      figure.value !== null &&
      html`<br><small class="muted">${formatInterval(interval, (value) => formatNumber(value, 2, true))}</small>`
    }`
  return table({
    caption: 'Figures by run; intervals by stationary bootstrap',
    className: 'compare',
    head: ['', ...runs.map(({ record }) => record.name)],
    rows: all[0]!.map((first, i) => [first.label, ...all.map((own) => cell(own[i]!))]),
  })
}

function legTables(runs: readonly ComparedRun[]): Html {
  const missing = (value: number | null, format: (value: number) => string): string =>
    value === null ? '—' : format(value)
  const percent = (value: number): string => formatPercent(value, true)
  const rows = runs.flatMap(({ record, legs }) =>
    (['long', 'short', 'both'] as const).map((name) => {
      const leg = legs[name]
      const money = (value: number): string => formatNumber(value, 0, true)
      return [
        name === 'both' ? html`<b>${record.name}: both</b>` : `${record.name}: ${name}`,
        money(leg.pricePnl),
        money(-leg.fees),
        money(leg.holding),
        money(leg.net),
        percent(leg.returnAnnual),
        missing(leg.beta, (value) => formatNumber(value, 3, true)),
        missing(leg.marketAnnual, percent),
        missing(leg.alphaAnnual, percent),
      ]
    }),
  )
  const worst = Math.max(...runs.map(({ legs }) => Math.abs(legs.difference)))
  const { days, marketDays } = runs[0]!.legs
  return html`${table({
    caption: `Result by the side that was held, ${runs[0]!.record.currency}, and what of it is the market`,
    head: [
      'Leg',
      'At fill prices',
      'Fees',
      'Holding',
      'Net',
      'Net a year',
      'Beta',
      'Market a year',
      'Rest a year',
    ],
    rows,
  })}<p class="muted">Daily results over the equity before them, regressed on the market's return of the same day (${formatCount(
    marketDays,
  )} of ${formatCount(days)} days). Beta times the mean of the market is the market's part, the rest is not explained by it; long and short sum to both. Holding is rent, dividends and interest, or funding. Spread and impact are inside the fill prices. Largest difference to the change of equity: ${formatNumber(
    worst,
    4,
  )}.</p>`
}

function reviewSection(runs: readonly ComparedRun[]): Html | null {
  const groups = new Map<string, ComparedRun[]>()
  for (const run of runs) {
    if (run.reviews === null || run.reviews.length === 0) continue
    const same = JSON.stringify(run.reviews)
    groups.set(same, [...(groups.get(same) ?? []), run])
  }
  const tested = [...groups.values()]
  if (tested.length === 0) return null
  return section(
    'reversion',
    'Do the residuals revert?',
    html`<p>Every quarter all names are tested on the closes known by then, whether the run asks for it or not. Fast: the speed that is published as the filter, which most random walks have. Single test: a p value of at most 5 %, which one walk in twenty has. Discovered: after all names, by the false discovery rate. Half-life: the data span ten of it.</p>${tested.map(
      (own) =>
        html`<h3>${own.map(({ record }) => record.name).join(', ')}</h3>${reviewFigure(own[0]!)}${reviewTable(own[0]!)}`,
    )}`,
  )
}

function reviewTable({ reviews, record }: ComparedRun): Html {
  const percent = (value: number): string => formatPercent(value, false, 1)
  const hasFactors = reviews!.some(({ explained }) => explained !== null)
  return html`<details class="twin"><summary>View as table</summary>${table({
    caption: `Tests of reversion, ${record.name}`,
    head: [
      'Day',
      'Tested',
      'Fast',
      'Single test',
      'Discovered',
      'Half-life',
      'All that is asked',
      'Median half-life',
      ...(hasFactors ? ['Factors explain'] : []),
    ],
    rows: reviews!.map((row) => [
      formatUtcDate(row.time),
      formatCount(row.tested),
      percent(row.fastShare),
      percent(row.singleShare),
      percent(row.discoveredShare),
      percent(row.halfLifeShare),
      percent(row.passedShare),
      row.halfLifeMedian === null ? '—' : `${formatNumber(row.halfLifeMedian, 1)} d`,
      ...(hasFactors ? [row.explained === null ? '—' : percent(row.explained)] : []),
    ]),
  })}</details>`
}

function costTable(runs: readonly ComparedRun[]): Html {
  const notes = assumptionsOf(runs, ({ fillModel }) => fillModel.notes)
  const rules = assumptionsOf(runs, ({ shareRules = [] }) =>
    shareRules.map(({ name, isOn, text }) => `${name}, ${isOn ? 'on' : 'off'}: ${text}`),
  )
  const whole = (value: bigint): string => formatNumber(Number(value) / 1e8, 0)
  const signed = (value: bigint): string => formatNumber(Number(value) / 1e8, 0, true)
  const hasShares = rules.length > 0
  const rows = runs.map(({ record, analysis: { costs } }) => [
    record.name,
    whole(costs.tradedNotional),
    signed(costs.gross),
    whole(costs.spread + costs.slippage),
    whole(costs.fees),
    ...(hasShares
      ? [whole(costs.borrow), signed(costs.dividends), whole(costs.interest)]
      : [signed(costs.funding)]),
    signed(costs.net),
    formatFigure(costs.costBps, (value) => formatBps(value)),
  ])
  return html`${table({
    caption: `Costs by run, ${runs[0]!.record.currency}: gross is at mids; less spread, impact and slippage, fees and what holding cost, it is net`,
    head: [
      'Run',
      'Traded',
      'Gross',
      'Spread, impact',
      'Fees',
      ...(hasShares ? ['Rent', 'Dividends', 'Interest'] : ['Funding']),
      'Net',
      'Cost of traded',
    ],
    rows,
  })}<ul>${[...notes, ...rules].map(
    ({ text, names }) =>
      html`<li>${names.length < runs.length && html`<b>${names.join(', ')}</b>: `}${joined(text)}</li>`,
  )}</ul>`
}

/** What runs assume, each sentence once, with the names of those that do. */
function assumptionsOf(
  runs: readonly ComparedRun[],
  pick: (record: ComparedRun['record']) => readonly string[],
): readonly { readonly text: string; readonly names: readonly string[] }[] {
  const texts = new Set(runs.flatMap(({ record }) => pick(record)))
  return [...texts].map((text) => ({
    text,
    names: runs.filter(({ record }) => pick(record).includes(text)).map((run) => run.record.name),
  }))
}

function footer({ command, runs }: Comparison): Html {
  const { record } = runs[0]!
  const rows: [string, string][] = [
    ['Command', command],
    ['Commit', record.commit],
    ['Data', `${record.data.description}; ${record.dataHash}`],
    ['Code', record.codeHash],
    ...runs.map(({ record: own, path }): [string, string] => [
      own.name,
      `${path}; configuration ${own.configurationHash}`,
    ]),
    ['Format', 'ornstein.compare/1'],
  ]
  return html`<footer class="base" id="reproduce"><h2>Reproduce</h2><dl class="facts">${rows.map(
    ([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`,
  )}</dl></footer>`
}
