import type { Config } from '../../config/schema.ts'
import { type BarMarket, sharedColumn } from './bar-market.ts'
import { lastRows, type ReturnSpan } from './return-span.ts'

/** Grid points may outnumber rows by at most this: beyond it most of the work were idle time. */
const POINTS_PER_ROW = 8

/** Points of a grid, and what each instrument shows there. */
export interface GridPoints {
  readonly points: number
  /** By row: the first point at which its close is known. */
  readonly visibleFrom: Int32Array
  /** Points of one instrument after those of another: the last known close, 0 before the first. */
  readonly marks: Float64Array
}

/**
 * The instants at which a backtest on bars looks at its equity: its start, every heartbeat, its
 * end. A heartbeat comes before a bar that closes at the same instant.
 */
export interface EquityGrid {
  readonly beats: GridPoints
  /** First heartbeat after each UTC day, ascending; the last is the number of points. */
  readonly dayEnds: Int32Array
  /** Days of one instrument after those of another: lowest and highest mark, 0 without any. */
  readonly lowest: Float64Array
  readonly highest: Float64Array
  /** The points that are kept as the equity column, and their times. */
  readonly samples: GridPoints
  readonly sampleTimes: Float64Array
  /** By interval of the returns: the last sample at or before its end. */
  readonly returnRows: Int32Array
}

/** Heartbeats of a backtest on bars, us. */
export const beatUs = (config: Config): number => Math.max(config.heartbeat, config.signal.interval)

/** True when heartbeats do not far outnumber the bars. */
export const isGridSmall = ({ firstTime, lastTime, closes }: BarMarket, beat: number): boolean =>
  (lastTime - firstTime) / beat <= POINTS_PER_ROW * closes.length + 1000

/** Lays the grid of a heartbeat over a market. */
export function makeEquityGrid(market: BarMarket, beat: number, span: ReturnSpan): EquityGrid {
  const { firstTime, lastTime } = market
  const times = [firstTime]
  for (let time = Math.ceil(firstTime / beat) * beat; time <= lastTime; time += beat) {
    times.push(time)
  }
  times.push(lastTime)
  const kept = chooseSamples(times, Math.max(1, (lastTime - firstTime) / 20_000))
  const sampleTimes = Float64Array.from(kept)
  const beats = viewRows(market, times)
  const dayEnds = dayEndsOf(times)
  return {
    beats,
    dayEnds,
    ...extremesOf(beats, dayEnds, market.instruments.length),
    samples: viewRows(market, kept),
    sampleTimes,
    returnRows: lastRows(sampleTimes, span),
  }
}

function extremesOf({ marks, points }: GridPoints, dayEnds: Int32Array, instruments: number) {
  const days = dayEnds.length
  const lowest = sharedColumn(days * instruments)
  const highest = sharedColumn(days * instruments)
  for (let id = 0; id < instruments; id++) {
    let day = 0
    for (let point = 0; point < points; point++) {
      while (point >= dayEnds[day]!) day++
      const mark = marks[id * points + point]!
      const at = id * days + day
      if (mark > highest[at]!) highest[at] = mark
      // Nothing is held while no close is known.
      if (mark > 0 && (lowest[at] === 0 || mark < lowest[at]!)) lowest[at] = mark
    }
  }
  return { lowest, highest }
}

function viewRows(
  { offsets, closeTimes, closes }: BarMarket,
  times: readonly number[],
): GridPoints {
  const points = times.length
  const visibleFrom = new Int32Array(new SharedArrayBuffer(4 * closes.length))
  const marks = sharedColumn(points * (offsets.length - 1))
  for (let id = 0; id + 1 < offsets.length; id++) {
    let row = offsets[id]!
    const end = offsets[id + 1]!
    let mark = 0
    for (let point = 0; point < points; point++) {
      const isLast = point === points - 1
      while (row < end && (isLast || closeTimes[row]! < times[point]!)) {
        mark = closes[row]!
        visibleFrom[row++] = point
      }
      marks[id * points + point] = mark
    }
  }
  return { points, visibleFrom, marks }
}

const DAY_US = 86_400_000_000

function dayEndsOf(times: readonly number[]): Int32Array {
  const dayOf = (point: number) => Math.floor(times[point]! / DAY_US)
  const ends: number[] = []
  for (let point = 1; point < times.length; point++) {
    if (dayOf(point) !== dayOf(point - 1)) ends.push(point)
  }
  return Int32Array.from([...ends, times.length])
}

/** As the backtest's collector samples: the start, then no denser than `pauseUs`, and the end. */
function chooseSamples(times: readonly number[], pauseUs: number): readonly number[] {
  const kept = [times[0]!]
  for (const time of times.slice(1, -1)) if (time - kept.at(-1)! >= pauseUs) kept.push(time)
  const end = times.at(-1)!
  if (kept.at(-1) === end) kept.pop()
  return [...kept, end]
}
