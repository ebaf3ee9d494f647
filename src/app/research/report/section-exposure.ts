import { formatNumber, formatPercent } from './format.ts'
import { type Html, html } from './html.ts'
import { backdrop, pane, zeroLine } from './pane.ts'
import { extent, figureSvg, linearScale, padded, stepPath } from './plot.ts'
import { figureBlock, PLOT_LEFT, PLOT_RIGHT, type ReportInput, section, WIDTH } from './section.ts'

/** Net and gross exposure over time with their averages. */
export function exposureSection({ record, analysis }: ReportInput): Html {
  const { exposure } = analysis
  const { time, net, gross } = exposure
  const rows: [string, string][] = [
    ['Time in market', formatPercent(exposure.timeInMarket, false, 1)],
    ['Time long', formatPercent(exposure.timeLong, false, 1)],
    ['Time short', formatPercent(exposure.timeShort, false, 1)],
    ['Gross exposure, average', formatPercent(exposure.averageGross, false, 1)],
    ['Gross exposure, highest', formatPercent(exposure.maximumGross, false, 1)],
    ['Net exposure, average', formatPercent(exposure.averageNet, true, 1)],
    [
      'Net exposure, lowest to highest',
      `${formatPercent(exposure.minimumNet, true, 1)} to ${formatPercent(exposure.maximumNet, true, 1)}`,
    ],
    ['Positions at once, most', String(exposure.maximumPositions)],
    ['Turnover, one way', `${formatNumber(exposure.turnover, 2)}× average equity`],
  ]
  const list = html`<h3>Time-weighted, of equity</h3><dl class="facts wide">${rows.map(
    ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`,
  )}</dl>`
  if (time.length < 2 || exposure.maximumGross === 0) {
    return section('exposure', 'Exposure', html`<p class="muted">No position was held.</p>${list}`)
  }
  const x = linearScale(time[0]!, time[time.length - 1]!, PLOT_LEFT, PLOT_RIGHT)
  const several = record.instruments.length > 1
  const [low, high] = padded(...extent(net, [0], several ? gross : [])!, 0.08)
  const sides = [
    { values: net.map((value) => Math.max(0, value)), name: 'gain' },
    { values: net.map((value) => Math.min(0, value)), name: 'loss' },
  ]
  const netPane = pane({
    label: 'Of equity',
    top: 20,
    bottom: 156,
    low,
    high,
    unit: 'percent',
    ticks: 4,
    body: (y) =>
      html`${sides.map(({ values, name }) => {
        const line = stepPath(time, values, x, y)
        return html`<path class="soft-${name}" d="${stepArea(line, y(0))}"/><path class="curve ${name}" style="stroke-width:1" d="${line}"/>`
      })}${several && html`<path class="curve thin" d="${stepPath(time, gross, x, y)}"/>`}${zeroLine(y)}`,
  })
  const drawing = figureSvg({
    id: 'svg-exposure',
    title: 'Net exposure over time',
    description: `In the market ${formatPercent(exposure.timeInMarket, false, 1)} of the time; net exposure between ${formatPercent(exposure.minimumNet, true, 1)} and ${formatPercent(exposure.maximumNet, true, 1)} of equity.`,
    width: WIDTH,
    height: 178,
    body: html`${backdrop({ x, top: 20, bottom: 156 })}${netPane}`,
    time: { from: time[0]!, to: time[time.length - 1]!, left: PLOT_LEFT, right: PLOT_RIGHT },
    series: 'exposure',
  })
  return section(
    'exposure',
    'Exposure',
    html`${figureBlock(
      `Net exposure as a share of equity: above zero long (blue), below short (orange).${record.instruments.length > 1 ? ' Grey: gross exposure.' : ''}`,
      drawing,
    )}${list}`,
  )
}

function stepArea(line: string, zero: number): string {
  if (line === '') return ''
  const start = line.slice(1, line.indexOf(' '))
  const base = String(Math.round(zero * 10) / 10)
  return `${line}V${base}H${start}Z`
}
