import { moneyToNumber } from '../domain/money.ts'
import type { Money } from '../domain/units.ts'
import {
  BOOTSTRAP_DRAWS,
  BOOTSTRAP_SEED,
  defaultMeanBlock,
  percentileInterval,
  stationaryBootstrap,
} from './bootstrap.ts'
import { type Figure, figure, type Interval, missing } from './figure.ts'
import { isConstant, mean, quantile } from './moments.ts'
import type { RoundTrip } from './round-trips.ts'

/** Figures of a set of closed round trips. A win has net > 0; exactly 0 is counted apart. */
export interface TradeStatistics {
  readonly trips: number
  readonly wins: number
  readonly losses: number
  readonly flat: number
  /** wins / trips. */
  readonly hitRate: Figure
  /** Share of trips whose gross is positive: the hit rate before costs. */
  readonly hitRateGross: Figure
  /** Sum of wins over sum of losses. */
  readonly profitFactor: Figure
  /** Average win over average loss. */
  readonly payoff: Figure
  /** Currency units, mean over trips. */
  readonly expectancy: Figure
  /** Mean net result in bps of entry notional, with its interval over trips. */
  readonly expectancyBps: Figure
  readonly expectancyBpsInterval: Interval
  readonly grossBpsMean: Figure
  readonly averageWin: Figure
  readonly averageLoss: Figure
  readonly longestWinStreak: number
  readonly longestLossStreak: number
  /** us. */
  readonly holdingMedianUs: Figure
  readonly holdingP95Us: Figure
  readonly net: Money
  readonly bestNet: Figure
  readonly worstNet: Figure
  /** Largest |net| over |sum of net|, 0 upward: above 1 one trip decides the sign. */
  readonly largestShareOfNet: Figure
}

/**
 * Statistics over the closed ones of `trips`; open positions are left out. The interval costs
 * thousands of resamples, so groups go without.
 */
export function tradeStatistics(trips: readonly RoundTrip[], withInterval = true): TradeStatistics {
  const closed = trips.filter((trip) => trip.exitTime !== null)
  const nets = Float64Array.from(closed, (trip) => moneyToNumber(trip.net))
  const bps = Float64Array.from(closed, (trip) => trip.netBps)
  const wins = nets.filter((value) => value > 0)
  const losses = nets.filter((value) => value < 0)
  const won = sum(wins)
  const lost = -sum(losses)
  const total = closed.reduce((all, trip) => all + trip.net, 0n)
  const holding = Float64Array.from(closed, (trip) => trip.holdingUs)
  const some = (value: () => number, reason = 'no round trip'): Figure =>
    closed.length === 0 ? missing('no closed round trip') : figure(value(), reason)
  return {
    trips: closed.length,
    wins: wins.length,
    losses: losses.length,
    flat: closed.length - wins.length - losses.length,
    hitRate: some(() => wins.length / closed.length),
    hitRateGross: some(() => closed.filter((trip) => trip.gross > 0n).length / closed.length),
    profitFactor: some(() => won / lost, 'no losing round trip'),
    payoff: some(
      () => mean(wins) / -mean(losses),
      wins.length === 0 ? 'no winning round trip' : 'no losing round trip',
    ),
    expectancy: some(() => mean(nets)),
    expectancyBps: some(() => mean(bps)),
    expectancyBpsInterval: withInterval ? intervalOfMean(bps) : noInterval('not computed here'),
    grossBpsMean: some(() => mean(closed.map((trip) => trip.grossBps))),
    averageWin: some(() => mean(wins), 'no winning round trip'),
    averageLoss: some(() => mean(losses), 'no losing round trip'),
    longestWinStreak: longestRun(nets, (value) => value > 0),
    longestLossStreak: longestRun(nets, (value) => value < 0),
    holdingMedianUs: some(() => quantile(holding, 0.5)),
    holdingP95Us: some(() => quantile(holding, 0.95)),
    net: total,
    bestNet: some(() => nets.reduce((best, value) => Math.max(best, value))),
    worstNet: some(() => nets.reduce((worst, value) => Math.min(worst, value))),
    largestShareOfNet: some(
      () => nets.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / Math.abs(sum(nets)),
      'net result is zero',
    ),
  }
}

/** Stationary-bootstrap interval of a mean over trips in order; needs at least five. */
function intervalOfMean(values: Float64Array): Interval {
  if (values.length < 5) return noInterval(`${values.length} of 5 round trips needed`)
  if (isConstant(values)) return noInterval('results do not vary')
  const options = {
    // Bounds the work: beyond ten thousand trips fewer draws settle the interval as well.
    draws: Math.max(500, Math.min(BOOTSTRAP_DRAWS, Math.floor(2e7 / values.length))),
    meanBlock: defaultMeanBlock(values.length),
    seed: BOOTSTRAP_SEED,
  }
  const [draws] = stationaryBootstrap(values, options, 1, (sample, out) => {
    out[0] = mean(sample)
  })
  return percentileInterval(draws!)
}

const noInterval = (reason: string): Interval => ({
  low: null,
  median: null,
  high: null,
  level: 0.95,
  reason,
})

/** Closed trips grouped by exit reason (or any key), largest group first, then by name. */
export function groupTrips(
  trips: readonly RoundTrip[],
  key: (trip: RoundTrip) => string,
): readonly { readonly key: string; readonly statistics: TradeStatistics }[] {
  const groups = new Map<string, RoundTrip[]>()
  for (const trip of trips) {
    if (trip.exitTime === null) continue
    const name = key(trip)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [trip])
    else group.push(trip)
  }
  return [...groups]
    .map(([name, members]) => ({ key: name, statistics: tradeStatistics(members, false) }))
    .toSorted((a, b) => b.statistics.trips - a.statistics.trips || (a.key < b.key ? -1 : 1))
}

function sum(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]!
  return total
}

function longestRun(values: Float64Array, matches: (value: number) => boolean): number {
  let longest = 0
  let run = 0
  for (const value of values) {
    run = matches(value) ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return longest
}
