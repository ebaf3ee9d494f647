import { formatNumber } from '../../report/format.ts'
import { type Html, html, raw } from '../../report/html.ts'
import { figureSvg, linearScale, niceTicks, pixel, type Scale } from '../../report/plot.ts'
import type { ComparedRow, FundComparison } from './fund-comparison.ts'
import { fundScatter } from './fund-scatter.ts'
import {
  CHART_HEIGHT,
  CHART_WIDTH,
  dollarsText,
  isPrivate,
  percentText,
  powers,
} from './fund-texts.ts'

const LEFT = 16
/** Bars end here, so that their numbers fit behind them. */
const RIGHT = 860
const TOP = 14
const BOTTOM = 556
const BAR = 18

/** One chart of the comparison. */
export interface FundChart {
  /** Of the picture, without its suffix. */
  readonly file: string
  readonly title: string
  readonly caption: string
  readonly drawing: Html
}

/** The five charts of the published comparison, this run and the earlier demo apart. */
export function fundCharts(comparison: FundComparison): readonly FundChart[] {
  const { rows } = comparison
  const bars = (of: Omit<BarChart, 'rows' | 'order'> & { readonly order?: BarChart['order'] }) =>
    barChart({ rows, order: of.value, ...of })
  return [
    bars({
      file: 'public_quant_returns',
      title: 'Return a year, per cent',
      caption: 'Published return a year; of backtests the net CAGR. What is cut off says so.',
      value: ({ returnPercent }) => returnPercent,
      text: percentText,
      isLog: false,
    }),
    bars({
      file: 'public_quant_aum',
      title: 'Money managed, US dollars, logarithmic',
      caption: 'Money managed (of backtests: money simulated), US dollars, logarithmic scale.',
      value: ({ capitalBillion }) => capitalBillion,
      text: dollarsText,
      isLog: true,
    }),
    bars({
      file: 'public_quant_estimated_profit',
      title: 'Return times money, US dollars a year, logarithmic',
      caption: 'Return times money, US dollars a year, logarithmic scale: for scale alone.',
      value: ({ scaleBillion }) => scaleBillion,
      text: dollarsText,
      isLog: true,
    }),
    bars({
      file: 'public_quant_cumulative_gains',
      title: 'Net gains of investors since the start, US dollars',
      caption: 'Net gains of investors since the start, where somebody published them.',
      value: ({ gainsBillion }) => gainsBillion,
      text: dollarsText,
      isLog: false,
    }),
    fundScatter(rows),
  ]
}

interface BarChart extends Omit<FundChart, 'drawing'> {
  readonly rows: readonly ComparedRow[]
  readonly value: (row: ComparedRow) => number | null
  readonly order: (row: ComparedRow) => number | null
  readonly text: (value: number) => string
  readonly isLog: boolean
}

const isDrawn = (value: number | null, isLog: boolean): value is number =>
  value !== null && (!isLog || value > 0)

/** Funds by size, a gap, backtests by size: each a name, and a bar below it with its number. */
function barChart(chart: BarChart): FundChart {
  const { rows, order, value, text, isLog, file, title, caption } = chart
  const sorted = (isBacktest: boolean): readonly ComparedRow[] =>
    rows
      .filter((row) => row.isBacktest === isBacktest)
      .sort((a, b) => (order(b) ?? -Infinity) - (order(a) ?? -Infinity))
  const funds = sorted(false)
  const listed = [...funds, ...sorted(true)]
  const x = scaleOf(listed, chart)
  const step = (BOTTOM - TOP) / (listed.length + 0.6)
  const bars = listed.map((row, i) => {
    const top = TOP + step * (i + (row.isBacktest ? 0.6 : 0))
    return bar(row, { top: top + step * 0.36, x, value: value(row), text, isLog })
  })
  const rule = TOP + step * (funds.length + 0.3)
  const body = html`${axis(x, isLog, text)}<line class="zero" x1="${LEFT}" x2="${CHART_WIDTH - 16}" y1="${pixel(rule)}" y2="${pixel(rule)}"/><text class="tick end aside" x="${CHART_WIDTH - 16}" y="${pixel(rule + 17)}">backtests: no money was managed</text>${bars}${legend()}`
  const said = listed.map((row) => {
    const size = value(row)
    return `${row.name} ${size === null ? 'not known' : text(size)}`
  })
  const drawing = figureSvg({
    ...{ id: `svg-${file}`, title, description: `${said.join('; ')}.` },
    ...{ width: CHART_WIDTH, height: CHART_HEIGHT, body },
  })
  return { file, title, caption, drawing }
}

const KINDS = [
  ['fill-gain', 'private hedge funds'],
  ['fill-loss', 'public funds'],
  ['gap outlined', 'backtests'],
] as const

const legend = (): Html =>
  html`${KINDS.map(([look, text], i) => {
    const x = LEFT + [0, 320, 540][i]!
    return html`<rect class="${look}" x="${x}" y="593" width="12" height="12"/><text class="label" x="${x + 18}" y="604">${text}</text>`
  })}`

/** From the funds' own range: a backtest beyond it is cut off. */
function scaleOf(rows: readonly ComparedRow[], { value, isLog }: BarChart): Scale {
  const values = rows.flatMap((row) => {
    const size = value(row)
    return isDrawn(size, isLog) ? [{ size, isOurs: row.source === 'this_run' }] : []
  })
  const others = values.filter(({ isOurs }) => !isOurs).map(({ size }) => size)
  const most = Math.max(...others)
  if (!isLog) {
    const least = Math.min(0, ...values.map(({ size }) => Math.max(size, -most)))
    return linearScale(least, most * 1.05, LEFT, RIGHT)
  }
  const least = Math.min(...values.map(({ size }) => size))
  return linearScale(Math.floor(Math.log10(least) - 1e-9), Math.log10(most) + 0.1, LEFT, RIGHT)
}

function axis(x: Scale, isLog: boolean, text: (value: number) => string): Html {
  const ticks = isLog
    ? powers(x).map((power) => ({ at: power, label: text(10 ** power) }))
    : niceTicks(x.low, x.high, 5).values.map((at) => ({ at, label: formatNumber(at, 0) }))
  return html`${ticks.map(
    ({ at, label }, i) =>
      html`<line class="grid" x1="${pixel(x(at))}" x2="${pixel(x(at))}" y1="${TOP}" y2="${BOTTOM}"/><text class="tick ${i === 0 && x(at) < LEFT + 30 ? '' : 'mid'}" x="${pixel(x(at))}" y="${BOTTOM + 20}">${label}</text>`,
  )}`
}

function bar(
  row: ComparedRow,
  at: {
    readonly top: number
    readonly x: Scale
    readonly value: number | null
    readonly text: BarChart['text']
    readonly isLog: boolean
  },
): Html {
  const { top, x, value, text, isLog } = at
  const mark = row.isBacktest ? ` (${row.quality} data)` : ''
  const label = (x: number, y: number, words: string): Html =>
    html`<text class="label" x="${pixel(x)}" y="${pixel(y)}">${words}</text>`
  if (!isDrawn(value, isLog)) {
    const unknown = row.isBacktest ? 'none' : 'not known'
    const words = value === null ? unknown : `${text(value)}, not on this scale`
    return label(LEFT, top - 6, `${row.name}${mark}: ${words}`)
  }
  const place = isLog ? Math.log10(value) : value
  const isCut = place > x.high || place < x.low
  const end = x(Math.min(x.high, Math.max(x.low, place)))
  const base = isLog ? LEFT : x(0)
  const [from, to] = [Math.min(base, end), Math.max(base, end)]
  const width = Math.max(1.5, to - from)
  const look = row.isBacktest
    ? raw('class="gap outlined"')
    : raw(isPrivate(row) ? 'class="fill-gain"' : 'class="fill-loss"')
  const words = `${text(value)}${isCut ? ' (cut off)' : ''}`
  return html`${label(LEFT, top - 6, `${row.name}${mark}`)}<rect ${look} x="${pixel(from)}" y="${pixel(top)}" width="${pixel(width)}" height="${BAR}"/>${label(from + width + 6, top + BAR - 2, words)}`
}
