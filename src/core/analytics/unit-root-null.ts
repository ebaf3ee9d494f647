import { createRandom } from '../lib/random.ts'
import { dickeyFuller } from './cointegration.ts'
import { factorBasis, regressOnFactors } from './factor-regression.ts'
import { cumulate } from './residual-process.ts'

/** What a null distribution is drawn for. */
export interface NullOptions {
  /** Residual returns per series. */
  readonly length: number
  /** Factors that they are regressed on. */
  readonly factors: number
  readonly draws: number
  readonly seed: number
}

/**
 * Dickey-Fuller statistics of cumulated regression residuals when the residual returns are white
 * noise, ascending: what a random walk looks like once its factors are taken off. MacKinnon's
 * tables hold levels regressed on few series; this is drawn for returns regressed on many.
 */
export function unitRootNull({ length, factors, draws, seed }: NullOptions): Float64Array {
  const random = createRandom(seed)
  const noise = (): Float64Array => Float64Array.from({ length }, () => random.normal())
  const statistics: number[] = []
  while (statistics.length < draws) {
    const basis = factorBasis(
      Array.from({ length: factors }, () => noise()),
      length,
    )
    if (basis === null) break
    // One set of factors serves some walks: the distribution hardly depends on it.
    for (let i = 0; i < 50 && statistics.length < draws; i++) {
      const test = dickeyFuller(cumulate(regressOnFactors(basis, noise()).residuals))
      if (test !== null) statistics.push(test.statistic)
    }
  }
  return Float64Array.from(statistics).sort()
}

/** Share of a null distribution at or below a statistic, (1 + those) / (1 + all): never 0. */
export function nullPValue(ascending: Float64Array, statistic: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle]! <= statistic) low = middle + 1
    else high = middle
  }
  return (1 + low) / (1 + ascending.length)
}
