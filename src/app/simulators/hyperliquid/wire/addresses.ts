import type { Json } from '../../json.ts'

/** A user address in lower case, or null when the value is not 0x and 40 hex digits. */
export function asAddress(value: Json | undefined): string | null {
  return typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value) ? value.toLowerCase() : null
}

/** A client order id in lower case (0x and 32 hex digits), or null. */
export function asCloid(value: Json | undefined): string | null {
  return typeof value === 'string' && /^0x[0-9a-fA-F]{32}$/.test(value) ? value.toLowerCase() : null
}
