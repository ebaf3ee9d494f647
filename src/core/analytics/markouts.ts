import { type InstrumentId, sign, type TimeUs } from '../domain/units.ts'
import { type Figure, figure, missing } from './figure.ts'
import { createMidLookup, type MidLookup } from './fill-cost.ts'
import { lastAtOrBefore } from './growth.ts'
import { quantile } from './moments.ts'
import type { RunFill, RunGap, RunRecord } from './run-record.ts'

/** Seconds after a fill at which the mid is compared with the fill price; 0 is the fill itself. */
export const MARKOUT_HORIZONS_S = [0, 0.1, 1, 5, 10, 30, 60, 300] as const

/** Markout of a group of fills at one horizon. Side-adjusted: + is in our favour. */
export interface Markout {
  readonly horizonS: number
  /** Fills with a known mid at the horizon, inside the data and not across a gap. */
  readonly fills: number
  /** Mean over fills of side x (mid - fill price) / fill price, bps. */
  readonly meanBps: Figure
  /** The same weighted by notional. */
  readonly weightedBps: Figure
  readonly medianBps: Figure
  /** Standard error of the mean, clustered by intent (fills of one order are not independent). */
  readonly standardErrorBps: Figure
}

/** Markout curves of a run. */
export interface MarkoutReport {
  /** Median time between mids, us: shorter horizons repeat the last mid. Null without mids. */
  readonly midIntervalUs: number | null
  readonly all: readonly Markout[]
  readonly maker: readonly Markout[]
  readonly taker: readonly Markout[]
}

/** Markouts at {@link MARKOUT_HORIZONS_S} for all, maker and taker fills. */
export function markouts(
  record: RunRecord,
  mids: MidLookup = createMidLookup(record.mids),
): MarkoutReport {
  const crossesGap = gapTest(record.data.gaps)
  const curve = (fills: readonly RunFill[]): readonly Markout[] =>
    MARKOUT_HORIZONS_S.map((horizonS) => markoutAt({ record, fills, horizonS, mids, crossesGap }))
  return {
    midIntervalUs: medianInterval(record),
    all: curve(record.fills),
    maker: curve(record.fills.filter((fill) => fill.liquidity === 'maker')),
    taker: curve(record.fills.filter((fill) => fill.liquidity === 'taker')),
  }
}

interface Sample {
  readonly bps: number
  readonly notional: number
  readonly cluster: string
}

type GapTest = (instrument: InstrumentId, from: TimeUs, to: TimeUs) => boolean

/** True when a gap of the instrument (or of all) overlaps the time between two instants. */
function gapTest(gaps: readonly RunGap[]): GapTest {
  const everywhere = sortedGaps(gaps.filter((gap) => gap.instrument === null))
  const ofInstrument = new Map(
    [...new Set(gaps.map((gap) => gap.instrument))]
      .filter((id) => id !== null)
      .map((id) => [id, sortedGaps(gaps.filter((gap) => gap.instrument === id))]),
  )
  const overlaps = (
    sorted: ReturnType<typeof sortedGaps> | undefined,
    from: TimeUs,
    to: TimeUs,
  ): boolean => {
    if (sorted === undefined) return false
    // A gap that starts exactly at the end of the window does not touch it.
    let row = lastAtOrBefore(sorted.from, to)
    while (row >= 0 && sorted.from[row] === to) row--
    return row >= 0 && sorted.latestTo[row]! > from
  }
  return (instrument, from, to) =>
    overlaps(everywhere, from, to) || overlaps(ofInstrument.get(instrument), from, to)
}

function sortedGaps(gaps: readonly RunGap[]) {
  const sorted = gaps.toSorted((a, b) => a.from - b.from)
  let latest = Number.NEGATIVE_INFINITY
  return {
    from: Float64Array.from(sorted, (gap) => gap.from),
    latestTo: Float64Array.from(sorted, (gap) => {
      latest = Math.max(latest, gap.to)
      return latest
    }),
  }
}

interface MarkoutInput {
  readonly record: RunRecord
  readonly fills: readonly RunFill[]
  readonly horizonS: number
  readonly mids: MidLookup
  readonly crossesGap: GapTest
}

function markoutAt(input: MarkoutInput): Markout {
  const { fills, horizonS } = input
  const samples: Sample[] = []
  for (const fill of fills) {
    const halfMid = midAfter(input, fill)
    if (halfMid === null) continue
    samples.push({
      bps: sign(fill.side) * (halfMid / 2 / fill.price - 1) * 1e4,
      notional: fill.price * fill.quantity,
      cluster: fill.intentId,
    })
  }
  const n = samples.length
  if (n === 0) {
    const none = missing('no fill with a known mid')
    return {
      horizonS,
      fills: 0,
      meanBps: none,
      weightedBps: none,
      medianBps: none,
      standardErrorBps: none,
    }
  }
  const mean = samples.reduce((sum, each) => sum + each.bps, 0) / n
  const weight = samples.reduce((sum, each) => sum + each.notional, 0)
  const sorted = samples.map((each) => each.bps).toSorted((a, b) => a - b)
  const middle = (sorted[(n - 1) >> 1]! + sorted[n >> 1]!) / 2
  return {
    horizonS,
    fills: n,
    meanBps: figure(mean),
    weightedBps: figure(samples.reduce((sum, each) => sum + each.bps * each.notional, 0) / weight),
    medianBps: figure(middle),
    standardErrorBps: clusteredError(samples, mean),
  }
}

function midAfter(input: MarkoutInput, fill: RunFill): number | null {
  const { record, horizonS, mids, crossesGap } = input
  if (horizonS === 0) return fill.midHalfQuanta ?? mids.at(fill.instrument, fill.time)
  const until = fill.time + horizonS * 1e6
  const column = mids.columns(fill.instrument)
  if (column === null || until > record.data.lastTime) return null
  if (crossesGap(fill.instrument, fill.time, until)) return null
  return mids.at(fill.instrument, until)
}

/** sqrt(G / (G - 1) sum over clusters of (sum of residuals)^2) / n; needs two clusters. */
function clusteredError(samples: readonly Sample[], mean: number): Figure {
  const residuals = new Map<string, number>()
  for (const { cluster, bps } of samples) {
    residuals.set(cluster, (residuals.get(cluster) ?? 0) + bps - mean)
  }
  const groups = residuals.size
  if (groups < 2) return missing('fewer than two orders')
  let sum = 0
  for (const residual of residuals.values()) sum += residual * residual
  return figure(Math.sqrt((sum * groups) / (groups - 1)) / samples.length)
}

function medianInterval(record: RunRecord): number | null {
  const intervals: number[] = []
  for (const { time } of record.mids) {
    for (let i = 1; i < time.length; i++) intervals.push(time[i]! - time[i - 1]!)
  }
  return intervals.length === 0 ? null : quantile(intervals, 0.5)
}
