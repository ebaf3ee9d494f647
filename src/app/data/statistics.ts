/** Arithmetic mean; NaN when empty. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Sample standard deviation (ddof 1); NaN below two values. */
export function deviation(values: readonly number[]): number {
  const center = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0)
  return values.length < 2 ? Number.NaN : Math.sqrt(squares / (values.length - 1))
}

/** Quantile by linear interpolation between order statistics (Hyndman and Fan, type 7). */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = Float64Array.from(values).sort()
  const at = share * (sorted.length - 1)
  const low = Math.floor(at)
  const high = Math.min(low + 1, sorted.length - 1)
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!)
}

/** Pearson correlation of neighbouring values. */
export function lagOneCorrelation(values: readonly number[]): number {
  const a = values.slice(0, -1)
  const b = values.slice(1)
  const [meanA, meanB] = [mean(a), mean(b)]
  let cross = 0
  let squareA = 0
  let squareB = 0
  for (let i = 0; i < a.length; i++) {
    const x = a[i]! - meanA
    const y = b[i]! - meanB
    cross += x * y
    squareA += x * x
    squareB += y * y
  }
  return cross / Math.sqrt(squareA * squareB)
}
