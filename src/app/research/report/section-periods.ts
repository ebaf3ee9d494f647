import type { Figure } from '../../../core/mod.ts'
import { formatBps, formatCount, formatFigure, formatNumber, formatPercent } from './format.ts'
import { type Html, html, table } from './html.ts'
import {
  extent,
  figureSvg,
  linearScale,
  niceStep,
  niceTicks,
  padded,
  pixel,
  valueAxis,
} from './plot.ts'
import { figureBlock, PLOT_LEFT, PLOT_RIGHT, type ReturnsInput, section, WIDTH } from './section.ts'

/** Daily returns below which their distribution is not drawn. */
const DISTRIBUTION_LEAST = 20

/** Returns by calendar period, best and worst, by year, and the distribution of days. */
export function periodsSection(input: ReturnsInput): Html {
  const { equity, periods } = input.analysis
  const signed = (figure: Figure): Html =>
    formatFigure(figure, (value) => formatPercent(value, true))
  const share = (figure: Figure): Html =>
    formatFigure(figure, (value) => formatPercent(value, false, 1))
  const spans: (string | Html)[][] = [
    ['Month to date', signed(periods.monthToDate)],
    ['3 months', signed(periods.threeMonths)],
    ['6 months', signed(periods.sixMonths)],
    ['Year to date', signed(periods.yearToDate)],
    ['1 year', signed(periods.oneYear)],
    ['3 years, a year', signed(periods.threeYearsAnnual)],
    ['5 years, a year', signed(periods.fiveYearsAnnual)],
    ['Since the start, a year', signed(equity.cagr)],
  ]
  const extremes: (string | Html)[][] = [
    ['Day', signed(equity.bestDay), signed(equity.worstDay), share(equity.shareOfDaysPositive)],
    ['Week', '—', '—', share(periods.shareOfWeeksPositive)],
    [
      'Month',
      signed(periods.bestMonth),
      signed(periods.worstMonth),
      share(periods.shareOfMonthsPositive),
    ],
    ['Year', signed(periods.bestYear), signed(periods.worstYear), '—'],
  ]
  return section(
    'returns',
    'Returns',
    html`<div class="pair"><div>${table({
      caption: 'Net, anchored in the calendar (UTC), to the end of the run',
      head: ['Period', 'Return'],
      rows: spans,
    })}</div><div>${table({
      caption: 'Whole days, weeks, months and years',
      head: ['', 'Best', 'Worst', 'Above zero'],
      rows: extremes,
    })}${yearBars(input)}</div></div>${distribution(input)}`,
  )
}

function yearBars({ analysis }: ReturnsInput): Html {
  const { months } = analysis
  if (months.length < 2) return html``
  const most = Math.max(1e-9, ...months.map(({ total }) => Math.abs(total)))
  return table({
    caption: 'By year; the first and last may be parts of one',
    head: ['Year', 'Return', ''],
    rows: months.map(({ year, total }) => [
      String(year),
      formatPercent(total, true),
      html`<span class="bar ${total < 0 ? 'loss' : 'gain'}" style="width:${Math.max(1, Math.round((Math.abs(total) / most) * 120))}px"></span>`,
    ]),
  })
}

/** Half a label's width: one in the middle of the right edge would be cut. */
const LABEL_HALF = 20

function distribution({ analysis }: ReturnsInput): Html {
  const { returns } = analysis.daily
  const n = returns.length
  const range = extent(returns)
  if (n < DISTRIBUTION_LEAST || range === null || range[0] === range[1]) {
    return html`<p class="muted">The distribution of daily returns is drawn from ${DISTRIBUTION_LEAST} days that vary; there ${n === 1 ? 'is' : 'are'} ${n}.</p>`
  }
  const width = niceStep((range[1] - range[0]) / Math.min(40, Math.ceil(Math.sqrt(n)) * 2))
  const first = Math.floor(range[0] / width)
  const bins = Math.floor(range[1] / width) - first + 1
  const counts = Array.from({ length: bins }, () => 0)
  for (const value of returns) counts[Math.min(bins - 1, Math.floor(value / width) - first)]!++
  const x = linearScale(first * width, (first + bins) * width, PLOT_LEFT, PLOT_RIGHT)
  const normal = normalCurve(returns, width)
  const peak = Math.max(...counts, normal.at(normal.mean))
  const y = linearScale(0, padded(0, peak)[1], 150, 14)
  const step = (PLOT_RIGHT - PLOT_LEFT) / bins
  const bars = counts.map((count, i) => {
    const middle = (first + i + 0.5) * width
    return html`<rect class="fill-${middle < 0 ? 'loss' : 'gain'}" x="${pixel(PLOT_LEFT + i * step + 0.5)}" width="${pixel(step - 1)}" y="${pixel(y(count))}" height="${pixel(150 - y(count))}"><title>${count} days around ${formatBps(middle * 1e4, 1)}</title></rect>`
  })
  const line = Array.from({ length: 121 }, (_, i) => {
    const at = x.low + ((x.high - x.low) * i) / 120
    return `${i === 0 ? 'M' : 'L'}${pixel(x(at))} ${pixel(y(normal.at(at)))}`
  }).join('')
  const ticks = niceTicks(x.low, x.high, 8)
  const drawing = figureSvg({
    id: 'svg-days',
    title: 'Distribution of daily returns with the normal curve of the same mean and deviation',
    description: `${formatCount(n)} days from ${formatPercent(range[0], true)} to ${formatPercent(range[1], true)}, mean ${formatPercent(normal.mean, true, 3)}, deviation ${formatPercent(normal.deviation, false, 3)}.`,
    width: WIDTH,
    height: 174,
    body: html`${valueAxis(y, PLOT_LEFT, PLOT_RIGHT, (tick, digits) => formatNumber(tick, digits), 3)}${bars}<path class="curve" d="${line}"/>${ticks.values.map(
      (tick) =>
        html`<text class="tick ${x(tick) > PLOT_RIGHT - LABEL_HALF ? 'end' : 'mid'}" x="${pixel(x(tick))}" y="166">${formatPercent(tick, true, Math.max(0, ticks.digits - 2))}</text>`,
    )}`,
  })
  return figureBlock(
    'Daily returns; the line is the normal curve of the same mean and deviation.',
    drawing,
  )
}

/** Expected days per bin of `width` under a normal with the sample's mean and deviation. */
function normalCurve(returns: Float64Array, width: number) {
  const n = returns.length
  const mean = returns.reduce((sum, value) => sum + value, 0) / n
  const squares = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const deviation = Math.sqrt(squares / (n - 1))
  const scale = (n * width) / (deviation * Math.sqrt(2 * Math.PI))
  return {
    mean,
    deviation,
    at: (value: number): number => scale * Math.exp(-(((value - mean) / deviation) ** 2) / 2),
  }
}
