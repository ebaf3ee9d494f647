import { formatPercent } from '../report/format.ts'
import { type Html, html } from '../report/html.ts'
import { backdrop, pane, zeroLine } from '../report/pane.ts'
import { extent, figureSvg, linearScale, linePath, padded, stepPath } from '../report/plot.ts'
import { figureBlock, PLOT_LEFT, PLOT_RIGHT, WIDTH } from '../report/section.ts'
import type { ComparedRun } from './compared-run.ts'

/** Line styles that stay apart in both themes, in print and for every kind of colour vision. */
const styles = [
  'stroke:var(--gain)',
  'stroke:var(--loss)',
  'stroke:var(--ink)',
  'stroke:var(--gain);stroke-dasharray:7 4',
  'stroke:var(--loss);stroke-dasharray:7 4',
  'stroke:var(--ink);stroke-dasharray:2 3',
]

const styleOf = (i: number): string => styles[i % styles.length]!

/** A short line beside each name. */
const key = (names: readonly string[]): Html =>
  html`<p class="keys">${names.map(
    (name, i) =>
      html`<span class="line"><svg width="30" height="10" aria-hidden="true"><path d="M0 5H30" class="curve" style="${styleOf(i)}"/></svg> ${name}</span> `,
  )}</p>`

/** Net return of every run over time, on one scale. */
export function growthFigure(runs: readonly ComparedRun[]): Html {
  const paths = runs.map(({ analysis }) => ({
    time: analysis.path.time,
    value: analysis.path.index.map((index) => index - 1),
  }))
  const [low, high] = padded(...extent(...paths.map(({ value }) => value), [0])!)
  const from = Math.min(...paths.map(({ time }) => time[0] ?? Number.POSITIVE_INFINITY))
  const to = Math.max(...paths.map(({ time }) => time.at(-1) ?? 0))
  const x = linearScale(from, to, PLOT_LEFT, PLOT_RIGHT)
  const ends = runs.map(
    ({ record, analysis }) => `${record.name} ${formatPercent(analysis.equity.totalReturn, true)}`,
  )
  const drawing = figureSvg({
    id: 'svg-growth',
    title: 'Net return of each run over time',
    description: `At the end: ${ends.join(', ')}.`,
    width: WIDTH,
    height: 330,
    body: html`${backdrop({ x, top: 20, bottom: 308 })}${pane({
      ...{ label: 'Net return', top: 20, bottom: 308, low, high, unit: 'percent', ticks: 6 },
      body: (y) =>
        html`${zeroLine(y)}${paths.map(
          ({ time, value }, i) =>
            html`<path class="curve" style="${styleOf(i)}" d="${linePath(time, value, x, y)}"/>`,
        )}`,
    })}`,
  })
  return figureBlock(
    'Net of spread, impact and fees, marked to market, of the start equity.',
    html`${drawing}${key(ends)}`,
  )
}

/** Shares of names that pass over time. */
export function reviewFigure({ reviews, record }: ComparedRun): Html {
  const rows = reviews!
  const time = rows.map((row) => row.time)
  const series = [
    { name: 'Fast', value: rows.map(({ fastShare }) => fastShare) },
    { name: 'Single test', value: rows.map(({ singleShare }) => singleShare) },
    { name: 'Discovered', value: rows.map(({ discoveredShare }) => discoveredShare) },
    { name: 'Half-life', value: rows.map(({ halfLifeShare }) => halfLifeShare) },
  ]
  const x = linearScale(time[0]!, time.at(-1)!, PLOT_LEFT, PLOT_RIGHT)
  const at = (name: string): string => {
    const { value } = series.find((each) => each.name === name)!
    return formatPercent(value.reduce((sum, each) => sum + each, 0) / value.length, false, 1)
  }
  return figureBlock(
    `Share of tested names. On average: fast ${at('Fast')}, single test ${at('Single test')}, discovered ${at('Discovered')}, half-life ${at('Half-life')}.`,
    html`${figureSvg({
      id: `svg-reviews-${record.name}`,
      title: 'Share of names that pass the tests over time',
      description: 'Shares of names by test, one value a quarter.',
      width: WIDTH,
      height: 230,
      body: html`${backdrop({ x, top: 20, bottom: 208 })}${pane({
        ...{ label: 'Share of names', top: 20, bottom: 208, unit: 'percent', ticks: 5 },
        ...{ low: 0, high: 1.02 },
        body: (y) =>
          html`${series.map(
            ({ value }, i) =>
              html`<path class="curve" style="${styleOf(i)}" d="${stepPath(time, value, x, y)}"/>`,
          )}`,
      })}`,
    })}${key(series.map(({ name }) => name))}`,
  )
}
