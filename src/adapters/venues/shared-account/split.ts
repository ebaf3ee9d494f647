import type { Money } from '../../../core/mod.ts'

/**
 * Splits an amount by signed weights whose sum is not 0: each part is what its weight would have
 * paid alone, and the parts sum to the amount exactly (largest remainder, then the first).
 */
export function splitByWeight(amount: Money, weights: readonly bigint[]): readonly Money[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n)
  const divisor = total < 0n ? -total : total
  const direction = total < 0n ? -1n : 1n
  const parts = weights.map((weight, i) => {
    const exact = amount * weight * direction
    const floor = floorDivide(exact, divisor)
    return { i, floor, rest: exact - floor * divisor }
  })
  const missing = Number(amount - parts.reduce((sum, { floor }) => sum + floor, 0n))
  const lucky = new Set(
    parts
      .toSorted((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest > b.rest ? -1 : 1))
      .slice(0, missing)
      .map(({ i }) => i),
  )
  return parts.map(({ i, floor }) => (lucky.has(i) ? floor + 1n : floor))
}

function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor
  return value % divisor < 0n ? quotient - 1n : quotient
}
