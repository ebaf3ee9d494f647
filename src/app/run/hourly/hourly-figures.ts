import {
  annualFromBars,
  annualisation,
  type BenchmarkComparison,
  compareWithBenchmark,
  type DailySeries,
  dailySeries,
  drawdowns,
  type EquityStatistics,
  equityStatistics,
  type FifoTrip,
  type Figure,
  fifoTrips,
  figure,
  type GrowthPath,
  growthPath,
  type HourPanel,
  missing,
  type RunBenchmark,
  type RunCalendar,
} from '../../../core/mod.ts'
import { type BarRatios, barRatios } from './bar-ratios.ts'
import type { HourlyBacktest } from './hourly-backtest.ts'

const HOUR_US = 3_600_000_000

/** Key figures of an hourly backtest, fractions unless said; a missing one says why. */
export interface HourlyFigures {
  readonly totalReturn: Figure
  /** By calendar time (365.25 days a year), and by bars driven over bars of a year. */
  readonly cagr: Figure
  readonly cagrFromBars: Figure
  /** Deviation of returns a year: of bars, and of whole sessions. */
  readonly volatilityFromBars: Figure
  readonly volatilityFromSessions: Figure
  readonly sharpeFromBars: Figure
  readonly sharpeFromSessions: Figure
  /** Mean over the true downside deviation, from sessions and from bars. */
  readonly sortino: Figure
  readonly sortinoFromBars: Figure
  /** Deepest fall below a former peak, at bars; positive. */
  readonly maximumDrawdown: Figure
  readonly calmar: Figure
  /** Of round trips first in, first out, dividends left out. */
  readonly roundTrips: number
  readonly winRate: Figure
  readonly profitFactor: Figure
  /** Mean win over mean loss; mean net result, basis points of what was paid. */
  readonly payoff: Figure
  readonly expectancyBp: Figure
  /** Mean over round trips: of the clock, and of bars of the exchange. */
  readonly averageHoldingHours: Figure
  readonly averageHoldingBars: Figure
  /** Traded a bar as a share of equity: the greater of bought and sold, and both together. */
  readonly turnoverOneWay: Figure
  readonly turnoverTwoWay: Figure
  readonly turnoverOneWayPerYear: Figure
  readonly turnoverTwoWayPerYear: Figure
  /** Mean share of equity that is invested, and share of bars with anything held. */
  readonly exposure: Figure
  readonly timeInvested: Figure
  /** Of sessions, the quantile at 95 over that at 5 percent. */
  readonly tailRatio: Figure
  readonly skewness: Figure
  readonly excessKurtosis: Figure
  readonly valueAtRisk95: Figure
  readonly expectedShortfall95: Figure
  /** Against the benchmark, from sessions and from bars. */
  readonly beta: Figure
  readonly betaFromBars: Figure
  readonly informationRatio: Figure
  readonly informationRatioFromBars: Figure
  /** Lost to slippage, spread and impact, and to fees, a share of what was traded, basis points. */
  readonly tradingCostBp: Figure
  readonly feesBp: Figure
  /** Dollars received. */
  readonly dividends: number
  readonly interest: number
  readonly fills: number
  readonly partialFills: number
}

/** Figures of a run, what they were made from, and its benchmark beside it. */
export interface HourlyAnalysis {
  readonly figures: HourlyFigures
  readonly path: GrowthPath
  readonly sessions: DailySeries
  readonly calendar: RunCalendar
  readonly trips: readonly FifoTrip[]
  readonly statistics: EquityStatistics
  readonly benchmark: BenchmarkComparison | null
}

/** Equity with its first point: the balance when the first bar opened. */
export function hourlyEquity(
  panel: HourPanel,
  run: HourlyBacktest,
): { readonly time: Float64Array; readonly value: Float64Array } {
  const start = panel.grid.openTime[0]!
  return {
    time: Float64Array.of(start, ...run.time),
    value: Float64Array.of(run.account.balance, ...run.equity),
  }
}

/** The panel's benchmark at the closes of its bars; null where it has none. Raw: pays no dividends. */
export function hourlyBenchmark(panel: HourPanel, bars: number): RunBenchmark | null {
  const { benchmark, grid } = panel
  if (benchmark === null) return null
  const { open, close } = benchmark.bars
  const time: number[] = []
  const value: number[] = []
  if (open[0]! > 0) {
    time.push(grid.openTime[0]!)
    value.push(open[0]!)
  }
  for (let bar = 0; bar < bars; bar++) {
    if (!(close[bar]! > 0)) continue
    time.push(grid.closeTime[bar]!)
    value.push(close[bar]!)
  }
  const columns = { time: Float64Array.from(time), value: Float64Array.from(value) }
  return { name: benchmark.symbol, hash: '', ...columns }
}

/** All figures of a finished hourly backtest. */
export function analyseHourly(panel: HourPanel, run: HourlyBacktest): HourlyAnalysis {
  const { barsPerYear, sessionsPerYear } = annualisation(panel.grid)
  const path = growthPath(run.account.balance, hourlyEquity(panel, run))
  const calendar: RunCalendar = {
    ...{ kind: 'sessions', exchange: 'us-equities', perYear: sessionsPerYear },
    closes: sessionCloses(panel, run.bars),
  }
  const sessions = dailySeries(path, calendar)
  const deepest = drawdowns(path).deepest
  const annual = { annualiser: sessionsPerYear, riskFreeAnnual: 0 }
  const statistics = equityStatistics({ path, daily: sessions, deepest, ...annual, trials: null })
  const against = hourlyBenchmark(panel, run.bars)
  const input = { path, daily: sessions, calendar, ...annual }
  const benchmark = against === null ? null : compareWithBenchmark(against, input)
  const trips = fifoTrips(run.fills, run.splits)
  const figures = {
    ...ofPath(panel, { path, statistics, bars: run.bars, barsPerYear, against }),
    maximumDrawdown: figure(-(deepest?.depth ?? 0)),
    ...ofTrips(panel, trips),
    ...ofTrading(run, barsPerYear),
    beta: benchmark?.beta ?? missing('no benchmark'),
    informationRatio: benchmark?.informationRatio ?? missing('no benchmark'),
  }
  return { figures, path, sessions, calendar, trips, statistics, benchmark }
}

function sessionCloses({ grid }: HourPanel, bars: number): Float64Array {
  const closes: number[] = []
  for (let bar = 0; bar < bars; bar++) {
    if ((grid.barOfSession[bar + 1] ?? 0) === 0) closes.push(grid.closeTime[bar]!)
  }
  return Float64Array.from(closes)
}

function ofPath(
  panel: HourPanel,
  of: {
    readonly path: GrowthPath
    readonly statistics: EquityStatistics
    readonly bars: number
    readonly barsPerYear: number
    readonly against: RunBenchmark | null
  },
) {
  const { path, statistics, bars, barsPerYear, against } = of
  const { totalReturn, cagr } = statistics
  const returns = new Float64Array(bars)
  for (let bar = 0; bar < bars; bar++) returns[bar] = path.index[bar + 1]! / path.index[bar]! - 1
  const fromBars = annualFromBars(panel.grid, returns)
  // Short spans say nothing of a year, whichever way they are scaled.
  const scaled = (value: number | null): Figure =>
    cagr.value === null ? cagr : value === null ? missing('returns do not vary') : figure(value)
  return {
    totalReturn: figure(totalReturn),
    cagr,
    cagrFromBars: scaled((1 + totalReturn) ** (barsPerYear / bars) - 1),
    volatilityFromBars: scaled(fromBars.volatility),
    volatilityFromSessions: statistics.volatility,
    sharpeFromBars: scaled(fromBars.sharpe),
    sharpeFromSessions: statistics.sharpe,
    sortino: statistics.sortino,
    ...annualRatios(cagr, barRatios(returns, benchmarkReturns(path, against), barsPerYear)),
    calmar: statistics.calmar,
    tailRatio: statistics.tailRatio,
    skewness: statistics.skewness,
    excessKurtosis: statistics.excessKurtosis,
    valueAtRisk95: statistics.valueAtRisk95,
    expectedShortfall95: statistics.expectedShortfall95,
  }
}

/** Ratios of a year are refused where the span is too short for any; beta is of no year. */
function annualRatios(cagr: Figure, ratios: BarRatios): BarRatios {
  if (cagr.value !== null) return ratios
  return { ...ratios, sortinoFromBars: cagr, informationRatioFromBars: cagr }
}

/** The benchmark's return of each bar of a path, NaN where it has none; null without one. */
function benchmarkReturns({ time }: GrowthPath, against: RunBenchmark | null): Float64Array | null {
  if (against === null) return null
  const values = new Map([...against.time].map((at, i) => [at, against.value[i]!]))
  const at = (row: number): number => values.get(time[row]!) ?? Number.NaN
  return Float64Array.from({ length: time.length - 1 }, (_, bar) => at(bar + 1) / at(bar) - 1)
}

function ofTrips({ grid }: HourPanel, trips: readonly FifoTrip[]) {
  const n = trips.length
  const reason = 'no position was closed'
  const mean = (of: (trip: FifoTrip) => number): Figure =>
    n === 0 ? missing(reason) : figure(trips.reduce((sum, trip) => sum + of(trip), 0) / n)
  let [won, lost, wins, losses, paid] = [0, 0, 0, 0, 0]
  for (const { net, cost } of trips) {
    paid += cost
    if (net > 0) {
      won += net
      wins++
    } else if (net < 0) {
      lost -= net
      losses++
    }
  }
  const isMixed = wins > 0 && losses > 0
  return {
    roundTrips: n,
    winRate: n === 0 ? missing(reason) : figure(wins / n),
    profitFactor: n === 0 ? missing(reason) : lost > 0 ? figure(won / lost) : missing('no loss'),
    payoff: isMixed
      ? figure(won / wins / (lost / losses))
      : missing(n === 0 ? reason : 'wins or losses are missing'),
    expectancyBp: n === 0 ? missing(reason) : figure(((won - lost) / paid) * 1e4),
    averageHoldingHours: mean(({ entryTime, exitTime }) => (exitTime - entryTime) / HOUR_US),
    averageHoldingBars: mean(
      ({ entryTime, exitTime }) =>
        barsUntil(grid.openTime, exitTime) - barsUntil(grid.openTime, entryTime),
    ),
  }
}

/** Bars that opened at or before an instant. */
function barsUntil(openTime: Float64Array, time: number): number {
  let low = 0
  let high = openTime.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (openTime[middle]! <= time) low = middle + 1
    else high = middle
  }
  return low
}

/** Bought and sold after the decision of each bar, as shares of the equity of then. */
export function tradedShares(run: HourlyBacktest): {
  readonly bought: Float64Array
  readonly sold: Float64Array
} {
  const bought = new Float64Array(run.bars)
  const sold = new Float64Array(run.bars)
  for (const { bar, side, shares, price, reason } of run.fills) {
    if (reason === 'delisted') continue
    const share = (shares * price) / run.equity[bar]!
    const column = side === 'buy' ? bought : sold
    column[bar]! += share
  }
  return { bought, sold }
}

function ofTrading(run: HourlyBacktest, barsPerYear: number) {
  const { bought, sold } = tradedShares(run)
  const mean = (of: (bar: number) => number): number => {
    let sum = 0
    for (let bar = 0; bar < run.bars; bar++) sum += of(bar)
    return sum / run.bars
  }
  const oneWay = mean((bar) => Math.max(bought[bar]!, sold[bar]!))
  const twoWay = mean((bar) => bought[bar]! + sold[bar]!)
  let [traded, cost, fees, partialFills] = [0, 0, 0, 0]
  for (const { shares, price, basePrice, fee, side, asked, reason } of run.fills) {
    if (reason === 'delisted') continue
    traded += shares * basePrice
    cost += shares * (side === 'buy' ? price - basePrice : basePrice - price)
    fees += fee
    if (shares < asked) partialFills++
  }
  const invested = (bar: number): number => 1 - run.cash[bar]! / run.equity[bar]!
  const share = (value: number): Figure =>
    traded > 0 ? figure((value / traded) * 1e4) : missing('nothing was traded')
  return {
    turnoverOneWay: figure(oneWay),
    turnoverTwoWay: figure(twoWay),
    turnoverOneWayPerYear: figure(oneWay * barsPerYear),
    turnoverTwoWayPerYear: figure(twoWay * barsPerYear),
    exposure: figure(mean(invested)),
    timeInvested: figure(mean((bar) => (invested(bar) > 1e-9 ? 1 : 0))),
    tradingCostBp: share(cost),
    feesBp: share(fees),
    dividends: run.payments.reduce((sum, { amount }) => sum + amount, 0),
    interest: run.interest.reduce((sum, { amount }) => sum + amount, 0),
    fills: run.fills.length,
    partialFills,
  }
}
