import { parseDecimal, type TimeUs } from '../../../core/mod.ts'

/** The venue counts in 10^-9 of a coin, a share or a dollar. */
export type Nano = bigint
export const NANO_DECIMALS = 9
export const NANO: Nano = 1_000_000_000n

/** Decimal text as a count of 10^-9; digits past the ninth are cut off. Null for anything else. */
export function readNano(text: string): Nano | null {
  const [whole = '', fraction = ''] = text.split('.')
  return parseDecimal(fraction === '' ? whole : `${whole}.${fraction.slice(0, 9)}`, NANO_DECIMALS)
}

/** Division that rounds towards minus infinity. */
export function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value % by < 0n ? quotient - 1n : quotient
}

/** An instant of RFC 3339 with up to nanoseconds, cut to microseconds; null for anything else. */
export function readTime(text: string): TimeUs | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text)
  if (match === null) return null
  const seconds = Date.parse(`${match[1]}${match[3]}`) / 1000
  if (!Number.isFinite(seconds)) return null
  return seconds * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0').slice(0, 6))
}
