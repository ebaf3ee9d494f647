import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { formatPercent } from '../report/format.ts'
import { type Html, html } from '../report/html.ts'
import { backdrop, levelLine, pane } from '../report/pane.ts'
import {
  extent,
  figureSvg,
  linearScale,
  linePath,
  pixel,
  type Scale,
  stepPath,
} from '../report/plot.ts'
import { figureBlock, PLOT_LEFT, PLOT_RIGHT, WIDTH } from '../report/section.ts'

const BAND_TOP = 20
const BAND_BOTTOM = 210
const LANES_TOP = 246
const LANE_HEIGHT = 12
const LANE_STEP = 34

type Decision = HourlyRecord['decisions'][number]

/** What is said of a decision in a lane: filled, hatched, or nothing. */
type Mark = 'fill-gain' | 'fill-loss' | 'fill-muted' | 'gap' | null

const LANES: readonly (readonly [label: string, mark: (decision: Decision) => Mark])[] = [
  [
    'Upper edge of the band bound (hatched: it could not be kept)',
    ({ allocation }) =>
      allocation?.edge === 'high'
        ? 'fill-loss'
        : allocation?.edge === 'highUnreached'
          ? 'gap'
          : null,
  ],
  [
    'Lower edge of the band bound (hatched: not reached)',
    ({ allocation }) =>
      allocation?.edge === 'low' ? 'fill-gain' : allocation?.edge === 'lowUnreached' ? 'gap' : null,
  ],
  ['A limit was relaxed', ({ relaxations }) => (relaxations.length > 0 ? 'fill-loss' : null)],
  ['Nothing was decided', ({ idle }) => (idle === null ? null : 'fill-muted')],
]

/** Ex-ante volatility against its band, what bound in each hour, drawdown and what was allowed. */
export function decisionFigure(record: HourlyRecord): Html {
  const { decisions, riskHistory, settings } = record
  if (decisions.length < 2) return html`<p class="muted">Fewer than two decisions.</p>`
  const time = Float64Array.from(riskHistory, (row) => row.time)
  const x = linearScale(time[0]!, time.at(-1)!, PLOT_LEFT, PLOT_RIGHT)
  const lanesEnd = LANES_TOP + LANES.length * LANE_STEP
  const [fallTop, fallBottom] = [lanesEnd + 8, lanesEnd + 88]
  const [heldTop, heldBottom] = [fallBottom + 34, fallBottom + 104]
  const falls = riskHistory.map(({ drawdown }) => -drawdown)
  const { steps } = settings.governor
  const deepest = Math.min(-0.01, ...falls) * 1.15
  const invested = decisions.map(({ exposureBefore }) => exposureBefore)
  const allowed = riskHistory.map(({ exposureAllowed }) => exposureAllowed)
  const drawing = figureSvg({
    id: 'svg-decisions',
    title: 'Ex-ante volatility, what bound, drawdown and exposure, hour by hour',
    description: describe(record),
    ...{ width: WIDTH, height: heldBottom + 24 },
    body: html`${backdrop({ x, top: BAND_TOP, bottom: heldBottom, bands: lanes(decisions, time, x) })}${laneNames()}${volatilityPane(record, time, x)}${pane(
      {
        ...{
          label: `Below the peak${stepsText(record)}`,
          top: fallTop,
          bottom: fallBottom,
        },
        ...{ low: deepest, high: 0, unit: 'percent', ticks: 3 },
        body: (y) =>
          html`${steps
            .filter(({ enterAt }) => -enterAt > deepest)
            .map(({ enterAt }) =>
              levelLine(y, -enterAt),
            )}<path class="curve loss" d="${linePath(time, falls, x, y)}"/>`,
      },
    )}${pane({
      ...{
        label: 'Invested before each decision; dashed: most that the governor allows',
        top: heldTop,
      },
      ...{ bottom: heldBottom, low: -0.12, high: 1.05, unit: 'percent', ticks: 2 },
      body: (y) =>
        html`<path class="curve gain" d="${linePath(time, invested, x, y)}"/><path class="curve bench" d="${stepPath(time, allowed, x, y)}"/>`,
    })}`,
    time: { from: time[0]!, to: time.at(-1)!, left: PLOT_LEFT, right: PLOT_RIGHT },
    series: 'decisions',
  })
  return figureBlock(
    'Blue: ex-ante volatility a year of the target weights; grey: realised over the last 500 bars; shaded: the band. Below, hour by hour, what bound the decision.',
    drawing,
  )
}

function stepsText({ settings }: HourlyRecord): string {
  const { steps } = settings.governor
  const at = [...new Set(steps.map(({ enterAt }) => formatPercent(enterAt, false, 0)))]
  return at.length === 0 ? '' : `; the governor steps down at ${at.join(', ')}`
}

function volatilityPane(
  { riskHistory, settings }: HourlyRecord,
  time: Float64Array,
  x: Scale,
): Html {
  const column = (of: (row: HourlyRecord['riskHistory'][number]) => number | null): Float64Array =>
    Float64Array.from(riskHistory, (row) => of(row) ?? Number.NaN)
  const before = column(({ exAnteVolatility }) => exAnteVolatility)
  const after = column(({ realisedVolatility }) => realisedVolatility)
  const { low, high } = settings.band
  const most = Math.max(high * 1.15, (extent(before, after) ?? [0, 0])[1] * 1.05)
  return pane({
    ...{ label: 'Volatility a year', top: BAND_TOP, bottom: BAND_BOTTOM, low: 0, high: most },
    ...{ unit: 'percent', ticks: 5, fits: [0, 1] },
    body: (y) =>
      html`<rect class="soft-gain" x="${PLOT_LEFT}" width="${PLOT_RIGHT - PLOT_LEFT}" y="${pixel(y(high))}" height="${pixel(y(low) - y(high))}"/><path class="curve thin" d="${linePath(time, after, x, y)}"/><path class="curve gain" d="${linePath(time, before, x, y)}"/>`,
  })
}

const laneTop = (lane: number): number => LANES_TOP + lane * LANE_STEP

const laneNames = (): Html =>
  html`${LANES.map(
    ([label], lane) =>
      html`<text class="pane" x="${PLOT_LEFT}" y="${laneTop(lane) - 5}">${label}</text>`,
  )}`

/** A shape for pixels that follow each other and say the same; what marks a pixel wins over none. */
function lanes(decisions: readonly Decision[], time: Float64Array, x: Scale): Html {
  const width = PLOT_RIGHT - PLOT_LEFT
  return html`${LANES.map(([, markOf], lane) => {
    const columns: Mark[] = Array.from({ length: width }, () => null)
    for (const [i, decision] of decisions.entries()) {
      const mark = markOf(decision)
      if (mark === null) continue
      const from = Math.min(width - 1, Math.floor(x(time[i]!) - PLOT_LEFT))
      const until = Math.ceil(x(time[i + 1] ?? time[i]!) - PLOT_LEFT)
      columns.fill(mark, from, Math.max(from + 1, until))
    }
    const shapes: Html[] = []
    for (let from = 0; from < width; ) {
      let end = from + 1
      while (end < width && columns[end] === columns[from]) end++
      if (columns[from] !== null) {
        shapes.push(
          html`<rect class="${columns[from]}" x="${PLOT_LEFT + from}" width="${end - from}" y="${laneTop(lane)}" height="${LANE_HEIGHT}"/>`,
        )
      }
      from = end
    }
    return html`<rect class="soft" x="${PLOT_LEFT}" width="${width}" y="${laneTop(lane)}" height="${LANE_HEIGHT}"/>${shapes}`
  })}`
}

function describe({ decisions, settings }: HourlyRecord): string {
  const made = decisions.filter(({ allocation }) => allocation !== null)
  const share = (edges: readonly string[]): string =>
    made.length === 0
      ? 'none'
      : formatPercent(
          made.filter(({ allocation }) => edges.includes(allocation!.edge)).length / made.length,
          false,
          1,
        )
  return `Of ${made.length} decisions the upper edge, ${formatPercent(settings.band.high)}, bound ${share(['high', 'highUnreached'])}, the lower one, ${formatPercent(settings.band.low)}, ${share(['low', 'lowUnreached'])}.`
}
