/** Any JSON value. Objects keep the order in which their keys were received. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

/** Parses a text, or returns undefined when it is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/** True when arrays and objects are nested at most `most` deep: deeper ones are never meant. */
export function isShallow(value: Json | undefined, most: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (most === 0) return false
  return Object.values(value).every((item) => isShallow(item, most - 1))
}

/** True for a JSON object (not null, not an array). */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** True for a JSON array. */
export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** A non-negative safe integer, or null. */
export function asUnsigned(value: Json | undefined): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

/** A text, or null. */
export function asText(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null
}
