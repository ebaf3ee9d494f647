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
  type Scale,
} from '../report/plot.ts'
import { figureBlock, PLOT_LEFT, PLOT_RIGHT, spreadRows, WIDTH } from '../report/section.ts'
import { logSwitch } from '../report/section-equity.ts'

/** Growth beside the benchmark's, the fall below the peak, and the share that is invested. */
export function growthFigure({ equity, benchmark }: HourlyRecord): Html {
  const { time, equity: value } = equity
  const own = growth({ time, value })
  const fall = underwater(growthPath(value[0]!, { time, value }).index)
  const invested = equity.invested.map((held, row) => held / value[row]!)
  const other = benchmark === null ? null : { time: benchmark.time, value: growth(benchmark) }
  const x = linearScale(time[0]!, time.at(-1)!, PLOT_LEFT, PLOT_RIGHT)
  const [deepest] = padded(Math.min(-0.001, ...(extent(fall) ?? [0])), 0)
  const drawing = figureSvg({
    id: 'svg-growth',
    title: 'Growth, drawdown and exposure',
    description: `At the end ${formatPercent(own.at(-1)!, true)}${other === null ? '' : `, benchmark ${formatPercent(other.value.at(-1)!, true)}`}; deepest fall ${formatPercent(Math.min(...(extent(fall) ?? [0])))}.`,
    width: WIDTH,
    height: 560,
    time: { from: time[0]!, to: time.at(-1)!, left: PLOT_LEFT, right: PLOT_RIGHT },
    series: 'growth',
    body: html`${backdrop({ x, top: 20, bottom: 530 })}${[false, true].map((isLog) => returnPane({ time, own, other }, x, isLog))}${pane(
      {
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
      },
    )}${pane({
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
    logSwitch,
  )
}

interface Curve {
  readonly time: Float64Array
  readonly value: Float64Array
}

/** Return of both, as it is or as the logarithm of growth. */
function returnPane(
  curves: {
    readonly time: Float64Array
    readonly own: Float64Array
    readonly other: Curve | null
  },
  x: Scale,
  isLog: boolean,
): Html {
  const { time, own, other } = curves
  const drawn = (values: Float64Array): Float64Array =>
    isLog ? values.map((value) => Math.log1p(value)) : values
  const mine = drawn(own)
  const theirs = other === null ? null : drawn(other.value)
  const [low, high] = padded(...extent(mine, theirs ?? mine, [0])!)
  return pane({
    ...{ label: isLog ? 'Growth of 1, log scale' : 'Net return', top: 20, bottom: 270 },
    ...{ low, high, unit: isLog ? 'number' : 'percent', ticks: 6 },
    ...{ isLog, className: isLog ? 'log' : 'linear', fits: isLog ? [] : [0, 1] },
    body: (y) =>
      html`${zeroLine(y)}${
        theirs === null || other === null
          ? null
          : html`<path class="curve bench" d="${linePath(other.time, theirs, x, y)}"/>`
      }<path class="curve gain" d="${linePath(time, mine, x, y)}"/>`,
  })
}

/** Return since the first row. */
export const growth = (path: { readonly time: Float64Array; readonly value: Float64Array }) =>
  growthPath(path.value[0]!, path).index.map((level) => level - 1)
