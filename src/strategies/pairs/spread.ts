import { fitLine } from '../../core/mod.ts'
import type { CloseWindow } from '../sizing/close-window.ts'
import { betaBounds } from './parameters.ts'

/** Log closes of both legs at the same bars, oldest first. */
export interface CommonCloses {
  readonly a: Float64Array
  readonly b: Float64Array
}

/**
 * The last `count` bars that both legs have, by open time; null when there are fewer, or when the
 * last bar of one leg is missing in the other.
 */
export function commonCloses(a: CloseWindow, b: CloseWindow, count: number): CommonCloses | null {
  if (a.openTimes.length < count || b.openTimes.length < count) return null
  if (a.openTimes.at(-1) !== b.openTimes.at(-1)) return null
  const logA = new Float64Array(count)
  const logB = new Float64Array(count)
  let i = a.openTimes.length - 1
  let j = b.openTimes.length - 1
  let at = count - 1
  while (at >= 0 && i >= 0 && j >= 0) {
    const difference = a.openTimes[i]! - b.openTimes[j]!
    if (difference === 0) {
      logA[at] = Math.log(a.closes[i--]!)
      logB[at--] = Math.log(b.closes[j--]!)
    } else if (difference > 0) i--
    else j--
  }
  return at < 0 ? { a: logA, b: logB } : null
}

/** Score of the last spread among all. */
export interface SpreadScore {
  readonly z: number
  /** Population standard deviation, log units of leg A. */
  readonly deviation: number
}

/** z of the last value of log A - beta log B over the window; null when it does not vary. */
export function scoreSpread({ a, b }: CommonCloses, beta: number): SpreadScore | null {
  const n = a.length
  const spread = a.map((value, i) => value - beta * b[i]!)
  let sum = 0
  for (const value of spread) sum += value
  const mean = sum / n
  let squares = 0
  for (const value of spread) squares += (value - mean) ** 2
  const deviation = Math.sqrt(squares / n)
  if (!(deviation > 1e-10)) return null
  return { z: (spread[n - 1]! - mean) / deviation, deviation }
}

/**
 * Beta of the window by least squares; null where it is no refinement of the discovered one: out of
 * bounds, of another sign, or different by more than `changeMax` of it.
 */
export function refitBeta(
  closes: CommonCloses,
  discovered: number,
  changeMax: number,
): number | null {
  const found = fitLine(closes.a, closes.b)?.beta
  if (found === undefined || found * discovered < 0) return null
  const size = Math.abs(found)
  if (!(size >= betaBounds.least && size <= betaBounds.most)) return null
  return Math.abs(found - discovered) <= changeMax * Math.abs(discovered) ? found : null
}
