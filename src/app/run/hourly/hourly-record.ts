import {
  type Annualisation,
  annualisation,
  type BenchmarkComparison,
  barCount,
  type DailySeries,
  type DrawdownSummary,
  drawdowns,
  type EquityStatistics,
  type FifoTrip,
  formatUtcDate,
  type GrowthPath,
  type HourPanel,
  monthlyReturns,
  type PeriodReturns,
  periodReturns,
  type RunRecord,
  SELL_FEE_DAYS,
  type YearOfMonths,
} from '../../../core/mod.ts'
import type { HourDecision, HourlySettings } from '../../../strategies/mod.ts'
import { type HourlyHoldings, hourlyHoldings } from './holdings.ts'
import { areSellFeesKnown, type HourlyAccount, type HourlyBacktest } from './hourly-backtest.ts'
import type { HourlyFill, HourlyPayment } from './hourly-collect.ts'
import { type HourlyCosts, hourlyCosts } from './hourly-costs.ts'
import {
  analyseHourly,
  type HourlyFigures,
  hourlyBenchmark,
  hourlyEquity,
  tradedShares,
} from './hourly-figures.ts'
import { type RiskRow, riskHistory } from './risk-history.ts'

/** Columns of an equity path; the first row is the start, when the first bar opened. */
export interface EquityColumns {
  readonly time: Float64Array
  readonly equity: Float64Array
  readonly cash: Float64Array
  /** Value held, dollars. */
  readonly invested: Float64Array
  /** Traded after the row's decision, shares of equity: the greater side, and both together. */
  readonly turnoverOneWay: Float64Array
  readonly turnoverTwoWay: Float64Array
  readonly regime: readonly string[]
}

/** Everything a report of an hourly backtest is made of: plain data. */
export interface HourlyRecord {
  readonly schema: 'ornstein.hourly-run/1'
  readonly dataKind: HourPanel['dataKind']
  readonly provenance: readonly string[]
  readonly settings: HourlySettings
  readonly account: HourlyAccount
  /** What ran, in words: solvers by decisions, what was traded at, what it leaves out. */
  readonly notes: readonly string[]
  readonly symbols: readonly string[]
  readonly bars: number
  readonly isComplete: boolean
  readonly annualisation: Annualisation
  /** How days are counted; the risk-free rate is 0. */
  readonly conventions: RunRecord['conventions']
  readonly equity: EquityColumns
  /** Never among the names. */
  readonly benchmark: {
    readonly symbol: string
    readonly time: Float64Array
    readonly value: Float64Array
    readonly comparison: BenchmarkComparison
  } | null
  readonly figures: HourlyFigures
  readonly statistics: EquityStatistics
  readonly drawdowns: DrawdownSummary
  readonly months: readonly YearOfMonths[]
  readonly periods: PeriodReturns
  /** Growth of the start equity, at bars and at the closes of sessions. */
  readonly path: GrowthPath
  readonly sessions: DailySeries
  readonly costs: HourlyCosts
  readonly holdings: HourlyHoldings
  readonly fills: readonly HourlyFill[]
  readonly payments: readonly HourlyPayment[]
  readonly trips: readonly FifoTrip[]
  readonly decisions: readonly HourDecision[]
  readonly riskHistory: readonly RiskRow[]
}

/** The record of a finished run. */
export function hourlyRecord(panel: HourPanel, run: HourlyBacktest): HourlyRecord {
  const analysis = analyseHourly(panel, run)
  const { figures, path, statistics, trips, benchmark, sessions, calendar } = analysis
  const against = hourlyBenchmark(panel, run.bars)
  const holdings = hourlyHoldings(panel, run)
  return {
    schema: 'ornstein.hourly-run/1',
    ...{ dataKind: panel.dataKind, provenance: panel.provenance },
    ...{ settings: run.settings, account: run.account },
    notes: [...notesOf(run), ...feeNotes(panel, run), ...silentNotes(panel, run, holdings)],
    ...{ symbols: panel.symbols, bars: run.bars, isComplete: run.bars === barCount(panel.grid) },
    annualisation: annualisation(panel.grid),
    conventions: { calendar, riskFreeAnnual: 0, riskFreeSource: 'none' },
    equity: equityColumns(panel, run),
    benchmark:
      against === null || benchmark === null
        ? null
        : {
            ...{ symbol: against.name, time: against.time, value: against.value },
            comparison: benchmark,
          },
    ...{ figures, statistics, trips },
    drawdowns: drawdowns(path),
    months: monthlyReturns(path),
    ...{ periods: periodReturns(path), path, sessions },
    costs: hourlyCosts(panel, run, calendar),
    holdings,
    ...{ fills: run.fills, payments: run.payments, decisions: run.decisions },
    riskHistory: riskHistory(panel, run),
  }
}

function equityColumns(panel: HourPanel, run: HourlyBacktest): EquityColumns {
  const { time, value: equity } = hourlyEquity(panel, run)
  const cash = Float64Array.of(run.account.balance, ...run.cash)
  const { bought, sold } = tradedShares(run)
  let regime = 'normal'
  const regimes = new Map<number, string>(
    run.decisions.map(({ bar, governor }) => [bar, governor.regime]),
  )
  return {
    ...{ time, equity, cash },
    invested: equity.map((value, row) => value - cash[row]!),
    turnoverOneWay: Float64Array.of(0, ...bought.map((value, i) => Math.max(value, sold[i]!))),
    turnoverTwoWay: Float64Array.of(0, ...bought.map((value, i) => value + sold[i]!)),
    regime: Array.from(time, (_, row) => {
      regime = regimes.get(row - 1) ?? regime
      return regime
    }),
  }
}

function notesOf(run: HourlyBacktest): string[] {
  const { decisions, fills, settings, account, instruments } = run
  const solvers = new Map<string, number>()
  for (const { allocation } of decisions) {
    if (allocation === null) continue
    const { implementation, fallback } = allocation
    const name = fallback === null ? implementation : `${implementation} (fallback: ${fallback})`
    solvers.set(name, (solvers.get(name) ?? 0) + 1)
  }
  const traded = fills.filter(({ reason }) => reason !== 'delisted')
  const optimistic = traded.filter(({ isOptimistic }) => isOptimistic).length
  const byMinutes = traded.filter(({ basis }) => basis !== 'next open').length
  const share = (count: number): string => `${((100 * count) / traded.length).toFixed(1)} %`
  const { orders, rejects, denials } = run.engine.world.counters
  const denied = Object.entries(denials).map(([code, count]) => `, ${count} denied: ${code}`)
  return [
    `${orders} orders, ${rejects} not filled at all${denied.join('')}`,
    ...[...solvers].map(([name, count]) => `weights by ${name}: ${count} decisions`),
    traded.length === 0
      ? 'nothing was traded'
      : `${traded.length} fills: ${share(byMinutes)} at the first minute that began after the order ` +
        `could trade, ${share(traded.length - byMinutes)} at the next bar's open, ` +
        `${share(optimistic)} of all at an open printed before the order: optimistic`,
    `at most ${settings.costs.participationMax * 100} % of the volume that is usual in the hour, ` +
      `never of the hour's own; the rest of an order is ${settings.remainder === 'carry' ? 'carried' : 'dropped'}`,
    ...fills
      .filter(({ reason }) => reason === 'delisted')
      .map(
        ({ instrument, shares, price, time }) =>
          `${instruments[instrument]!.symbol} was delisted: ${shares} shares were paid out at ` +
          `${price} on ${formatUtcDate(time)}`,
      ),
    `a ${account.kind} account that never borrows; spin-offs are paid in cash at their first value`,
    account.cashInterest.length === 0
      ? 'cash earns nothing'
      : 'cash earns interest for every calendar day, a year of 360',
  ]
}

function feeNotes(panel: HourPanel, { account }: HourlyBacktest): string[] {
  if (!account.hasSellFees || areSellFeesKnown(panel)) return []
  const { from, until } = SELL_FEE_DAYS
  const date = (day: number): string => formatUtcDate(day * 86_400_000_000)
  return [
    `sales pay no fees of SEC and FINRA: their rates are known from ${date(from)} until ${date(until)}`,
  ]
}

/** Calendar days without a bar after which a name that is held is told of. */
const SILENT_DAYS = 7

/** Names held at the end that trade no more, though no last price of theirs is known. */
function silentNotes(
  { grid, symbols, bars }: HourPanel,
  run: HourlyBacktest,
  { names }: HourlyHoldings,
): string[] {
  const end = grid.sessionDay[run.bars - 1]!
  return names.flatMap(({ name, shares, value }) => {
    const first = name * barCount(grid)
    const last = bars.close.subarray(first, first + run.bars).findLastIndex((close) => close > 0)
    if (shares === 0 || end - grid.sessionDay[last]! <= SILENT_DAYS) return []
    const since = formatUtcDate(grid.closeTime[last]!)
    const worth = `${shares} shares count as ${value.toFixed(2)} dollars at their last price`
    return [`${symbols[name]} has no bar after ${since} and was not delisted: ${worth}`]
  })
}
