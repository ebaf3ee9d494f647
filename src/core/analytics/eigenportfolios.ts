import { assert } from '../lib/assert.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

/** How many eigenportfolios are factors: a number of them, or as many as explain a share. */
export type FactorCount =
  | { readonly kind: 'fixed'; readonly count: number }
  /** Share of the variance of standardised returns, above 0 and below 1. */
  | { readonly kind: 'explained'; readonly share: number }

/** Portfolios of the leading eigenvectors of a correlation matrix. */
export interface Eigenportfolios {
  /** By factor, by name: the eigenvector's entry over the name's deviation. */
  readonly weights: readonly Float64Array[]
  /** Share of the variance of standardised returns that the factors explain. */
  readonly explained: number
}

/**
 * Eigenportfolios of returns by name, all of one length and finite, largest eigenvalue first:
 * Q[i] = v[i] / sigma[i] (Avellaneda and Lee 2010, "Statistical arbitrage in the US equities
 * market", section 2.2). Null when a name does not vary.
 */
export function eigenportfolios(
  returns: readonly Float64Array[],
  count: FactorCount,
): Eigenportfolios | null {
  const n = returns.length
  if (n === 0) return null
  const standard = returns.map(standardise)
  if (standard.some((each) => each === null)) return null
  const correlation = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      correlation[i * n + j] = product(standard[i]!.values, standard[j]!.values)
    }
  }
  const { values, vectors } = symmetricEigen(correlation, n)
  const factors = factorsOf(values, count)
  return {
    weights: vectors
      .slice(0, factors)
      .map((vector) => vector.map((value, i) => value / standard[i]!.deviation)),
    explained: values.subarray(0, factors).reduce((sum, value) => sum + value, 0) / n,
  }
}

function factorsOf(values: Float64Array, count: FactorCount): number {
  if (count.kind === 'fixed') return Math.min(count.count, values.length)
  assert(count.share > 0 && count.share < 1, `explained share ${count.share}`)
  let sum = 0
  let factors = 0
  while (factors < values.length && sum < count.share * values.length) sum += values[factors++]!
  return factors
}

/** Values with mean zero and length one, and the sample deviation; null where nothing varies. */
function standardise(values: Float64Array) {
  let sum = 0
  for (const value of values) sum += value
  const centre = sum / values.length
  const centred = values.map((value) => value - centre)
  const squares = product(centred, centred)
  assert(Number.isFinite(squares), 'a return of the correlation is not finite')
  if (!(squares > 0)) return null
  const root = Math.sqrt(squares)
  return {
    values: centred.map((value) => value / root),
    deviation: root / Math.sqrt(values.length - 1),
  }
}

/** Four sums at once: one alone waits for itself. */
function product(a: Float64Array, b: Float64Array): number {
  let [first, second, third, fourth] = [0, 0, 0, 0]
  const whole = a.length - (a.length % 4)
  for (let i = 0; i < whole; i += 4) {
    first += a[i]! * b[i]!
    second += a[i + 1]! * b[i + 1]!
    third += a[i + 2]! * b[i + 2]!
    fourth += a[i + 3]! * b[i + 3]!
  }
  for (let i = whole; i < a.length; i++) first += a[i]! * b[i]!
  return first + second + (third + fourth)
}
