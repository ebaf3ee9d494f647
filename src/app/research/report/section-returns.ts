import {
  type Drawdown,
  rollingSeries,
  rollingWindow,
  underwater,
  type YearOfMonths,
} from '../../../core/mod.ts'
import {
  formatFigure,
  formatNumber,
  formatPercent,
  formatRatio,
  formatTime,
  formatUnits,
} from './format.ts'
import { type Html, html, table } from './html.ts'
import {
  areaPath,
  extent,
  figureSvg,
  gapBands,
  linearScale,
  linePath,
  padded,
  pixel,
  timeAxis,
  valueAxis,
} from './plot.ts'
import {
  figureBlock,
  PLOT_LEFT,
  PLOT_RIGHT,
  type ReportInput,
  section,
  spreadRows,
  WIDTH,
} from './section.ts'

/** Equity with drawdown below, and the monthly table: the end of page one. */
export function returnsSummary(input: ReportInput): Html {
  return html`<section id="equity"><h2>Equity and drawdown</h2>${equityFigure(input)}</section>${monthly(
    input.analysis.months,
  )}`
}

function equityFigure({ record, analysis }: ReportInput): Html {
  const { time, value } = record.equity
  if (time.length === 0) return html`<p class="muted">The run has no equity values.</p>`
  const under = underwater(analysis.path.index)
  const first = time[0]!
  const last = time[time.length - 1]!
  const x = linearScale(first, last, PLOT_LEFT, PLOT_RIGHT)
  const benchmark = scaledBenchmark({ record, analysis })
  const range = extent(value, [record.startEquity], benchmark?.value ?? [])!
  const y = linearScale(...padded(...range), 232, 18)
  const depth = Math.min(-1e-6, extent(under)![0])
  const yUnder = linearScale(depth * 1.06, 0, 352, 262)
  const { gaps } = record.data
  const line = linePath(time, under, x, yUnder, gaps)
  const base = pixel(y(record.startEquity))
  const digits = depth > -0.001 ? 3 : depth > -0.02 ? 2 : 1
  const body = html`${gapBands(gaps, x, 18, 352)}${timeAxis(x, 18, 352)}${valueAxis(
    y,
    PLOT_LEFT,
    PLOT_RIGHT,
    (tick, decimals) => formatNumber(tick, decimals),
    5,
  )}<line class="zero" x1="${PLOT_LEFT}" x2="${PLOT_RIGHT}" y1="${base}" y2="${base}"/>${
    benchmark !== null &&
    html`<path class="curve bench" d="${linePath(benchmark.time, benchmark.value, x, y)}"/>`
  }<path class="curve equity" d="${linePath(time, value, x, y, gaps)}"/>${valueAxis(
    yUnder,
    PLOT_LEFT,
    PLOT_RIGHT,
    (tick) => formatPercent(tick, false, digits),
    3,
  )}<path class="soft-loss" d="${areaPath(line, yUnder(0))}"/><path class="curve loss" style="stroke-width:1" d="${line}"/><text class="pane" x="${PLOT_LEFT}" y="12">Equity, ${record.currency}</text><text class="pane" x="${PLOT_LEFT}" y="256">Drawdown from peak</text>`
  const end = value[value.length - 1]!
  const drawing = figureSvg({
    id: 'svg-equity',
    title: 'Equity and drawdown over time',
    description: `Equity went from ${formatUnits(record.startEquity, record.currency)} to ${formatUnits(end, record.currency)}; the deepest drawdown was ${formatPercent(extent(under)![0])}.`,
    width: WIDTH,
    height: 374,
    body,
    time: { from: first, to: last, left: PLOT_LEFT, right: PLOT_RIGHT },
    series: 'equity',
  })
  const rows = spreadRows(time.length, 40).map((row) => [
    formatTime(time[row]!),
    formatUnits(value[row]!, record.currency),
    formatPercent(under[row]!),
  ])
  const caption = `Marked to market at mid, open positions included; the horizontal line is the start equity.${
    gaps.length > 0 ? ' Hatched: gaps in the data.' : ''
  }${record.benchmark === undefined ? '' : ` Dashed: ${record.benchmark.name}, scaled to the start equity.`}`
  return figureBlock(
    caption,
    drawing,
    table({ caption: 'Equity and drawdown', head: ['Time (UTC)', 'Equity', 'Drawdown'], rows }),
  )
}

function scaledBenchmark({ record }: ReportInput) {
  const { benchmark, equity } = record
  if (benchmark === undefined || benchmark.value.length === 0) return null
  const last = equity.time[equity.time.length - 1]!
  const rows = [...benchmark.time.keys()].filter(
    (row) => benchmark.time[row]! >= equity.time[0]! && benchmark.time[row]! <= last,
  )
  if (rows.length === 0) return null
  const scale = record.startEquity / benchmark.value[rows[0]!]!
  return {
    time: Float64Array.from(rows, (row) => benchmark.time[row]!),
    value: Float64Array.from(rows, (row) => benchmark.value[row]! * scale),
  }
}

const monthNames = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
]

function monthly(years: readonly YearOfMonths[]): Html {
  if (years.length === 0) return html``
  const most = Math.max(
    1e-9,
    ...years.flatMap((year) => year.months.map((month) => Math.abs(month ?? 0))),
  )
  const cell = (value: number | null): Html => {
    if (value === null) return html`<td class="na">—`
    const share = Math.round((Math.abs(value) / most) * 45)
    const colour = value < 0 ? 'loss' : 'gain'
    return html`<td style="background:color-mix(in srgb,var(--${colour}) ${share}%,transparent)">${formatNumber(value * 100, 2, true)}`
  }
  const rows = years.map(
    (year) =>
      html`<tr><th scope="row">${year.year}${year.months.map(cell)}<td class="total">${formatNumber(year.total * 100, 2, true)}`,
  )
  return html`<section id="months"><h2>Monthly returns, %</h2><div class="scroll months"><table><caption>Net return of each calendar month (UTC), per cent</caption><thead><tr><th scope="col">Year</th>${monthNames.map(
    (name) => html`<th scope="col">${name}</th>`,
  )}<th scope="col">Year</th></tr></thead><tbody>${rows}</tbody></table></div></section>`
}

/** Drawdowns, distribution of days, and the risk-adjusted figures with their intervals. */
export function riskSection({ record, analysis }: ReportInput): Html {
  return section(
    'risk',
    'Risk and what luck could explain',
    html`<div class="pair"><div>${riskTable({ record, analysis })}</div><div>${luckTable({
      record,
      analysis,
    })}</div></div>${benchmarkTable({ record, analysis })}${rollingFigure({ record, analysis })}${drawdownTables(analysis.drawdowns)}`,
  )
}

function riskTable({ analysis }: ReportInput): Html {
  const { equity, drawdowns } = analysis
  const percent = (value: number): string => formatPercent(value)
  const rows: [string, Html | string][] = [
    ['Volatility (annual)', formatFigure(equity.volatility, percent)],
    ['Downside deviation (annual)', formatFigure(equity.downsideDeviation, percent)],
    ['Best day', formatFigure(equity.bestDay, (value) => formatPercent(value, true))],
    ['Worst day', formatFigure(equity.worstDay, (value) => formatPercent(value, true))],
    ['Days with a gain', formatFigure(equity.shareOfDaysPositive, percent)],
    ['Value at risk 95 %, 1 day', formatFigure(equity.valueAtRisk95, percent)],
    ['Value at risk 95 %, Gaussian', formatFigure(equity.valueAtRisk95Gaussian, percent)],
    ['Value at risk 99 %, 1 day', formatFigure(equity.valueAtRisk99, percent)],
    ['Expected shortfall 95 %', formatFigure(equity.expectedShortfall95, percent)],
    ['Ulcer index', formatFigure(equity.ulcerIndex, percent)],
    ['Skewness', formatFigure(equity.skewness, formatRatio)],
    ['Excess kurtosis', formatFigure(equity.excessKurtosis, formatRatio)],
    ['Tail ratio', formatFigure(equity.tailRatio, formatRatio)],
    ['Time under water', formatPercent(drawdowns.shareUnderWater, false, 1)],
    [
      'Average drawdown',
      drawdowns.averageDepth === null ? 'none' : formatPercent(drawdowns.averageDepth),
    ],
  ]
  return table({ caption: 'Risk of daily returns', head: ['Figure', 'Value'], rows })
}

function luckTable({ record, analysis }: ReportInput): Html {
  const { equity } = analysis
  const bounds = (interval: typeof equity.sharpeInterval): Html =>
    interval.low === null || interval.high === null
      ? html`<span class="na">—</span>`
      : html`<span class="line">${formatRatio(interval.low)} to ${formatRatio(interval.high)}</span>`
  const none = html`<span class="na">—</span>`
  const rows: (string | Html)[][] = [
    ['Sharpe', formatFigure(equity.sharpe, formatRatio), bounds(equity.sharpeInterval)],
    [
      'Sharpe, autocorrelation-adjusted',
      formatFigure(equity.sharpeAutocorrelationAdjusted, formatRatio),
      none,
    ],
    ['Sortino', formatFigure(equity.sortino, formatRatio), bounds(equity.sortinoInterval)],
    ['Calmar', formatFigure(equity.calmar, formatRatio), bounds(equity.calmarInterval)],
    ['Omega (0)', formatFigure(equity.omega, formatRatio), none],
    ['Gain to pain', formatFigure(equity.gainToPain, formatRatio), none],
    ['Ulcer performance', formatFigure(equity.ulcerPerformance, formatRatio), none],
    [
      'Probabilistic Sharpe (above 0)',
      formatFigure(equity.psr, (value) => formatNumber(value, 3)),
      none,
    ],
    ['Deflated Sharpe', formatFigure(equity.dsr, (value) => formatNumber(value, 3)), none],
    [
      'Track record needed, days',
      formatFigure(equity.minimumTrackRecordDays, (value) => formatNumber(Math.ceil(value), 0)),
      none,
    ],
  ]
  const trials =
    record.trials === null
      ? 'Number of trials unknown.'
      : `Deflated for ${record.trials.count} configuration${record.trials.count === 1 ? '' : 's'} tried on these data.`
  return html`${table({
    caption: 'Risk-adjusted figures',
    head: ['Figure', 'Value', '95 % interval'],
    rows,
  })}<p class="muted"><small>${trials} Probabilities near 1 speak against luck; 0.95 is the usual bar.</small></p>`
}

function benchmarkTable({ record, analysis }: ReportInput): Html {
  const { benchmark, equity, drawdowns } = analysis
  if (benchmark === null) return html``
  const percent = (value: number): string => formatPercent(value, true)
  const none = html`<span class="na">—</span>`
  const rows: (string | Html)[][] = [
    ['Net return', percent(equity.totalReturn), formatFigure(benchmark.totalReturn, percent)],
    [
      'Largest drawdown',
      percent(drawdowns.deepest?.depth ?? 0),
      formatFigure(benchmark.maximumDrawdown, percent),
    ],
    [
      'Volatility',
      formatFigure(equity.volatility, formatPercent),
      formatFigure(benchmark.volatility, formatPercent),
    ],
    [
      'Sharpe',
      formatFigure(equity.sharpe, formatRatio),
      formatFigure(benchmark.sharpe, formatRatio),
    ],
    [
      'Alpha, annual (t)',
      html`${formatFigure(benchmark.alphaAnnual, percent)} (${formatFigure(benchmark.alphaT, formatRatio)})`,
      none,
    ],
    ['Beta', formatFigure(benchmark.beta, formatRatio), none],
    ['Correlation', formatFigure(benchmark.correlation, formatRatio), none],
    ['Tracking error', formatFigure(benchmark.trackingError, formatPercent), none],
    ['Information ratio', formatFigure(benchmark.informationRatio, formatRatio), none],
    [
      'Capture, up and down',
      html`${formatFigure(benchmark.upCapture, formatRatio)} and ${formatFigure(benchmark.downCapture, formatRatio)}`,
      none,
    ],
  ]
  return html`${table({
    caption: `Against ${benchmark.name}`,
    head: ['Figure', 'This run', benchmark.name],
    rows,
  })}<p class="muted"><small>${benchmark.matchedDays} days matched, ${benchmark.droppedDays} of the run without a benchmark value. Regression of daily excess returns, Newey–West errors. File hash of the benchmark: <code>${
    record.benchmark?.hash ?? ''
  }</code></small></p>`
}

function rollingFigure({ record, analysis }: ReportInput): Html {
  const { annualiser } = analysis.equity
  const rolling = rollingSeries(analysis.daily, {
    window: rollingWindow(annualiser),
    annualiser,
    riskFreeAnnual: record.conventions.riskFreeAnnual,
  })
  const { time, sharpe, volatility, window } = rolling
  const range = extent(sharpe, [0])
  // Half a window of rows at least, or the lines say nothing.
  if (time.length < window / 2 || range === null) return html``
  const x = linearScale(time[0]!, time[time.length - 1]!, PLOT_LEFT, PLOT_RIGHT)
  const y = linearScale(...padded(...range), 120, 18)
  const yVolatility = linearScale(...padded(...extent(volatility, [0])!), 220, 142)
  const zero = pixel(y(0))
  const drawing = figureSvg({
    id: 'svg-rolling',
    title: `Rolling Sharpe ratio and volatility over ${window} days`,
    description: `The rolling Sharpe ratio lay between ${formatRatio(range[0])} and ${formatRatio(range[1])}.`,
    width: WIDTH,
    height: 242,
    body: html`${timeAxis(x, 18, 220)}${valueAxis(y, PLOT_LEFT, PLOT_RIGHT, (tick, digits) => formatNumber(tick, digits), 4)}<line class="zero" x1="${PLOT_LEFT}" x2="${PLOT_RIGHT}" y1="${zero}" y2="${zero}"/><path class="curve thin" style="stroke:var(--ink)" d="${linePath(time, sharpe, x, y)}"/>${valueAxis(yVolatility, PLOT_LEFT, PLOT_RIGHT, (tick, digits) => formatPercent(tick, false, Math.max(0, digits - 2)), 3)}<path class="curve thin" d="${linePath(time, volatility, x, yVolatility)}"/><text class="pane" x="${PLOT_LEFT}" y="12">Sharpe ratio</text><text class="pane" x="${PLOT_LEFT}" y="136">Volatility</text>`,
    time: { from: time[0]!, to: time[time.length - 1]!, left: PLOT_LEFT, right: PLOT_RIGHT },
  })
  return figureBlock(`Rolling over ${window} daily returns, annualised by ${annualiser}.`, drawing)
}

function drawdownTables({ worst, longest }: ReportInput['analysis']['drawdowns']): Html {
  if (worst.length === 0) return html`<p class="muted">No drawdown.</p>`
  const row = (fall: Drawdown, rank: number): string[] => [
    String(rank + 1),
    formatPercent(fall.depth),
    formatTime(fall.peakTime),
    formatTime(fall.troughTime),
    fall.recoveryTime === null ? 'ongoing' : formatTime(fall.recoveryTime),
    formatNumber(fall.days, fall.days < 10 ? 2 : 0),
  ]
  const head = ['Rank', 'Depth', 'Peak (UTC)', 'Trough', 'Recovery', 'Calendar days']
  return html`${table({ caption: 'Worst drawdowns by depth', head, rows: worst.map(row) })}${table({
    caption: 'Longest drawdowns',
    head,
    rows: longest.map(row),
  })}`
}
