/** Arithmetic mean; NaN when empty. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}

/** Standard deviation with n - 1 in the denominator; NaN below two values. */
export function sampleDeviation(values: ArrayLike<number>): number {
  const centre = mean(values)
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) ** 2
  return values.length < 2 ? Number.NaN : Math.sqrt(sum / (values.length - 1))
}

/** Biased standardised moments: skewness g1 and kurtosis (3 for a normal); NaN at zero variance. */
export function shape(values: ArrayLike<number>): { skewness: number; kurtosis: number } {
  const centre = mean(values)
  const n = values.length
  let second = 0
  let third = 0
  let fourth = 0
  for (let i = 0; i < n; i++) {
    const difference = values[i]! - centre
    const square = difference * difference
    second += square
    third += square * difference
    fourth += square * square
  }
  const variance = second / n
  if (!(variance > 0)) return { skewness: Number.NaN, kurtosis: Number.NaN }
  return { skewness: third / n / variance ** 1.5, kurtosis: fourth / n / variance ** 2 }
}

/**
 * Autocorrelation at `lag`: Pearson correlation of the series with itself shifted. NaN when either
 * part does not vary or holds fewer than two values.
 */
export function autocorrelation(values: ArrayLike<number>, lag: number): number {
  const n = values.length - lag
  if (n < 2) return Number.NaN
  let early = 0
  let late = 0
  for (let i = 0; i < n; i++) {
    early += values[i]!
    late += values[i + lag]!
  }
  let together = 0
  let earlySquares = 0
  let lateSquares = 0
  for (let i = 0; i < n; i++) {
    const a = values[i]! - early / n
    const b = values[i + lag]! - late / n
    together += a * b
    earlySquares += a * a
    lateSquares += b * b
  }
  const product = earlySquares * lateSquares
  return product > 0 ? together / Math.sqrt(product) : Number.NaN
}

/** Quantile of ascending values by linear interpolation (Hyndman-Fan type 7); NaN when empty. */
export function quantileOfSorted(sorted: ArrayLike<number>, probability: number): number {
  if (sorted.length === 0) return Number.NaN
  const position = (sorted.length - 1) * probability
  const below = Math.floor(position)
  const above = Math.min(below + 1, sorted.length - 1)
  const share = position - below
  return sorted[below]! * (1 - share) + sorted[above]! * share
}

/** Quantile of values in any order, see {@link quantileOfSorted}. */
export const quantile = (values: ArrayLike<number>, probability: number): number =>
  quantileOfSorted(Float64Array.from(values).sort(), probability)

/** True when every value equals the first, to the bit: deviation is then exactly 0 in meaning. */
export function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false
  return true
}
