import { DAY_US } from '../calendar/civil-time.ts'
import type { TimeUs } from '../domain/units.ts'
import type { GrowthPath } from './growth.ts'

/** One fall below a former peak. */
export interface Drawdown {
  /** min(value / peak - 1): negative, at least -1. */
  readonly depth: number
  readonly peakTime: TimeUs
  readonly troughTime: TimeUs
  /** First time at or above the peak again; null: ongoing as of the end. */
  readonly recoveryTime: TimeUs | null
  /** Calendar days (fractions too) from the peak to recovery, or to the end. */
  readonly days: number
}

/** Every drawdown of a path in short. */
export interface DrawdownSummary {
  /** Deepest one; null when the path never fell. */
  readonly deepest: Drawdown | null
  /** Up to ten by depth, deepest first. */
  readonly worst: readonly Drawdown[]
  /** Up to five by calendar days, longest first. */
  readonly longest: readonly Drawdown[]
  readonly count: number
  /** Mean depth of all; null when there is none. */
  readonly averageDepth: number | null
  /** Share of time below the peak, 0 to 1. */
  readonly shareUnderWater: number
}

/** Finds every drawdown of a growth path; the peak starts at 1 (the start equity). */
export function drawdowns(path: GrowthPath): DrawdownSummary {
  const { time, index } = path
  const all: Drawdown[] = []
  const end = time.length > 0 ? time[time.length - 1]! : 0
  let peak = 1
  let peakTime = time.length > 0 ? time[0]! : 0
  let trough = 1
  let troughTime = peakTime
  let underWater = 0
  const close = (recoveryTime: TimeUs | null): void => {
    const days = ((recoveryTime ?? end) - peakTime) / DAY_US
    all.push({ depth: trough / peak - 1, peakTime, troughTime, recoveryTime, days })
  }
  for (let i = 0; i < time.length; i++) {
    const level = index[i]!
    if (i > 0 && index[i - 1]! < peak) underWater += time[i]! - time[i - 1]!
    if (level >= peak) {
      if (trough < peak) close(time[i]!)
      peak = level
      peakTime = time[i]!
      trough = level
    } else if (level < trough) {
      trough = level
      troughTime = time[i]!
    }
  }
  if (trough < peak) close(null)
  const worst = all.toSorted((a, b) => a.depth - b.depth || a.peakTime - b.peakTime)
  const longest = all.toSorted((a, b) => b.days - a.days || a.peakTime - b.peakTime)
  const span = time.length > 0 ? end - time[0]! : 0
  return {
    deepest: worst[0] ?? null,
    worst: worst.slice(0, 10),
    longest: longest.slice(0, 5),
    count: all.length,
    averageDepth:
      all.length > 0 ? all.reduce((sum, each) => sum + each.depth, 0) / all.length : null,
    shareUnderWater: span > 0 ? underWater / span : 0,
  }
}

/** value / running peak - 1 at every row of a growth path: 0 or negative. */
export function underwater(index: Float64Array): Float64Array {
  let peak = 1
  return index.map((level) => {
    if (level > peak) peak = level
    return level / peak - 1
  })
}
