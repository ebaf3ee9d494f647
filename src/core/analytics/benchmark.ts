import { DAY_US } from '../calendar/civil-time.ts'
import { drawdowns } from './drawdown.ts'
import { shortSpan } from './equity-statistics.ts'
import { type Figure, figure, missing } from './figure.ts'
import { type DailySeries, dailySeries, type GrowthPath } from './growth.ts'
import { isConstant, mean, sampleDeviation } from './moments.ts'
import type { RunBenchmark, RunCalendar } from './run-record.ts'

/** Matched days below which the regression on a benchmark is refused. */
export const MINIMUM_BENCHMARK_DAYS = 30

/** A run beside its benchmark over the same days. Fractions unless said. */
export interface BenchmarkComparison {
  readonly name: string
  readonly hash: string
  readonly totalReturn: Figure
  /** min(value / peak - 1). */
  readonly maximumDrawdown: Figure
  readonly volatility: Figure
  readonly sharpe: Figure
  readonly sortino: Figure
  /** Over calendar time, refused like the run's own. */
  readonly cagr: Figure
  /** CAGR over |maximumDrawdown|. */
  readonly calmar: Figure
  /** Days with a return of both, and days of the run without one of the benchmark. */
  readonly matchedDays: number
  readonly droppedDays: number
  /** Least squares of daily excess returns; t value with Newey-West errors. */
  readonly alphaAnnual: Figure
  readonly alphaT: Figure
  readonly beta: Figure
  readonly rSquared: Figure
  readonly correlation: Figure
  /** Deviation of daily differences, annual; and their mean over it. */
  readonly trackingError: Figure
  readonly informationRatio: Figure
  /** Mean return on days the benchmark rose (fell) over the benchmark's own. */
  readonly upCapture: Figure
  readonly downCapture: Figure
  /** Mean excess return of the run, annual, over its beta. */
  readonly treynor: Figure
}

/** What the comparison needs of the run. */
export interface BenchmarkInput {
  readonly path: GrowthPath
  readonly daily: DailySeries
  readonly calendar: RunCalendar
  readonly annualiser: number
  readonly riskFreeAnnual: number
}

/** Compares daily returns with a benchmark's on the days both have. */
export function compareWithBenchmark(
  benchmark: RunBenchmark,
  input: BenchmarkInput,
): BenchmarkComparison {
  const path = pathWithin(benchmark, input.path)
  const theirs = dailySeries(path, input.calendar)
  const byDay = new Map([...theirs.time].map((time, i) => [time, theirs.returns[i]!]))
  const pairs = [...input.daily.time].flatMap((time, i) => {
    const other = byDay.get(time)
    return other === undefined ? [] : [[input.daily.returns[i]!, other] as const]
  })
  const own = Float64Array.from(pairs, ([value]) => value)
  const other = Float64Array.from(pairs, ([, value]) => value)
  const few =
    shortSpan(spanDays(input.path)) ??
    `${pairs.length} of ${MINIMUM_BENCHMARK_DAYS} matched days needed`
  const enough = pairs.length >= MINIMUM_BENCHMARK_DAYS
  const given = (value: () => number, reason = 'returns do not vary'): Figure =>
    enough ? figure(value(), reason) : missing(few)
  const root = Math.sqrt(input.annualiser)
  const riskFree = input.riskFreeAnnual / input.annualiser
  const fit = enough && !isConstant(other) ? regress(own, other, riskFree) : null
  const fitted = (value: (fit: Regression) => number): Figure =>
    fit === null ? missing(enough ? 'the benchmark does not vary' : few) : figure(value(fit))
  const differences = own.map((value, i) => value - other[i]!)
  const growth = growthOf(path)
  return {
    name: benchmark.name,
    hash: benchmark.hash,
    ...growth,
    volatility: given(() => sampleDeviation(other) * root),
    sharpe: given(() => ((mean(other) - riskFree) / sampleDeviation(other)) * root),
    sortino: given(() => sortinoOf(other, riskFree) * root, 'no day below the target'),
    matchedDays: pairs.length,
    droppedDays: input.daily.time.length - pairs.length,
    alphaAnnual: fitted(({ alpha }) => alpha * input.annualiser),
    alphaT: fitted(({ alphaT }) => alphaT),
    beta: fitted(({ beta }) => beta),
    rSquared: fitted(({ correlation }) => correlation * correlation),
    correlation: fitted(({ correlation }) => correlation),
    trackingError: given(() => sampleDeviation(differences) * root),
    informationRatio: given(() => (mean(differences) / sampleDeviation(differences)) * root),
    upCapture: given(() => capture(own, other, 1), 'the benchmark never rose'),
    downCapture: given(() => capture(own, other, -1), 'the benchmark never fell'),
    treynor: fitted(({ beta }) => ((mean(own) - riskFree) * input.annualiser) / beta),
  }
}

/** Calendar days from the first to the last value, fractions too. */
const spanDays = ({ time }: GrowthPath): number =>
  time.length === 0 ? 0 : (time[time.length - 1]! - time[0]!) / DAY_US

type Growth = Pick<BenchmarkComparison, 'totalReturn' | 'maximumDrawdown' | 'cagr' | 'calmar'>

function growthOf(path: GrowthPath): Growth {
  const n = path.index.length
  if (n === 0) {
    const none = missing('the benchmark has no value in the span')
    return { totalReturn: none, maximumDrawdown: none, cagr: none, calmar: none }
  }
  const level = path.index[n - 1]!
  const depth = drawdowns(path).deepest?.depth ?? 0
  const days = spanDays(path)
  const refusal = shortSpan(days)
  const cagr = refusal === null ? figure(level ** (365.25 / days) - 1) : missing(refusal)
  return {
    totalReturn: figure(level - 1),
    maximumDrawdown: figure(depth),
    cagr,
    calmar: cagr.value === null ? cagr : figure(cagr.value / -depth, 'no drawdown'),
  }
}

/** Mean excess over downside deviation, per day. */
function sortinoOf(returns: Float64Array, target: number): number {
  let sum = 0
  for (const value of returns) sum += Math.min(0, value - target) ** 2
  return (mean(returns) - target) / Math.sqrt(sum / returns.length)
}

function pathWithin(benchmark: RunBenchmark, run: GrowthPath): GrowthPath {
  const none = { time: new Float64Array(0), index: new Float64Array(0), ruinTime: null }
  if (run.time.length === 0) return none
  const first = run.time[0]!
  const last = run.time[run.time.length - 1]!
  let from = 0
  // The value that held when the run began counts as its base.
  while (from + 1 < benchmark.time.length && benchmark.time[from + 1]! <= first) from++
  const rows = []
  for (let row = from; row < benchmark.time.length && benchmark.time[row]! <= last; row++) {
    rows.push(row)
  }
  const base = benchmark.value[rows[0] ?? -1]
  if (base === undefined || !(base > 0)) return none
  return {
    time: Float64Array.from(rows, (row) => Math.max(first, benchmark.time[row]!)),
    index: Float64Array.from(rows, (row) => benchmark.value[row]! / base),
    ruinTime: null,
  }
}

interface Regression {
  readonly alpha: number
  readonly alphaT: number
  readonly beta: number
  readonly correlation: number
}

/** OLS of own on other excess returns; Newey-West with lag floor(4 (n / 100)^(2/9)), Bartlett. */
function regress(own: Float64Array, other: Float64Array, riskFree: number): Regression {
  const n = own.length
  const x = other.map((value) => value - riskFree)
  const y = own.map((value) => value - riskFree)
  const meanX = mean(x)
  const meanY = mean(y)
  let xx = 0
  let xy = 0
  let yy = 0
  for (let i = 0; i < n; i++) {
    xx += (x[i]! - meanX) ** 2
    xy += (x[i]! - meanX) * (y[i]! - meanY)
    yy += (y[i]! - meanY) ** 2
  }
  const beta = xy / xx
  const alpha = meanY - beta * meanX
  // Influence of each day on alpha, so that its variance is a long-run variance of a plain mean.
  const influence = x.map(
    (value, i) => (1 - (meanX * (value - meanX) * n) / xx) * (y[i]! - alpha - beta * value),
  )
  const lags = Math.floor(4 * (n / 100) ** (2 / 9))
  let variance = 0
  for (let lag = 0; lag <= lags; lag++) {
    let sum = 0
    for (let i = lag; i < n; i++) sum += influence[i]! * influence[i - lag]!
    variance += (lag === 0 ? 1 : 2 * (1 - lag / (lags + 1))) * sum
  }
  const error = Math.sqrt(Math.max(0, variance)) / n
  return { alpha, alphaT: alpha / error, beta, correlation: xy / Math.sqrt(xx * yy) }
}

function capture(own: Float64Array, other: Float64Array, way: 1 | -1): number {
  let ours = 0
  let theirs = 0
  for (let i = 0; i < own.length; i++) {
    if (way * other[i]! <= 0) continue
    ours += own[i]!
    theirs += other[i]!
  }
  return theirs === 0 ? Number.NaN : ours / theirs
}
