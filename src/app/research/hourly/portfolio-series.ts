import { lastAtOrBefore } from '../../../core/mod.ts'
import type { HourlyRecord } from '../../run/hourly/hourly-record.ts'
import { spreadRows } from '../report/section.ts'

/** A series that the page's crosshair reads out. */
interface DrawnSeries {
  readonly name: string
  readonly time: readonly number[]
  readonly columns: readonly {
    readonly name: string
    readonly unit: 'percent'
    readonly digits: number
    readonly values: readonly (number | null)[]
  }[]
}

/** Points of a series that a page holds. */
const POINTS_MOST = 1200

/** What the charts of a page show, thinned, for its crosshair and for axes that follow a zoom. */
export function drawnSeries(record: HourlyRecord): readonly DrawnSeries[] {
  const { equity, benchmark, decisions, riskHistory, path } = record
  const rows = spreadRows(equity.time.length, POINTS_MOST)
  let peak = 0
  const falls = path.index.map((level) => {
    peak = Math.max(peak, level)
    return level / peak - 1
  })
  const theirs = (row: number): number | null => {
    if (benchmark === null) return null
    const at = lastAtOrBefore(benchmark.time, equity.time[row]!)
    return at < 0 ? null : short(benchmark.value[at]! / benchmark.value[0]! - 1)
  }
  const growth = {
    name: 'growth',
    time: rows.map((row) => equity.time[row]!),
    columns: [
      column(
        'net return',
        rows.map((row) => short(path.index[row]! - 1)),
      ),
      column(benchmark?.symbol ?? 'benchmark', rows.map(theirs)),
      column(
        'below the peak',
        rows.map((row) => short(falls[row]!)),
      ),
      column(
        'invested',
        rows.map((row) => short(equity.invested[row]! / equity.equity[row]!)),
      ),
    ],
  }
  const some = spreadRows(decisions.length, POINTS_MOST)
  return [
    growth,
    {
      name: 'decisions',
      time: some.map((row) => riskHistory[row]!.time),
      columns: [
        column(
          'ex ante',
          some.map((row) => short(riskHistory[row]!.exAnteVolatility)),
        ),
        column(
          'realised',
          some.map((row) => short(riskHistory[row]!.realisedVolatility)),
        ),
        column(
          'below the peak',
          some.map((row) => short(-riskHistory[row]!.drawdown)),
        ),
        column(
          'invested',
          some.map((row) => short(decisions[row]!.exposureBefore)),
        ),
      ],
    },
  ]
}

const column = (
  name: string,
  values: readonly (number | null)[],
): DrawnSeries['columns'][number] => ({
  ...{ name, unit: 'percent', digits: 2 },
  values,
})

const short = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 1e6) / 1e6
