/** Means of runs of rows in order of score. */
export interface ScoreBins {
  /** Mean score, ascending. */
  readonly scores: Float64Array
  /** Mean of what came. */
  readonly values: Float64Array
  readonly counts: Float64Array
}

/** Cuts rows into at most `bins` runs of about equal length by score; equal scores stay together. */
export function binByScore(scores: Float64Array, values: Float64Array, bins: number): ScoreBins {
  const order = Int32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!)
  const means: number[] = []
  const results: number[] = []
  const counts: number[] = []
  let sum = 0
  let result = 0
  let count = 0
  order.forEach((row, i) => {
    sum += scores[row]!
    result += values[row]!
    count++
    const next = order[i + 1]
    if (next !== undefined && scores[next] === scores[row]) return
    if (next !== undefined && count * bins < order.length) return
    means.push(sum / count)
    results.push(result / count)
    counts.push(count)
    sum = 0
    result = 0
    count = 0
  })
  return {
    scores: Float64Array.from(means),
    values: Float64Array.from(results),
    counts: Float64Array.from(counts),
  }
}

/**
 * The nearest non-decreasing sequence by weighted least squares: neighbours out of order are pooled
 * (Ayer, Brunk, Ewing, Reid and Silverman 1955).
 */
export function nonDecreasing(values: Float64Array, weights: Float64Array): Float64Array {
  const pools: { sum: number; weight: number; length: number }[] = []
  values.forEach((value, i) => {
    let pool = { sum: value * weights[i]!, weight: weights[i]!, length: 1 }
    for (;;) {
      const last = pools.at(-1)
      if (last === undefined || last.sum / last.weight <= pool.sum / pool.weight) break
      pools.pop()
      pool = {
        sum: last.sum + pool.sum,
        weight: last.weight + pool.weight,
        length: last.length + pool.length,
      }
    }
    pools.push(pool)
  })
  return Float64Array.from(
    pools.flatMap(({ sum, weight, length }) => new Array<number>(length).fill(sum / weight)),
  )
}

/** Value at `x` on straight lines between ascending knots, flat beyond the first and the last. */
export function interpolate(xs: ArrayLike<number>, ys: ArrayLike<number>, x: number): number {
  const last = xs.length - 1
  if (Number.isNaN(x)) return Number.NaN
  if (x <= xs[0]!) return ys[0]!
  if (x >= xs[last]!) return ys[last]!
  let low = 0
  let high = last
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (xs[middle]! <= x) low = middle
    else high = middle
  }
  const share = (x - xs[low]!) / (xs[high]! - xs[low]!)
  return ys[low]! + share * (ys[high]! - ys[low]!)
}
