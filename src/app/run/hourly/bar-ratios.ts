import { type Figure, figure, mean, missing, sampleDeviation } from '../../../core/mod.ts'

/** Ratios of a year from returns of single bars. */
export interface BarRatios {
  /** Mean over the root of the mean squared loss, every bar counted. */
  readonly sortinoFromBars: Figure
  /** Of bars that both have: least squares, and mean difference over its deviation. */
  readonly betaFromBars: Figure
  readonly informationRatioFromBars: Figure
}

/** Bars that both have below which nothing is said of a benchmark. */
const MATCHED_LEAST = 30

/**
 * Ratios from bar returns of a run and of its benchmark, NaN where that has none; null without a
 * benchmark.
 */
export function barRatios(
  own: Float64Array,
  benchmark: Float64Array | null,
  barsPerYear: number,
): BarRatios {
  const root = Math.sqrt(barsPerYear)
  const loss = Math.sqrt(mean(own.map((value) => Math.min(value, 0) ** 2)))
  const sortinoFromBars = figure((mean(own) / loss) * root, 'no bar ended below the one before')
  return { sortinoFromBars, ...against(own, benchmark, root) }
}

function against(own: Float64Array, benchmark: Float64Array | null, root: number) {
  if (benchmark === null) return without('no benchmark')
  const isMatched = (_: number, bar: number): boolean => !Number.isNaN(benchmark[bar])
  const x = benchmark.filter(isMatched)
  const y = own.filter(isMatched)
  if (x.length < MATCHED_LEAST) {
    return without(`${x.length} of ${MATCHED_LEAST} matched bars needed`)
  }
  const [middle, height] = [mean(x), mean(y)]
  const together = mean(x.map((value, i) => (value - middle) * (y[i]! - height)))
  const variance = mean(x.map((value) => (value - middle) ** 2))
  const more = y.map((value, i) => value - x[i]!)
  return {
    betaFromBars: figure(together / variance, 'the benchmark stood still'),
    informationRatioFromBars: figure(
      (mean(more) / sampleDeviation(more)) * root,
      'differences do not vary',
    ),
  }
}

const without = (reason: string) => ({
  betaFromBars: missing(reason),
  informationRatioFromBars: missing(reason),
})
