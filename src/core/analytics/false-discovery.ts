import { assert } from '../lib/assert.ts'

/** What is assumed about the tests among each other. */
export type Dependence =
  /** Independent, or positively dependent (Benjamini and Hochberg 1995). */
  | 'positive'
  /** Anything (Benjamini and Yekutieli 2001): stricter by 1 + 1/2 + ... + 1/m. */
  | 'any'

/**
 * p values adjusted for the share of false discoveries, in the order given: rejecting those at or
 * below q keeps the expected share of false ones among the rejected at or below q (Benjamini and
 * Hochberg 1995, step-up). Every p value that was looked at must be among them.
 */
export function adjustForFalseDiscovery(
  pValues: readonly number[],
  dependence: Dependence = 'positive',
): number[] {
  const m = pValues.length
  for (const p of pValues) assert(p >= 0 && p <= 1, `p value ${p}`)
  let factor = 1
  if (dependence === 'any') for (let i = 2; i <= m; i++) factor += 1 / i
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[b]! - pValues[a]! || b - a)
  const adjusted = new Array<number>(m).fill(1)
  let least = 1
  order.forEach((index, fromTop) => {
    least = Math.min(least, (pValues[index]! * m * factor) / (m - fromTop))
    adjusted[index] = least
  })
  return adjusted
}
