import type { Config } from '../../config/schema.ts'
import { type BarMarket, sharedColumn } from './bar-market.ts'

/** Grid points may outnumber rows by at most this: beyond it most of the work were idle time. */
const POINTS_PER_ROW = 8

/**
 * The instants at which a backtest on bars looks at its equity: its start, every heartbeat, its
 * end. A heartbeat comes before a bar that closes at the same instant.
 */
export interface EquityGrid {
  /** By row: the first point at which its close is known. */
  readonly visibleFrom: Int32Array
  /** Points of one instrument after those of another: the last known close, 0 before the first. */
  readonly marks: Float64Array
  readonly points: number
  /** Points at which a new UTC day begins, ascending; the first heartbeat among them. */
  readonly dayStarts: Int32Array
  /** Points that are kept as the equity column, and their times. */
  readonly samples: Int32Array
  readonly sampleTimes: Float64Array
}

/** Heartbeats of a backtest on bars, us. */
export const beatUs = (config: Config): number => Math.max(config.heartbeat, config.signal.interval)

/** True when heartbeats do not far outnumber the bars. */
export const isGridSmall = ({ firstTime, lastTime, closes }: BarMarket, beat: number): boolean =>
  (lastTime - firstTime) / beat <= POINTS_PER_ROW * closes.length + 1000

/** Lays the grid of a heartbeat over a market. */
export function makeEquityGrid(market: BarMarket, beat: number): EquityGrid {
  const { firstTime, lastTime } = market
  const times = [firstTime]
  for (let time = Math.ceil(firstTime / beat) * beat; time <= lastTime; time += beat) {
    times.push(time)
  }
  times.push(lastTime)
  const points = times.length
  return {
    points,
    ...viewRows(market, times),
    dayStarts: dayStartsOf(times),
    ...chooseSamples(times, Math.max(1, (lastTime - firstTime) / 20_000)),
  }
}

function viewRows({ offsets, closeTimes, closes }: BarMarket, times: readonly number[]) {
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
  return { visibleFrom, marks }
}

const DAY_US = 86_400_000_000

function dayStartsOf(times: readonly number[]): Int32Array {
  const starts: number[] = []
  let day = -1
  for (let point = 1; point < times.length; point++) {
    const of = Math.floor(times[point]! / DAY_US)
    if (of !== day) starts.push(point)
    day = of
  }
  return Int32Array.from(starts)
}

/** As the backtest's collector samples: the start, then no denser than `pauseUs`, and the end. */
function chooseSamples(times: readonly number[], pauseUs: number) {
  const samples = [0]
  for (let point = 1; point < times.length - 1; point++) {
    if (times[point]! - times[samples.at(-1)!]! >= pauseUs) samples.push(point)
  }
  if (times[samples.at(-1)!] === times.at(-1)) samples.pop()
  samples.push(times.length - 1)
  return {
    samples: Int32Array.from(samples),
    sampleTimes: Float64Array.from(samples, (point) => times[point]!),
  }
}
