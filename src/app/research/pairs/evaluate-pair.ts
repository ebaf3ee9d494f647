import { type EngleGranger, engleGranger, estimateHalfLife } from '../../../core/mod.ts'

/** The closes of one instrument, oldest first. */
export interface CloseSeries {
  readonly symbol: string
  /** Open times of the bars, us. */
  readonly openTimes: readonly number[]
  /** In any unit of its own. */
  readonly closes: readonly number[]
  /** How well it trades, for the choice of the first leg: larger is better; null unknown. */
  readonly liquidity: number | null
}

/** What a pair must be like. Times in minutes. */
export interface PairFilters {
  readonly samplesMin: number
  readonly betaMin: number
  readonly betaMax: number
  readonly r2Min: number
  readonly halfLifeMinutesMin: number
  readonly halfLifeMinutesMax: number
  readonly sigmaBpMin: number
}

/** The filters of a two-day history of minutes. */
export const defaultFilters: PairFilters = {
  samplesMin: 2000,
  betaMin: 0.15,
  betaMax: 4,
  r2Min: 0.5,
  halfLifeMinutesMin: 30,
  halfLifeMinutesMax: 1440,
  sigmaBpMin: 15,
}

/** One direction of a pair: log A = alpha + beta log B + residual. */
export interface PairCandidate {
  readonly legA: string
  readonly legB: string
  readonly alpha: number
  readonly beta: number
  readonly r2: number
  readonly statistic: number
  /** Critical value of the statistic at 5 %. */
  readonly critical: number
  readonly pValue: number
  readonly lags: number
  /** Coefficient of the residuals' AR(1), corrected for small samples. */
  readonly phi: number
  readonly halfLifeMinutes: number
  /** Deviation of the residuals, basis points of leg A. */
  readonly sigmaBp: number
  readonly samples: number
  readonly score: number
}

/** Why a direction is no candidate. */
export type PairRejection =
  | 'no fit'
  | 'beta'
  | 'r2'
  | 'critical value'
  | 'not reverting'
  | 'too few half-lives'
  | 'half-life'
  | 'sigma'

/** A pair as it was tested, before anything is known of the others. */
export interface TestedPair {
  readonly symbols: readonly [string, string]
  readonly samples: number
  /** Twice the smaller p value of the two directions: both were looked at. */
  readonly pValue: number
  /** The better of the directions that pass every filter; null with why none does. */
  readonly best: PairCandidate | null
  readonly rejection: PairRejection | null
}

/** Tests a pair both ways; null when it has too few bars in common. */
export function evaluatePair(
  x: CloseSeries,
  y: CloseSeries,
  filters: PairFilters,
  intervalMinutes: number,
): TestedPair | null {
  const common = commonLogs(x, y)
  const samples = common.x.length
  if (samples < filters.samplesMin) return null
  const ways = [
    testWay({ a: x, b: y, logA: common.x, logB: common.y }, filters, intervalMinutes),
    testWay({ a: y, b: x, logA: common.y, logB: common.x }, filters, intervalMinutes),
  ]
  const passed = ways.flatMap(({ candidate }) => (candidate === null ? [] : [candidate]))
  passed.sort((one, other) => other.score - one.score)
  const best = passed[0] ?? null
  return {
    symbols: [x.symbol, y.symbol],
    samples,
    pValue: Math.min(1, 2 * Math.min(...ways.map(({ pValue }) => pValue))),
    best,
    rejection: best === null ? ways[0]!.rejection : null,
  }
}

interface Way {
  readonly pValue: number
  readonly candidate: PairCandidate | null
  readonly rejection: PairRejection | null
}

function testWay(
  legs: {
    readonly a: CloseSeries
    readonly b: CloseSeries
    readonly logA: Float64Array
    readonly logB: Float64Array
  },
  filters: PairFilters,
  intervalMinutes: number,
): Way {
  const test = engleGranger(legs.logA, legs.logB)
  if (test === null) return { pValue: 1, candidate: null, rejection: 'no fit' }
  const { pValue } = test
  const { alpha, beta, r2, residuals } = test.line
  const reject = (rejection: PairRejection): Way => ({ pValue, candidate: null, rejection })
  const size = Math.abs(beta)
  if (!(size >= filters.betaMin && size <= filters.betaMax)) return reject('beta')
  if (!(r2 >= filters.r2Min)) return reject('r2')
  if (!(test.statistic < test.critical[1])) return reject('critical value')
  const { halfLife, reason, phiCorrected } = estimateHalfLife(residuals)
  if (halfLife === null) {
    return reject(reason === 'tooShort' ? 'too few half-lives' : 'not reverting')
  }
  const halfLifeMinutes = halfLife * intervalMinutes
  const { halfLifeMinutesMin, halfLifeMinutesMax } = filters
  if (!(halfLifeMinutes >= halfLifeMinutesMin && halfLifeMinutes <= halfLifeMinutesMax)) {
    return reject('half-life')
  }
  const sigmaBp = deviationOf(residuals) * 1e4
  if (!(sigmaBp >= filters.sigmaBpMin)) return reject('sigma')
  const candidate = {
    ...{ legA: legs.a.symbol, legB: legs.b.symbol, alpha, beta, r2, halfLifeMinutes, sigmaBp },
    ...figuresOf(test),
    phi: phiCorrected,
    samples: residuals.length,
    score: scoreOf({ sigmaBp, halfLifeMinutes, beta }),
  }
  return { pValue, candidate, rejection: null }
}

const figuresOf = ({ statistic, critical, pValue, lags }: EngleGranger) => ({
  ...{ statistic, critical: critical[1], pValue, lags },
})

/** Wide spreads that return fast between legs of like size: higher is better. */
export const scoreOf = (pair: {
  readonly sigmaBp: number
  readonly halfLifeMinutes: number
  readonly beta: number
}): number =>
  Math.log(pair.sigmaBp) -
  0.5 * Math.log(pair.halfLifeMinutes / 60) -
  0.1 * Math.abs(Math.log(Math.abs(pair.beta)))

/** Residuals of a line with a constant have mean zero. */
function deviationOf(residuals: Float64Array): number {
  let squares = 0
  for (const value of residuals) squares += value * value
  return Math.sqrt(squares / residuals.length)
}

/** Log closes of the bars that both have. */
function commonLogs(x: CloseSeries, y: CloseSeries): { x: Float64Array; y: Float64Array } {
  const logX: number[] = []
  const logY: number[] = []
  let j = 0
  x.openTimes.forEach((time, i) => {
    while (j < y.openTimes.length && y.openTimes[j]! < time) j++
    if (y.openTimes[j] !== time) return
    logX.push(Math.log(x.closes[i]!))
    logY.push(Math.log(y.closes[j]!))
  })
  return { x: Float64Array.from(logX), y: Float64Array.from(logY) }
}
