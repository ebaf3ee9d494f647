import { DAY_US, formatSpan } from '../calendar/civil-time.ts'
import type { TimeUs } from '../domain/units.ts'
import {
  BOOTSTRAP_DRAWS,
  BOOTSTRAP_SEED,
  defaultMeanBlock,
  percentileInterval,
  stationaryBootstrap,
} from './bootstrap.ts'
import type { Drawdown } from './drawdown.ts'
import { type Figure, figure, type Interval, missing } from './figure.ts'
import type { DailySeries, GrowthPath } from './growth.ts'
import {
  autocorrelation,
  isConstant,
  mean,
  quantileOfSorted,
  sampleDeviation,
  shape,
} from './moments.ts'
import { normalInverse } from './normal.ts'
import { deflatedSharpe, minimumTrackRecord, probabilisticSharpe } from './significance.ts'

/** Below this many calendar days annual figures are refused. */
export const MINIMUM_ANNUAL_DAYS = 30
/** Below this many calendar days annual figures are provisional. */
export const SETTLED_ANNUAL_DAYS = 180

/** What equity statistics are computed from. */
export interface EquityStatisticsInput {
  readonly path: GrowthPath
  readonly daily: DailySeries
  readonly deepest: Drawdown | null
  /** Days a year for annualising: 365 or the sessions of an exchange's year. */
  readonly annualiser: number
  /** Simple annual rate, a fraction. */
  readonly riskFreeAnnual: number
  /** Null: not known. */
  readonly trials: { readonly count: number; readonly sharpeVariance: number | null } | null
}

/** Figures of an equity path; ratios from daily returns, fractions unless said. */
export interface EquityStatistics {
  /** Calendar days from first to last value, fractions too. */
  readonly spanDays: number
  /** Complete days with a return. */
  readonly days: number
  readonly annualiser: number
  /** Annual figures are there but the span is under {@link SETTLED_ANNUAL_DAYS}. */
  readonly provisional: boolean
  readonly totalReturn: number
  readonly ruinTime: TimeUs | null
  readonly cagr: Figure
  readonly volatility: Figure
  readonly downsideDeviation: Figure
  readonly sharpe: Figure
  /** Lo (2002) with first-order autocorrelation. */
  readonly sharpeAutocorrelationAdjusted: Figure
  readonly sortino: Figure
  readonly calmar: Figure
  readonly sharpeInterval: Interval
  readonly sortinoInterval: Interval
  readonly calmarInterval: Interval
  readonly meanBlockDays: number
  readonly omega: Figure
  readonly gainToPain: Figure
  readonly ulcerIndex: Figure
  readonly ulcerPerformance: Figure
  readonly bestDay: Figure
  readonly worstDay: Figure
  readonly shareOfDaysPositive: Figure
  readonly valueAtRisk95: Figure
  readonly valueAtRisk99: Figure
  readonly valueAtRisk95Gaussian: Figure
  readonly valueAtRisk99Gaussian: Figure
  readonly expectedShortfall95: Figure
  readonly tailRatio: Figure
  readonly skewness: Figure
  readonly excessKurtosis: Figure
  readonly autocorrelation: Figure
  /** Mean excess over deviation of daily returns, not annualised. */
  readonly sharpePerDay: Figure
  readonly psr: Figure
  readonly minimumTrackRecordDays: Figure
  readonly dsr: Figure
}

/** Figures by the definitions of the report's glossary; missing ones say why. */
export function equityStatistics(input: EquityStatisticsInput): EquityStatistics {
  const { path, daily } = input
  const n = path.time.length
  const spanDays = n > 0 ? (path.time[n - 1]! - path.time[0]!) / DAY_US : 0
  const totalReturn = n > 0 ? path.index[n - 1]! - 1 : 0
  const refusal = annualRefusal(spanDays, daily.returns.length, path.ruinTime)
  const refuse = (value: () => Figure): Figure => (refusal === null ? value() : missing(refusal))
  const ratios = ratiosOf(daily.returns, input.annualiser, input.riskFreeAnnual)
  const cagr = refuse(() => figure((1 + totalReturn) ** (365.25 / spanDays) - 1))
  const depth = input.deepest?.depth ?? 0
  const calmar =
    cagr.value === null ? cagr : depth < 0 ? figure(cagr.value / -depth) : missing('no drawdown')
  const meanBlockDays = defaultMeanBlock(daily.returns.length)
  const intervals = intervalsOf(input, refusal, meanBlockDays)
  return {
    spanDays,
    days: daily.returns.length,
    annualiser: input.annualiser,
    provisional: refusal === null && spanDays < SETTLED_ANNUAL_DAYS,
    totalReturn,
    ruinTime: path.ruinTime,
    cagr,
    volatility: refuse(() => ratios.volatility),
    downsideDeviation: refuse(() => ratios.downsideDeviation),
    sharpe: refuse(() => ratios.sharpe),
    sharpeAutocorrelationAdjusted: refuse(() =>
      adjustedSharpe(daily.returns, input, ratios.sharpe),
    ),
    sortino: refuse(() => ratios.sortino),
    calmar,
    ...intervals,
    meanBlockDays,
    ...distribution(daily.returns),
    ...pain(daily, cagr),
    ...luck(daily.returns, input, ratios.sharpePerDay),
  }
}

/** Why annual figures over a span of calendar days are refused; null when they are given. */
export function shortSpan(spanDays: number): string | null {
  if (spanDays >= MINIMUM_ANNUAL_DAYS) return null
  const span = spanDays >= 1 ? `${Math.floor(spanDays)} d` : formatSpan(spanDays * DAY_US)
  return `${span} < ${MINIMUM_ANNUAL_DAYS} d`
}

function annualRefusal(spanDays: number, days: number, ruinTime: TimeUs | null): string | null {
  const short = shortSpan(spanDays)
  if (short !== null) return short
  if (ruinTime !== null) return 'equity fell to zero'
  if (days < 2) return 'fewer than two daily returns'
  return null
}

interface Ratios {
  readonly volatility: Figure
  readonly downsideDeviation: Figure
  readonly sharpePerDay: Figure
  readonly sharpe: Figure
  readonly sortino: Figure
}

const ZERO_VARIANCE = 'daily returns do not vary'

function ratiosOf(returns: Float64Array, annualiser: number, riskFreeAnnual: number): Ratios {
  if (returns.length < 2) {
    const none = missing('fewer than two daily returns')
    return {
      volatility: none,
      downsideDeviation: none,
      sharpePerDay: none,
      sharpe: none,
      sortino: none,
    }
  }
  const root = Math.sqrt(annualiser)
  const riskFree = riskFreeAnnual / annualiser
  const excess = mean(returns) - riskFree
  const deviation = isConstant(returns) ? 0 : sampleDeviation(returns)
  const downside = downsideDeviation(returns, riskFree)
  const perDay = deviation > 0 ? figure(excess / deviation) : missing(ZERO_VARIANCE)
  return {
    volatility: figure(deviation * root),
    downsideDeviation: figure(downside * root),
    sharpePerDay: perDay,
    sharpe: perDay.value === null ? perDay : figure(perDay.value * root),
    sortino: downside > 0 ? figure((excess / downside) * root) : missing('no day below the target'),
  }
}

/** sqrt(sum(min(r - target, 0)^2) / n) with every day in n. */
function downsideDeviation(returns: Float64Array, target: number): number {
  let sum = 0
  for (const value of returns) if (value < target) sum += (value - target) ** 2
  return Math.sqrt(sum / returns.length)
}

/**
 * Lo (2002), equation for AR(1) returns: sqrt(q) SR / sqrt(1 + 2p/(1-p) (1 - (1-p^q)/(q(1-p)))).
 */
function adjustedSharpe(
  returns: Float64Array,
  { annualiser: q }: EquityStatisticsInput,
  sharpe: Figure,
): Figure {
  if (sharpe.value === null) return sharpe
  const rho = autocorrelation(returns, 1)
  const factor = 1 + ((2 * rho) / (1 - rho)) * (1 - (1 - rho ** q) / (q * (1 - rho)))
  return factor > 0 ? figure(sharpe.value / Math.sqrt(factor)) : missing('autocorrelation too high')
}

function intervalsOf(
  input: EquityStatisticsInput,
  refusal: string | null,
  meanBlock: number,
): Pick<EquityStatistics, 'sharpeInterval' | 'sortinoInterval' | 'calmarInterval'> {
  const { returns } = input.daily
  const reason = refusal ?? (isConstant(returns) ? ZERO_VARIANCE : null)
  if (reason !== null) {
    const none: Interval = { low: null, median: null, high: null, level: 0.95, reason }
    return { sharpeInterval: none, sortinoInterval: none, calmarInterval: none }
  }
  const { annualiser, riskFreeAnnual } = input
  const options = { draws: BOOTSTRAP_DRAWS, meanBlock, seed: BOOTSTRAP_SEED }
  const [sharpe, sortino, calmar] = stationaryBootstrap(returns, options, 3, (sample, out) => {
    const root = Math.sqrt(annualiser)
    const riskFree = riskFreeAnnual / annualiser
    const excess = mean(sample) - riskFree
    out[0] = (excess / sampleDeviation(sample)) * root
    out[1] = (excess / downsideDeviation(sample, riskFree)) * root
    out[2] = calmarOf(sample, annualiser)
  })
  return {
    sharpeInterval: percentileInterval(sharpe!),
    sortinoInterval: percentileInterval(sortino!),
    calmarInterval: percentileInterval(calmar!),
  }
}

/** CAGR over depth of resampled days; the span is days / annualiser years. */
function calmarOf(returns: Float64Array, annualiser: number): number {
  let level = 1
  let peak = 1
  let depth = 0
  for (const value of returns) {
    level *= 1 + value
    if (level > peak) peak = level
    else depth = Math.min(depth, level / peak - 1)
  }
  return (level ** (annualiser / returns.length) - 1) / -depth
}

type Distribution = Pick<
  EquityStatistics,
  | 'omega'
  | 'gainToPain'
  | 'bestDay'
  | 'worstDay'
  | 'shareOfDaysPositive'
  | 'valueAtRisk95'
  | 'valueAtRisk99'
  | 'valueAtRisk95Gaussian'
  | 'valueAtRisk99Gaussian'
  | 'expectedShortfall95'
  | 'tailRatio'
  | 'skewness'
  | 'excessKurtosis'
  | 'autocorrelation'
>

function distribution(returns: Float64Array): Distribution {
  const n = returns.length
  const sorted = Float64Array.from(returns).sort()
  const few = (needed: number): string => `${n} of ${needed} daily returns needed`
  const atLeast = (needed: number, value: () => number, reason = ZERO_VARIANCE): Figure =>
    n < needed ? missing(few(needed)) : figure(value(), reason)
  let gains = 0
  let losses = 0
  let positive = 0
  for (const value of returns) {
    if (value > 0) {
      gains += value
      positive++
    } else losses -= value
  }
  const gaussian = (tail: number): number =>
    -(mean(returns) + normalInverse(tail) * sampleDeviation(returns))
  const constant = isConstant(returns)
  const moments = constant ? { skewness: Number.NaN, kurtosis: Number.NaN } : shape(returns)
  return {
    omega: atLeast(2, () => gains / losses, 'no losing day'),
    gainToPain: atLeast(2, () => (gains - losses) / losses, 'no losing day'),
    bestDay: atLeast(1, () => sorted[n - 1]!),
    worstDay: atLeast(1, () => sorted[0]!),
    shareOfDaysPositive: atLeast(1, () => positive / n),
    valueAtRisk95: atLeast(20, () => -quantileOfSorted(sorted, 0.05)),
    valueAtRisk99: atLeast(100, () => -quantileOfSorted(sorted, 0.01)),
    valueAtRisk95Gaussian: atLeast(20, () => gaussian(0.05)),
    valueAtRisk99Gaussian: atLeast(20, () => gaussian(0.01)),
    expectedShortfall95: atLeast(20, () => -mean(sorted.subarray(0, Math.ceil(n * 0.05)))),
    tailRatio: atLeast(
      20,
      () => quantileOfSorted(sorted, 0.95) / Math.abs(quantileOfSorted(sorted, 0.05)),
      'the 5 % quantile is zero',
    ),
    skewness: atLeast(3, () => moments.skewness),
    excessKurtosis: atLeast(4, () => moments.kurtosis - 3),
    autocorrelation: atLeast(3, () => (constant ? Number.NaN : autocorrelation(returns, 1))),
  }
}

/** Ulcer index sqrt(mean(drawdown^2)) over daily closes, and CAGR over it. */
function pain(
  daily: DailySeries,
  cagr: Figure,
): Pick<EquityStatistics, 'ulcerIndex' | 'ulcerPerformance'> {
  if (daily.returns.length === 0) {
    const none = missing('no complete day')
    return { ulcerIndex: none, ulcerPerformance: none }
  }
  let level = 1
  let peak = 1
  let sum = 0
  for (const value of daily.returns) {
    level *= 1 + value
    peak = Math.max(peak, level)
    sum += (level / peak - 1) ** 2
  }
  const index = Math.sqrt(sum / daily.returns.length)
  return {
    ulcerIndex: figure(index),
    ulcerPerformance:
      cagr.value === null ? cagr : figure(cagr.value / index, 'no drawdown at a daily close'),
  }
}

function luck(
  returns: Float64Array,
  input: EquityStatisticsInput,
  sharpePerDay: Figure,
): Pick<EquityStatistics, 'sharpePerDay' | 'psr' | 'minimumTrackRecordDays' | 'dsr'> {
  if (sharpePerDay.value === null) {
    return {
      sharpePerDay,
      psr: sharpePerDay,
      minimumTrackRecordDays: sharpePerDay,
      dsr: sharpePerDay,
    }
  }
  const sample = {
    sharpe: sharpePerDay.value,
    observations: returns.length,
    ...shape(returns),
  }
  const { trials } = input
  const dsr =
    trials === null
      ? missing('unproven: number of trials unknown')
      : trials.count === 1
        ? deflatedSharpe(sample, 1, 0)
        : trials.sharpeVariance === null
          ? missing('unproven: spread of the trials unknown')
          : deflatedSharpe(sample, trials.count, trials.sharpeVariance)
  return {
    sharpePerDay,
    psr: probabilisticSharpe(sample),
    minimumTrackRecordDays: minimumTrackRecord(sample),
    dsr,
  }
}
