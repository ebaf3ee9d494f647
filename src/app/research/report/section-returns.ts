import type { Drawdown } from '../../../core/mod.ts'
import { rollingOf } from './drawn-series.ts'
import {
  formatFigure,
  formatNumber,
  formatPercent,
  formatRatio,
  timeElement,
  zoneName,
} from './format.ts'
import { type Html, html, table } from './html.ts'
import { backdrop, pane, zeroLine } from './pane.ts'
import { extent, figureSvg, linearScale, linePath, padded } from './plot.ts'
import { figureBlock, PLOT_LEFT, PLOT_RIGHT, type ReturnsInput, section, WIDTH } from './section.ts'

/** Drawdowns, distribution of days, and the risk-adjusted figures with their intervals. */
export function riskSection({ record, analysis }: ReturnsInput): Html {
  return section(
    'risk',
    'Risk and what luck could explain',
    html`<div class="pair"><div>${riskTable({ record, analysis })}</div><div>${luckTable({
      record,
      analysis,
    })}</div></div>${benchmarkTable({ record, analysis })}${rollingFigure({ record, analysis })}${drawdownTables(analysis.drawdowns)}`,
  )
}

function riskTable({ analysis }: ReturnsInput): Html {
  const { equity, drawdowns } = analysis
  const percent = (value: number): string => formatPercent(value)
  const rows: [string, Html | string][] = [
    ['Volatility (annual)', formatFigure(equity.volatility, percent)],
    ['Downside deviation (annual)', formatFigure(equity.downsideDeviation, percent)],
    ['Value at risk 95 %, 1 day', formatFigure(equity.valueAtRisk95, percent)],
    ['Value at risk 95 %, Gaussian', formatFigure(equity.valueAtRisk95Gaussian, percent)],
    ['Value at risk 99 %, 1 day', formatFigure(equity.valueAtRisk99, percent)],
    ['Value at risk 99 %, Gaussian', formatFigure(equity.valueAtRisk99Gaussian, percent)],
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

function luckTable({ record, analysis }: ReturnsInput): Html {
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

function benchmarkTable({ record, analysis }: ReturnsInput): Html {
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
    ['R²', formatFigure(benchmark.rSquared, formatRatio), none],
    ['Correlation', formatFigure(benchmark.correlation, formatRatio), none],
    ['Treynor ratio', formatFigure(benchmark.treynor, formatRatio), none],
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
  })}<p class="muted"><small>${benchmark.matchedDays} days matched, ${benchmark.droppedDays} of the run without a benchmark value. Regression of daily excess returns, Newey–West errors. ${
    benchmark.hash === ''
      ? 'The benchmark’s bars come with the data and pay no dividends.'
      : record.benchmark === undefined
        ? 'The benchmark is made of the run’s own marks, in equal parts, without costs or funding; hash of these data:'
        : 'File hash of the benchmark:'
  }${benchmark.hash !== '' && html` <code>${benchmark.hash}</code>`}</small></p>`
}

function rollingFigure(input: ReturnsInput): Html {
  const { annualiser } = input.analysis.equity
  const { time, sharpe, volatility, window } = rollingOf(input)
  const range = extent(sharpe, [0])
  // Half a window of rows at least, or the lines say nothing.
  if (time.length < window / 2 || range === null) return html``
  const from = time[0]!
  const to = time[time.length - 1]!
  const x = linearScale(from, to, PLOT_LEFT, PLOT_RIGHT)
  const [low, high] = padded(...range)
  const [lowest, highest] = padded(...extent(volatility, [0])!)
  const sharpePane = pane({
    label: 'Sharpe ratio',
    top: 18,
    bottom: 120,
    low,
    high,
    unit: 'number',
    ticks: 4,
    fits: [0],
    body: (y) =>
      html`${zeroLine(y)}<path class="curve thin" style="stroke:var(--ink)" d="${linePath(time, sharpe, x, y)}"/>`,
  })
  const volatilityPane = pane({
    label: 'Volatility',
    top: 142,
    bottom: 220,
    low: lowest,
    high: highest,
    unit: 'percent',
    ticks: 3,
    fits: [1],
    body: (y) => html`<path class="curve thin" d="${linePath(time, volatility, x, y)}"/>`,
  })
  const drawing = figureSvg({
    id: 'svg-rolling',
    title: `Rolling Sharpe ratio and volatility over ${window} days`,
    description: `The rolling Sharpe ratio lay between ${formatRatio(range[0])} and ${formatRatio(range[1])}.`,
    width: WIDTH,
    height: 242,
    body: html`${backdrop({ x, top: 18, bottom: 220 })}${sharpePane}${volatilityPane}`,
    time: { from, to, left: PLOT_LEFT, right: PLOT_RIGHT },
    series: 'rolling',
  })
  return figureBlock(`Rolling over ${window} daily returns, annualised by ${annualiser}.`, drawing)
}

function drawdownTables({ worst, longest }: ReturnsInput['analysis']['drawdowns']): Html {
  if (worst.length === 0) return html`<p class="muted">No drawdown.</p>`
  const row = (fall: Drawdown, rank: number): (string | Html)[] => [
    String(rank + 1),
    formatPercent(fall.depth),
    timeElement(fall.peakTime),
    timeElement(fall.troughTime),
    fall.recoveryTime === null ? 'ongoing at the end' : timeElement(fall.recoveryTime),
    formatNumber(fall.days, fall.days < 10 ? 2 : 0),
  ]
  const head = ['Rank', 'Depth', html`Peak (${zoneName})`, 'Trough', 'Recovery', 'Calendar days']
  return html`${table({ caption: 'Worst drawdowns by depth', head, rows: worst.map(row), sortable: true })}${table(
    {
      caption: 'Longest drawdowns',
      head,
      rows: longest.map(row),
      sortable: true,
    },
  )}`
}
