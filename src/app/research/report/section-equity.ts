import { underwater } from '../../../core/mod.ts'
import { scaledBenchmark } from './drawn-series.ts'
import { formatPercent, formatUnits, timeElement, zoneName } from './format.ts'
import { type Html, html, table } from './html.ts'
import { backdrop, levelLine, type Pane, pane } from './pane.ts'
import { areaPath, extent, figureSvg, linearScale, linePath, padded, type Scale } from './plot.ts'
import {
  figureBlock,
  PLOT_LEFT,
  PLOT_RIGHT,
  type ReportInput,
  spreadRows,
  WIDTH,
} from './section.ts'
import { monthlyTable } from './section-months.ts'

/** Equity with drawdown below, and the monthly table: the end of page one. */
export function returnsSummary(input: ReportInput): Html {
  return html`<section id="equity"><h2>Equity and drawdown</h2>${equityFigure(input)}${keys}</section>${monthlyTable(
    input.analysis.months,
    input.analysis.path,
  )}`
}

const keys = html`<p class="keys">Charts: drag to zoom, double click to reset. A focused chart: <kbd>←</kbd> <kbd>→</kbd> move the crosshair, <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>[</kbd> <kbd>]</kbd> pan, <kbd>0</kbd> resets; <kbd>z</kbd> switches the zone of times.</p>`

/** The switch works without scripts: both axes are drawn, and the box says which one shows. */
export const logSwitch = html`<label class="switch"><input type="checkbox" class="log-switch"> Log scale</label>`

function equityFigure(input: ReportInput): Html {
  const { record, analysis } = input
  const { time, value } = record.equity
  if (time.length === 0) return html`<p class="muted">The run has no equity values.</p>`
  const under = underwater(analysis.path.index)
  const from = time[0]!
  const to = time[time.length - 1]!
  const x = linearScale(from, to, PLOT_LEFT, PLOT_RIGHT)
  const { gaps } = record.data
  const least = Math.min(record.startEquity, extent(value)![0])
  const hasLog = least > 0
  const benchmark = scaledBenchmark(input)
  const isApart = benchmark !== null && !fitsOneScale(value, benchmark.value)
  const shift = isApart ? BENCHMARK_HEIGHT : 0
  const drawing = figureSvg({
    id: 'svg-equity',
    title: 'Equity and drawdown over time',
    description: `Equity went from ${formatUnits(record.startEquity, record.currency)} to ${formatUnits(value[value.length - 1]!, record.currency)}; the deepest drawdown was ${formatPercent(extent(under)![0])}.`,
    width: WIDTH,
    height: 374 + shift,
    body: html`${backdrop({ x, top: 18, bottom: 352 + shift, gaps })}${[
      false,
      ...(hasLog ? [true] : []),
    ].map((isLog) =>
      equityPane(input, x, { isLog, benchmark: isApart ? null : benchmark }),
    )}${drawdownPane(input, x, under)}${isApart && benchmarkPane(benchmark, x, analysis.benchmark?.name ?? '')}`,
    time: { from, to, left: PLOT_LEFT, right: PLOT_RIGHT },
    series: 'equity',
  })
  const rows = spreadRows(time.length, 40).map((row) => [
    timeElement(time[row]!),
    formatUnits(value[row]!, record.currency),
    formatPercent(under[row]!),
  ])
  const caption = `Marked to market at mid, open positions included; the horizontal line is the start equity.${
    gaps.length > 0 ? ' Hatched: gaps in the data.' : ''
  }${analysis.benchmark === null ? '' : ` Dashed: ${analysis.benchmark.name}, scaled to the start equity.`}`
  return figureBlock(
    caption,
    drawing,
    table({
      caption: 'Equity and drawdown',
      head: [html`Time (${zoneName})`, 'Equity', 'Drawdown'],
      rows,
    }),
    hasLog ? logSwitch : null,
  )
}

type Curve = NonNullable<ReturnType<typeof scaledBenchmark>>

/** Height that a benchmark with a scale of its own adds. */
const BENCHMARK_HEIGHT = 100
/** A benchmark that moves more than so many times as much as the equity would flatten it. */
const FLATTENING = 4

function fitsOneScale(equity: Float64Array, benchmark: Float64Array): boolean {
  const [low, high] = extent(equity)!
  const [least, most] = extent(benchmark)!
  return most - least <= FLATTENING * (high - low)
}

function benchmarkPane(benchmark: Curve, x: Scale, name: string): Html {
  const [low, high] = padded(...extent(benchmark.value)!)
  return pane({
    label: `${name}, scaled to the start equity, on a scale of its own`,
    top: 382,
    bottom: 452,
    low,
    high,
    unit: 'number',
    ticks: 3,
    fits: [2],
    body: (y) =>
      html`<path class="curve bench" d="${linePath(benchmark.time, benchmark.value, x, y)}"/>`,
  })
}

function equityPane(
  { record }: ReportInput,
  x: Scale,
  { isLog, benchmark }: { readonly isLog: boolean; readonly benchmark: Curve | null },
): Html {
  const { time, value } = record.equity
  const drawn = (values: Float64Array): Float64Array => (isLog ? values.map(Math.log) : values)
  const start = drawn(Float64Array.of(record.startEquity))
  const [low, high] = padded(
    ...extent(drawn(value), start, drawn(benchmark?.value ?? new Float64Array(0)))!,
  )
  const facts: Omit<Pane, 'body'> = {
    label: `Equity, ${record.currency}${isLog ? ', log scale' : ''}`,
    top: 18,
    bottom: 232,
    low,
    high,
    unit: 'number',
    ticks: 5,
    isLog,
    fits: benchmark === null ? [0] : [0, 2],
    className: isLog ? 'log' : 'linear',
  }
  return pane({
    ...facts,
    body: (y) =>
      html`${levelLine(y, start[0]!)}${
        benchmark !== null &&
        html`<path class="curve bench${benchmark.time.length > WIDTH && ' dense'}" d="${linePath(benchmark.time, drawn(benchmark.value), x, y)}"/>`
      }<path class="curve equity" d="${linePath(time, drawn(value), x, y, record.data.gaps)}"/>`,
  })
}

function drawdownPane({ record }: ReportInput, x: Scale, under: Float64Array): Html {
  const depth = Math.min(-1e-6, extent(under)![0])
  return pane({
    label: 'Drawdown from peak',
    top: 262,
    bottom: 352,
    low: depth * 1.06,
    high: 0,
    unit: 'percent',
    ticks: 3,
    fits: [1],
    body: (y) => {
      const line = linePath(record.equity.time, under, x, y, record.data.gaps)
      return html`<path class="soft-loss" d="${areaPath(line, y(0))}"/><path class="curve loss" style="stroke-width:1" d="${line}"/>`
    },
  })
}
