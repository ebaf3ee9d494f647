import {
  analyzeRun,
  type Figure,
  formatDecimal,
  formatUtcIso,
  type RoundTrip,
  type RunAnalysis,
  type RunBars,
  type RunData,
  type RunRecord,
  underwater,
} from '../../../core/mod.ts'
import { benchmarkAt, rollingOf } from './drawn-series.ts'
import { exactMoney, moneyText } from './format.ts'
import { chartedBars, type ReportInput } from './section.ts'
import { haltsData } from './section-halts.ts'

/** How much of the long series and tables goes into the JSON. */
export interface ReportLimits {
  readonly trips: number
  /** Points a series is thinned to (smallest and largest of each bucket are kept). */
  readonly points: number
}

/** Limits of the file beside the report: everything but endless series. */
const fileLimits: ReportLimits = { trips: Number.POSITIVE_INFINITY, points: 100_000 }
/** Limits of the block inside the report, which has a size to keep. */
export const embeddedLimits: ReportLimits = { trips: 2000, points: 1600 }

/**
 * The report as JSON text, schema "ornstein.report/1". Money and quantities are decimal texts, times
 * are ISO 8601 UTC (columns of series: numbers, times us), a figure without value is `{value: null, reason}`; there is never a NaN.
 */
export const reportJson = (
  record: RunRecord,
  analysis: RunAnalysis = analyzeRun(record),
  limits: ReportLimits = fileLimits,
): string => JSON.stringify(reportData(record, analysis, limits))

/** The report as plain data, see {@link reportJson}. */
function reportData(
  record: RunRecord,
  analysis: RunAnalysis,
  limits: ReportLimits,
): Record<string, unknown> {
  const { companion, nullTwin } = record
  return {
    schema: 'ornstein.report/1',
    run: runData(record),
    verdict: analysis.verdict,
    warnings: analysis.warnings,
    figures: figuresData(analysis),
    companion:
      companion === undefined || analysis.companion === null
        ? null
        : {
            queueModel: companion.fillModel.queueModel,
            verdict: analysis.companion.verdict,
            figures: figuresData(analysis.companion),
          },
    nullTwin: nullTwin === undefined ? null : { ...nullTwin, comparison: analysis.nullTwin },
    trips: tripsData(record, analysis.trips.trips, limits.trips),
    series: seriesData(record, analysis, limits.points),
  }
}

function runData(record: RunRecord): Record<string, unknown> {
  const { data, conventions } = record
  return {
    mode: record.mode,
    name: record.name,
    strategy: record.strategy,
    currency: record.currency,
    startEquity: moneyText(record.startEquity),
    data: marketData(data),
    fillModel: record.fillModel,
    conventions: {
      calendar:
        conventions.calendar.kind === 'continuous'
          ? { kind: 'continuous', perYear: 365 }
          : {
              kind: 'sessions',
              exchange: conventions.calendar.exchange,
              perYear: conventions.calendar.perYear,
            },
      riskFreeAnnual: conventions.riskFreeAnnual,
      riskFreeSource: conventions.riskFreeSource,
    },
    parameters: plain(record.parameters),
    gatesOff: record.gatesOff,
    ...(record.halts === undefined ? {} : { halts: haltsData(record.halts) }),
    ...(record.shareRules === undefined ? {} : { shareRules: record.shareRules }),
    z: record.z,
    seed: record.seed,
    commit: record.commit,
    configurationHash: record.configurationHash,
    dataHash: record.dataHash,
    codeHash: record.codeHash,
    command: record.command,
    instruments: record.instruments.map(({ venue, symbol, kind }) => ({ venue, symbol, kind })),
    counts: record.counts,
    trials: record.trials,
  }
}

/** What is said of a run's market data, as plain data with ISO 8601 instants. */
export const marketData = (data: RunData): Record<string, unknown> => ({
  ...data,
  firstTime: formatUtcIso(data.firstTime),
  lastTime: formatUtcIso(data.lastTime),
  gaps: data.gaps.map((gap) => ({
    ...gap,
    from: formatUtcIso(gap.from),
    to: formatUtcIso(gap.to),
  })),
})

/** Every figure of a run as plain data, without series: what command line and API print too. */
export function figuresData(analysis: RunAnalysis): unknown {
  const { exposure, drawdowns } = analysis
  const { time: _time, gross: _gross, net: _net, ...exposureFigures } = exposure
  const fall = (each: (typeof drawdowns.worst)[number]) => ({
    ...each,
    peakTime: formatUtcIso(each.peakTime),
    troughTime: formatUtcIso(each.troughTime),
    recoveryTime: each.recoveryTime === null ? null : formatUtcIso(each.recoveryTime),
  })
  const { ruinTime } = analysis.equity
  return plain({
    equity: {
      ...analysis.equity,
      ruinTime: ruinTime === null ? null : formatUtcIso(ruinTime),
    },
    months: analysis.months,
    periods: analysis.periods,
    drawdowns: {
      ...drawdowns,
      deepest: drawdowns.deepest === null ? null : fall(drawdowns.deepest),
      worst: drawdowns.worst.map(fall),
      longest: drawdowns.longest.map(fall),
    },
    trades: tradesData(analysis.trades),
    byExitReason: groupsData(analysis.byExitReason),
    bySide: groupsData(analysis.bySide),
    byInstrument: groupsData(analysis.byInstrument),
    openPositions: analysis.openPositions,
    costs: analysis.costs,
    stress: analysis.stress.map((each) => ({ ...each, net: moneyText(each.net) })),
    exposure: exposureFigures,
    markouts: analysis.markouts,
    benchmark: analysis.benchmark,
    reconciliationDifference: moneyText(analysis.reconciliationDifference),
  })
}

const amount = ({ value, reason }: Figure) => ({
  value: value === null ? null : moneyText(value),
  reason,
})

const tradesData = (trades: RunAnalysis['trades']) => ({
  ...trades,
  expectancy: amount(trades.expectancy),
  averageWin: amount(trades.averageWin),
  averageLoss: amount(trades.averageLoss),
  bestNet: amount(trades.bestNet),
  worstNet: amount(trades.worstNet),
})

const groupsData = (groups: RunAnalysis['byExitReason']) =>
  groups.map(({ key, statistics }) => ({ key, statistics: tradesData(statistics) }))

/** Money as decimal text at any depth; everything else as it is. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return exactMoney(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
  }
  return value
}

const tripColumns = [
  'number',
  'instrument',
  'side',
  'entryTime',
  'exitTime',
  'quantity',
  'entryPrice',
  'exitPrice',
  'gross',
  'spread',
  'slippage',
  'fees',
  'funding',
  'net',
  'grossBps',
  'netBps',
  'makerShare',
  'fills',
  'entryReason',
  'exitReason',
] as const

function tripsData(record: RunRecord, trips: readonly RoundTrip[], most: number) {
  const shown = trips.length > most ? trips.slice(0, most) : trips
  return {
    columns: tripColumns,
    omitted: trips.length - shown.length,
    rows: shown.map((trip) => {
      const instrument = record.instruments[trip.instrument]!
      const scale = 10 ** instrument.priceDecimals
      return [
        trip.number,
        instrument.symbol,
        trip.side === 'buy' ? 'long' : 'short',
        formatUtcIso(trip.entryTime),
        trip.exitTime === null ? null : formatUtcIso(trip.exitTime),
        formatDecimal(trip.maximumQuantity, instrument.quantityDecimals),
        rounded(trip.averageEntryPrice / scale, instrument.priceDecimals + 4),
        trip.averageExitPrice === null
          ? null
          : rounded(trip.averageExitPrice / scale, instrument.priceDecimals + 4),
        ...[trip.gross, trip.spread, trip.slippage, trip.fees, trip.funding, trip.net].map(
          exactMoney,
        ),
        rounded(trip.grossBps, 6),
        rounded(trip.netBps, 6),
        rounded(trip.makerShare, 6),
        trip.fills,
        trip.entryReason,
        trip.exitReason,
      ]
    }),
  }
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

function seriesData(record: RunRecord, analysis: RunAnalysis, points: number) {
  const { time, value } = record.equity
  const under = underwater(analysis.path.index)
  const rows = thinned(value, points)
  const charted = chartedBars(record)
  const perInstrument = Math.max(200, Math.floor(points / Math.max(1, charted.length)))
  const times = rows.map((row) => time[row]!)
  const benchmark = benchmarkAt({ record, analysis }, times)
  return {
    equity: {
      time: times,
      value: rows.map((row) => rounded(value[row]!, 4)),
      drawdown: rows.map((row) => rounded(under[row]!, 8)),
      benchmark: benchmark?.map((each) => (each === null ? null : rounded(each, 2))) ?? null,
    },
    exposure: exposureData(analysis, Math.ceil(points * MINOR_SHARE)),
    rolling: rollingData({ record, analysis }, Math.ceil(points * MINOR_SHARE)),
    bars: charted.map((bars) => barsData(record, bars, perInstrument)),
  }
}

/** Share of the points that smaller charts get. */
const MINOR_SHARE = 0.3

function exposureData({ exposure }: RunAnalysis, points: number) {
  const { time, net, gross } = exposure
  const rows = thinned(net, points)
  return {
    time: rows.map((row) => time[row]!),
    net: rows.map((row) => rounded(net[row]!, 4)),
    gross: rows.map((row) => rounded(gross[row]!, 4)),
  }
}

function rollingData(input: ReportInput, points: number) {
  const { window, time, sharpe, volatility } = rollingOf(input)
  const rows = thinned(sharpe, points)
  return {
    window,
    time: rows.map((row) => time[row]!),
    sharpe: rows.map((row) => (Number.isNaN(sharpe[row]!) ? null : rounded(sharpe[row]!, 3))),
    volatility: rows.map((row) => rounded(volatility[row]!, 5)),
  }
}

function barsData(record: RunRecord, bars: RunBars, points: number) {
  const instrument = record.instruments[bars.instrument]!
  const rows = thinned(bars.close, points)
  const known = (value: number): number | null => (Number.isNaN(value) ? null : rounded(value, 4))
  return {
    instrument: bars.instrument,
    symbol: instrument.symbol,
    time: rows.map((row) => bars.time[row]!),
    close: rows.map((row) => bars.close[row]! / 2 / 10 ** instrument.priceDecimals),
    z: rows.map((row) => known(bars.z[row]!)),
    imbalance: rows.map((row) => known(bars.imbalance[row]!)),
  }
}

/** Rows to keep: all, or the smallest and largest of each of points / 2 buckets, and the ends. */
export function thinned(values: ArrayLike<number>, points: number): readonly number[] {
  const n = values.length
  if (n <= points) return Array.from({ length: n }, (_, i) => i)
  const buckets = Math.max(1, Math.floor(points / 2) - 1)
  const rows = new Set<number>([0])
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * n) / buckets)
    const to = Math.floor(((bucket + 1) * n) / buckets)
    let low = from
    let high = from
    for (let row = from; row < to; row++) {
      if (values[row]! < values[low]!) low = row
      if (values[row]! > values[high]!) high = row
    }
    rows.add(Math.min(low, high)).add(Math.max(low, high))
  }
  return [...rows.add(n - 1)]
}
