import type { ProbabilityReport, ScoreReport } from '../../../models/mod.ts'
import { formatNumber } from '../report/format.ts'
import { type Html, html, table } from '../report/html.ts'
import {
  extent,
  figureSvg,
  linearScale,
  niceTicks,
  padded,
  pixel,
  valueAxis,
} from '../report/plot.ts'
import { figureBlock, PLOT_LEFT, PLOT_RIGHT, WIDTH } from '../report/section.ts'

const HEIGHT = 300
const TOP = 20
const BOTTOM = 270

const bp = (value: number | null, digits = 2): string =>
  value === null ? '—' : formatNumber(value * 1e4, digits, true)

/** Mean return of names by decile of their score, with 95 % intervals. */
export function decileFigure({ deciles }: ScoreReport): Html {
  const { means } = deciles
  const ends = means.flatMap(({ value, low, high }) => [value ?? 0, low ?? 0, high ?? 0])
  const [low, high] = padded(...extent(ends, [0])!)
  const y = linearScale(low * 1e4, high * 1e4, BOTTOM, TOP)
  const width = (PLOT_RIGHT - PLOT_LEFT) / means.length
  const bars = means.map((mean, i) => {
    if (mean.value === null) return null
    const x = PLOT_LEFT + i * width
    const [a, b] = [y(0), y(mean.value * 1e4)]
    const middle = x + width / 2
    const whisker =
      mean.low === null || mean.high === null
        ? null
        : html`<path class="curve" style="stroke:var(--ink)" d="M${pixel(middle)} ${pixel(y(mean.low * 1e4))}V${pixel(y(mean.high * 1e4))}"/>`
    return html`<rect x="${pixel(x + width * 0.15)}" y="${pixel(Math.min(a, b))}" width="${pixel(width * 0.7)}" height="${pixel(Math.max(1, Math.abs(a - b)))}" style="fill:var(--${mean.value < 0 ? 'loss' : 'gain'});fill-opacity:.75"/>${whisker}<text class="tick mid" x="${pixel(middle)}" y="${BOTTOM + 18}">${i + 1}</text>`
  })
  const drawing = figureSvg({
    id: 'svg-deciles',
    title: 'Mean excess return by decile of score',
    description: `Basis points from the lowest to the highest scores: ${means.map(({ value }) => bp(value)).join(', ')}.`,
    width: WIDTH,
    height: HEIGHT,
    body: html`${valueAxis(y, PLOT_LEFT, PLOT_RIGHT, (value, digits) => formatNumber(value, digits))}${bars}`,
  })
  const rows = means.map((mean, i) => [
    String(i + 1),
    bp(mean.value),
    bp(mean.low),
    bp(mean.high),
    String(mean.observations),
  ])
  return figureBlock(
    'Mean excess return over the horizon by decile of score within each hour, basis points, before costs; lines are 95 % intervals (Newey-West).',
    drawing,
    table({ caption: 'Deciles', head: ['Decile', 'Mean bp', 'Low', 'High', 'Hours'], rows }),
  )
}

/** How often events came by what was forecast. */
export function calibrationFigure({ curve }: ProbabilityReport): Html {
  const most = Math.max(
    0.05,
    ...curve.map(({ forecastMean, high }) => Math.max(forecastMean, high)),
  )
  const x = linearScale(0, most, PLOT_LEFT, PLOT_RIGHT)
  const y = linearScale(0, most, BOTTOM, TOP)
  const points = curve.map(
    ({ forecastMean, observed, low, high }) =>
      html`<path class="curve" style="stroke:var(--ink)" d="M${pixel(x(forecastMean))} ${pixel(y(low))}V${pixel(y(high))}"/><circle cx="${pixel(x(forecastMean))}" cy="${pixel(y(observed))}" r="4" style="fill:var(--gain)"/>`,
  )
  const labels = niceTicks(0, most, 6).values.map(
    (value) =>
      html`<text class="tick mid" x="${pixel(x(value))}" y="${BOTTOM + 18}">${formatNumber(value * 100, 1)} %</text>`,
  )
  const drawing = figureSvg({
    id: 'svg-calibration',
    title: 'Downside events by forecast probability',
    description: `${curve.length} bins; on the diagonal forecasts are calibrated.`,
    width: WIDTH,
    height: HEIGHT,
    body: html`${valueAxis(y, PLOT_LEFT, PLOT_RIGHT, (value) => `${formatNumber(value * 100, 1)} %`)}<path class="curve" style="stroke:var(--ink);stroke-dasharray:5 4" d="M${pixel(x(0))} ${pixel(y(0))}L${pixel(x(most))} ${pixel(y(most))}"/>${points}${labels}`,
  })
  const percent = (value: number): string => formatNumber(value * 100, 2)
  const rows = curve.map((bin) => [
    percent(bin.forecastMean),
    percent(bin.observed),
    percent(bin.low),
    percent(bin.high),
    formatNumber(bin.count, 0),
  ])
  return figureBlock(
    'Share of downside events that came (vertical) by the probability forecast (horizontal), with 95 % intervals as if rows were independent; the dashed line is perfect calibration.',
    drawing,
    table({
      caption: 'Calibration',
      head: ['Forecast %', 'Came %', 'Low', 'High', 'Rows'],
      rows,
    }),
  )
}
