/** Where the last close lies among the ones before it. */
export interface Trend {
  /** Close over its slow average, less one, in basis points. */
  readonly distanceBp: number
  readonly slowZ: number
  readonly fastZ: number
}

/**
 * Trend of the last close, which both windows include; null while one is not full or does not vary.
 * Always summed anew from whole numbers, so the same closes give the same bits after a restart.
 */
export function trendOf(
  closes: readonly number[],
  windows: { readonly slowWindow: number; readonly fastWindow: number },
): Trend | null {
  const slow = scoreLast(closes, windows.slowWindow)
  const fast = scoreLast(closes, windows.fastWindow)
  if (slow === null || fast === null) return null
  const distanceBp = (closes.at(-1)! / slow.mean - 1) * 1e4
  return { distanceBp, slowZ: slow.z, fastZ: fast.z }
}

/** z of the last of `count` values with the sample deviation; null when there is none. */
function scoreLast(
  values: readonly number[],
  count: number,
): { readonly z: number; readonly mean: number } | null {
  const from = values.length - count
  if (from < 0) return null
  let sum = 0
  for (let i = from; i < values.length; i++) sum += values[i]!
  const mean = sum / count
  let squares = 0
  for (let i = from; i < values.length; i++) squares += (values[i]! - mean) ** 2
  if (squares === 0) return null
  return { z: (values.at(-1)! - mean) / Math.sqrt(squares / (count - 1)), mean }
}
