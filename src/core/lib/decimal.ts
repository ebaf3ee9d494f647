import { assert } from './assert.ts'

const pattern = /^([+-]?)(\d+)(?:\.(\d*))?$/

/**
 * Reads a decimal text as an integer count of 10^-decimals.
 * Returns null when the text is not a plain decimal number or has non-zero digits beyond
 * `decimals`.
 */
export function parseDecimal(text: string, decimals: number): bigint | null {
  const match = pattern.exec(text)
  if (match === null) return null
  const fraction = match[3] ?? ''
  if (fraction.length > decimals && /[1-9]/.test(fraction.slice(decimals))) return null
  const digits = `${match[2]}${fraction.slice(0, decimals).padEnd(decimals, '0')}`
  const value = BigInt(digits)
  return match[1] === '-' ? -value : value
}

/** Like {@link parseDecimal}, as a safe integer; null also when it would pass 2^53. */
export function parseSafeDecimal(text: string, decimals: number): number | null {
  const value = parseDecimal(text, decimals)
  if (value === null) return null
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : null
}

/** Writes an integer count of 10^-decimals as a decimal text with exactly `decimals` digits. */
export function formatDecimal(value: bigint | number, decimals: number): string {
  assert(typeof value === 'bigint' || Number.isSafeInteger(value), `not an integer: ${value}`)
  const whole = BigInt(value)
  const digits = (whole < 0n ? -whole : whole).toString().padStart(decimals + 1, '0')
  const sign = whole < 0n ? '-' : ''
  if (decimals === 0) return sign + digits
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/** Like {@link formatDecimal} without trailing zeros ("1.50" becomes "1.5", "2.00" becomes "2"). */
export function formatTrimmed(value: bigint | number, decimals: number): string {
  const text = formatDecimal(value, decimals)
  if (!text.includes('.')) return text
  return text.replace(/\.?0+$/, '')
}

/**
 * Nearest integer count of 10^-decimals to a floating number that was printed with few digits.
 * Returns null when the number is not within `tolerance` counts of an integer, not finite or
 * unsafe.
 */
export function scaleFloat(value: number, decimals: number, tolerance = 1e-6): number | null {
  const scaled = value * 10 ** decimals
  const rounded = Math.round(scaled)
  if (!Number.isSafeInteger(rounded)) return null
  return Math.abs(scaled - rounded) <= tolerance * Math.max(1, Math.abs(rounded) * 1e-6)
    ? rounded
    : null
}

/** Division of bigints rounding half to even. `denominator` is positive. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  assert(denominator > 0n, 'denominator must be positive')
  let quotient = numerator / denominator
  let remainder = numerator % denominator
  if (remainder < 0n) {
    remainder += denominator
    quotient -= 1n
  }
  const twice = remainder * 2n
  if (twice > denominator || (twice === denominator && (quotient & 1n) === 1n)) quotient += 1n
  return quotient
}
