import { growthPath, underwater } from '../../../core/mod.ts'
import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { formatPercent, formatTime } from '../report/format.ts'
import { type Html, html, table } from '../report/html.ts'
import { backdrop, pane, zeroLine } from '../report/pane.ts'
import {
  areaPath,
  extent,
  figureSvg,
  linearScale,
  linePath,
  padded,
  pixel,
} from '../report/plot.ts'
import { figureBlock, PLOT_LEFT, PLOT_RIGHT, spreadRows, WIDTH } from '../report/section.ts'

/** Growth beside the benchmark's, the fall below the peak, and the share that is invested. */
export function growthFigure({ equity, benchmark }: HourlyRecord): Html {
  const { time, equity: value } = equity
  const own = growth({ time, value })
  const fall = underwater(growthPath(value[0]!, { time, value }).index)
  const invested = equity.invested.map((held, row) => held / value[row]!)
  const other = benchmark === null ? null : { time: benchmark.time, value: growth(benchmark) }
  const x = linearScale(time[0]!, time.at(-1)!, PLOT_LEFT, PLOT_RIGHT)
  const [low, high] = padded(...extent(own, other?.value ?? own, [0])!)
  const [deepest] = padded(Math.min(-0.001, ...(extent(fall) ?? [0])), 0)
  const drawing = figureSvg({
    id: 'svg-growth',
    title: 'Growth, drawdown and exposure',
    description: `At the end ${formatPercent(own.at(-1)!, true)}${other === null ? '' : `, benchmark ${formatPercent(other.value.at(-1)!, true)}`}; deepest fall ${formatPercent(Math.min(...(extent(fall) ?? [0])))}.`,
    width: WIDTH,
    height: 560,
    time: { from: time[0]!, to: time.at(-1)!, left: PLOT_LEFT, right: PLOT_RIGHT },
    series: 'growth',
    body: html`${backdrop({ x, top: 20, bottom: 530 })}${pane({
      ...{
        label: 'Net return',
        top: 20,
        bottom: 270,
        low,
        high,
        unit: 'percent',
        ticks: 6,
        fits: [0, 1],
      },
      body: (y) =>
        html`${zeroLine(y)}${
          other === null
            ? null
            : html`<path class="curve" style="stroke:var(--ink);stroke-dasharray:5 4" d="${linePath(other.time, other.value, x, y)}"/>`
        }<path class="curve" style="stroke:var(--gain)" d="${linePath(time, own, x, y)}"/>`,
    })}${pane({
      ...{
        label: 'Below the peak',
        top: 310,
        bottom: 410,
        low: deepest,
        high: 0,
        unit: 'percent',
        ticks: 3,
      },
      body: (y) =>
        html`<path style="fill:var(--loss);fill-opacity:.35" d="${areaPath(linePath(time, fall, x, y), y(0))}"/>`,
    })}${pane({
      ...{
        label: 'Invested',
        top: 450,
        bottom: 530,
        low: -0.12,
        high: 1.05,
        unit: 'percent',
        ticks: 2,
      },
      body: (y) =>
        html`<path class="curve" style="stroke:var(--gain)" d="${linePath(time, invested, x, y)}"/>`,
    })}`,
  })
  const rows = spreadRows(time.length, 60).map((row) => [
    formatTime(time[row]!),
    formatPercent(own[row]!, true),
    formatPercent(fall[row]!),
    formatPercent(invested[row]!),
  ])
  return figureBlock(
    `Net of slippage, spread, impact and fees, of the start equity; dashed: ${benchmark?.symbol ?? 'no benchmark'}, never held.`,
    drawing,
    table({ caption: 'Growth', head: ['UTC', 'Net return', 'Below the peak', 'Invested'], rows }),
  )
}

/** Return since the first row. */
const growth = (path: { readonly time: Float64Array; readonly value: Float64Array }) =>
  growthPath(path.value[0]!, path).index.map((level) => level - 1)

/** A plain picture of equity and drawdown, 1500 by 900, that needs no style sheet. */
export function equityPicture({ equity, benchmark }: HourlyRecord, title: string): string {
  const { time, equity: value } = equity
  const own = growth({ time, value })
  const fall = underwater(growthPath(value[0]!, { time, value }).index)
  const other = benchmark === null ? null : growth(benchmark)
  const x = linearScale(time[0]!, time.at(-1)!, 110, 1460)
  const [low, high] = padded(...extent(own, other ?? own, [0])!)
  const y = linearScale(low, high, 560, 70)
  const deepest = Math.min(-0.001, ...(extent(fall) ?? [0]))
  const z = linearScale(deepest * 1.05, 0, 850, 640)
  const line = (at: number, text: string): string =>
    `<line x1="110" x2="1460" y1="${at}" y2="${at}" stroke="#d0d4da"/><text x="100" y="${at + 6}" font-size="18" text-anchor="end" fill="#333">${text}</text>`
  const levels = [low, 0, high].map((each) =>
    line(Number(pixel(y(each))), formatPercent(each, true, 1)),
  )
  const falls = [deepest, 0].map((each) =>
    line(Number(pixel(z(each))), formatPercent(each, true, 1)),
  )
  const ends = `<text x="110" y="885" font-size="18" fill="#333">${formatTime(time[0]!)}</text><text x="1460" y="885" font-size="18" text-anchor="end" fill="#333">${formatTime(time.at(-1)!)} UTC</text>`
  const against =
    benchmark === null || other === null
      ? ''
      : `<path fill="none" stroke="#666" stroke-width="2" stroke-dasharray="8 6" d="${linePath(benchmark.time, other, x, y)}"/>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1500" height="900" font-family="DejaVu Sans"><rect width="1500" height="900" fill="#fff"/><text x="110" y="42" font-size="26" fill="#111">${title}</text>${levels.join('')}${falls.join('')}${against}<path fill="none" stroke="#1f6fc4" stroke-width="2.5" d="${linePath(time, own, x, y)}"/><path fill="#c65d21" fill-opacity="0.4" d="${areaPath(linePath(time, fall, x, z), z(0))}"/>${ends}</svg>`
}
