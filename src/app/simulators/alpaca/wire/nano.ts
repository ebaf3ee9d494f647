import { divideHalfEven, formatTrimmed } from '../../../../core/mod.ts'
import type { Json } from '../../json.ts'

/** Digits after the point in which the venue counts prices, quantities and money alike. */
export const NANO_DECIMALS = 9
/** An integer count of 10^-9: dollars, dollars a unit, shares or coins. */
export type Nano = bigint
/** One dollar, share or coin. */
export const UNIT: Nano = 10n ** BigInt(NANO_DECIMALS)
/** One cent. */
export const CENT: Nano = UNIT / 100n

const plainNumber = /^([+-]?)(\d*)(?:\.(\d*))?$/

/**
 * Reads a number or a text of one, digits beyond the ninth cut off as the venue does. Null when it
 * is neither.
 */
export function readNano(value: Json | undefined): Nano | null {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return null
    return fromText(Math.abs(value) < 1e-6 ? value.toFixed(12) : String(value))
  }
  return typeof value === 'string' ? fromText(value.trim()) : null
}

function fromText(text: string): Nano | null {
  const match = plainNumber.exec(text)
  if (match === null) return null
  const whole = match[2] ?? ''
  const fraction = match[3] ?? ''
  if (whole.length + fraction.length === 0 || whole.length > 18) return null
  const value = BigInt(whole + fraction.slice(0, NANO_DECIMALS).padEnd(NANO_DECIMALS, '0'))
  return match[1] === '-' ? -value : value
}

/** As the venue writes numbers in texts: no trailing zeros. */
export const textOf = (value: Nano): string => formatTrimmed(value, NANO_DECIMALS)

/** {@link textOf}, null for null. */
export const textOrNull = (value: Nano | null): string | null =>
  value === null ? null : textOf(value)

/** The nearest number, for market data: the venue sends those as numbers. */
export const numberOf = (value: Nano): number => Number(textOf(value))

/** Product of two counts, rounded half to even. */
export const times = (a: Nano, b: Nano): Nano => divideHalfEven(a * b, UNIT)

/** Quotient of two counts, rounded half to even; the divisor is positive. */
export const over = (a: Nano, b: Nano): Nano => divideHalfEven(a * UNIT, b)

/** Quotient of two counts, towards zero. */
export const overDown = (a: Nano, b: Nano): Nano => (a * UNIT) / b

/** The least multiple of a step at or above a count that is not negative. */
export const roundUp = (value: Nano, step: Nano): Nano => ((value + step - 1n) / step) * step

export const least = (a: Nano, b: Nano): Nano => (a < b ? a : b)
export const most = (a: Nano, b: Nano): Nano => (a > b ? a : b)
export const absolute = (a: Nano): Nano => (a < 0n ? -a : a)
