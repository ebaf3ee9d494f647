import type { Instrument } from '../domain/instrument.ts'
import { notionalFloat } from '../domain/money.ts'
import type { TimeUs } from '../domain/units.ts'
import { splitLots } from '../ledger/split.ts'
import { lastAtOrBefore } from './growth.ts'
import { createLotsMoved } from './lots-moved.ts'
import type { RunBars, RunFill, RunMids, RunRecord } from './run-record.ts'
import { createSplits } from './splits.ts'

/** Exposure over time, from positions and marks; time-weighted, fractions of equity. */
export interface ExposureReport {
  /** Times at which the columns hold, until the next: equity rows and fills, us. */
  readonly time: Float64Array
  /** Sum of |position value| / equity. */
  readonly gross: Float64Array
  /** Sum of signed position value / equity. */
  readonly net: Float64Array
  readonly averageGross: number
  readonly maximumGross: number
  readonly averageNet: number
  readonly maximumNet: number
  readonly minimumNet: number
  /** Share of time with any position, 0 to 1. */
  readonly timeInMarket: number
  readonly timeLong: number
  readonly timeShort: number
  readonly maximumPositions: number
  /** Half of traded notional over average equity: how often the account was turned over. */
  readonly turnover: number
}

/** One instrument's path while walking through time. */
interface Walk {
  readonly scale: (halfPrice: number, lots: number) => number
  readonly fills: readonly RunFill[]
  readonly marks: { readonly time: Float64Array; readonly half: Float64Array } | null
  readonly moved: (fill: RunFill) => number
  readonly split: (lots: number, until: TimeUs) => number
  nextFill: number
  nextMark: number
  position: number
  halfPrice: number
}

/** Exposure of a run. Marks are mids, else bar closes, else the last fill price. */
export function exposure(record: RunRecord): ExposureReport {
  const times = gridOf(record)
  const walks = walksOf(record)
  const gross = new Float64Array(times.length)
  const net = new Float64Array(times.length)
  const end = Math.max(record.data.lastTime, times[times.length - 1] ?? 0)
  const sums = { gross: 0, net: 0, any: 0, long: 0, short: 0, equity: 0, span: 0 }
  let maximumPositions = 0
  for (let i = 0; i < times.length; i++) {
    const time = times[i]!
    let long = 0
    let short = 0
    let positions = 0
    for (const walk of walks) {
      advance(walk, time)
      if (walk.position === 0) continue
      const value = walk.scale(walk.halfPrice, walk.position)
      if (value > 0) long += value
      else short -= value
      positions++
    }
    maximumPositions = Math.max(maximumPositions, positions)
    const equity = equityAt(record, time)
    gross[i] = equity > 0 ? (long + short) / equity : 0
    net[i] = equity > 0 ? (long - short) / equity : 0
    const span = (i + 1 < times.length ? times[i + 1]! : end) - time
    sums.gross += gross[i]! * span
    sums.net += net[i]! * span
    sums.equity += equity * span
    sums.span += span
    if (positions > 0) sums.any += span
    if (long > 0) sums.long += span
    if (short > 0) sums.short += span
  }
  const share = (value: number): number => (sums.span > 0 ? value / sums.span : 0)
  const averageEquity = sums.span > 0 ? sums.equity / sums.span : record.startEquity
  return {
    time: times,
    gross,
    net,
    averageGross: share(sums.gross),
    maximumGross: gross.reduce((most, value) => Math.max(most, value), 0),
    averageNet: share(sums.net),
    maximumNet: net.reduce((most, value) => Math.max(most, value), 0),
    minimumNet: net.reduce((least, value) => Math.min(least, value), 0),
    timeInMarket: share(sums.any),
    timeLong: share(sums.long),
    timeShort: share(sums.short),
    maximumPositions,
    turnover: averageEquity > 0 ? tradedValue(record) / 2 / averageEquity : 0,
  }
}

const tradedValue = (record: RunRecord): number =>
  record.fills.reduce(
    (sum, fill) =>
      sum + notionalFloat(record.instruments[fill.instrument]!, fill.price, fill.quantity),
    0,
  )

function gridOf(record: RunRecord): Float64Array {
  const all = new Float64Array(record.equity.time.length + record.fills.length)
  all.set(record.equity.time)
  record.fills.forEach((fill, i) => {
    all[record.equity.time.length + i] = fill.time
  })
  all.sort()
  let kept = 0
  for (let i = 0; i < all.length; i++) {
    if (i === 0 || all[i] !== all[kept - 1]) all[kept++] = all[i]!
  }
  return all.slice(0, kept)
}

function walksOf(record: RunRecord): readonly Walk[] {
  const fills = new Map<number, RunFill[]>()
  for (const fill of record.fills.toSorted((a, b) => a.time - b.time)) {
    const own = fills.get(fill.instrument)
    if (own === undefined) fills.set(fill.instrument, [fill])
    else own.push(fill)
  }
  const midsOf = new Map<number, RunMids>(record.mids.map((mids) => [mids.instrument, mids]))
  const barsOf = new Map<number, RunBars>(record.bars.map((bars) => [bars.instrument, bars]))
  return [...fills].map(([id, own]) => {
    const instrument = record.instruments[id]!
    const mids = midsOf.get(id)
    const bars = barsOf.get(id)
    return {
      scale: (halfPrice, lots) => notionalFloat(instrument, halfPrice / 2, lots),
      fills: own,
      marks:
        mids !== undefined
          ? { time: mids.time, half: mids.halfMid }
          : bars !== undefined
            ? { time: bars.time, half: bars.close }
            : null,
      nextFill: 0,
      nextMark: 0,
      position: 0,
      moved: createLotsMoved(record).moved,
      split: createSplitter(record, instrument),
      halfPrice: 0,
    }
  })
}

/** Lots after the splits up to a time that were not counted yet. */
function createSplitter(
  { splits = [] }: RunRecord,
  instrument: Instrument,
): (lots: number, until: TimeUs) => number {
  const until = createSplits({ splits: splits.filter((each) => each.instrument === instrument.id) })
  return (lots, time) => {
    let held = lots
    until(time, (split) => {
      held = splitLots(instrument, held, split).lots
    })
    return held
  }
}

function advance(walk: Walk, time: TimeUs): void {
  while (walk.nextFill < walk.fills.length && walk.fills[walk.nextFill]!.time <= time) {
    const fill = walk.fills[walk.nextFill++]!
    walk.position = walk.split(walk.position, fill.time)
    walk.position += walk.moved(fill)
    if (walk.marks === null) walk.halfPrice = 2 * fill.price
  }
  walk.position = walk.split(walk.position, time)
  if (walk.marks === null) return
  const { time: times, half } = walk.marks
  while (walk.nextMark < times.length && times[walk.nextMark]! <= time) {
    walk.halfPrice = half[walk.nextMark++]!
  }
  if (walk.nextMark === 0 && walk.nextFill > 0) walk.halfPrice = 2 * walk.fills[0]!.price
}

function equityAt(record: RunRecord, time: TimeUs): number {
  const row = lastAtOrBefore(record.equity.time, time)
  return row < 0 ? record.startEquity : record.equity.value[row]!
}
