import { divideHalfEven, MONEY_DECIMALS, type Money } from '../../../core/mod.ts'

/** Decimal text as money; digits past the eighth (float noise of the venue) round half to even. */
export function readMoney(text: string): Money | null {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text)
  if (match === null) return null
  const fraction = (match[3] ?? '').padEnd(MONEY_DECIMALS, '0')
  const digits = BigInt(match[2]! + fraction)
  const excess = fraction.length - MONEY_DECIMALS
  return divideHalfEven(match[1] === '-' ? -digits : digits, 10n ** BigInt(excess))
}
