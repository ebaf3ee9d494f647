import { AdapterError } from '../../errors.ts'

/**
 * The operational failure that was caught; throws on anything else. A bug, ours or of whoever
 * consumes the events, must not end as a failed request.
 */
export function operational(error: unknown): AdapterError {
  if (error instanceof AdapterError) return error
  throw error
}

/** A reply that does not have the documented shape. */
export const unreadable = (what: string): AdapterError =>
  new AdapterError('VENUE_UNREADABLE', `${what}: the reply does not have its shape`, 'unknown')

/** What an unknown thrown thing says, shortened. */
export const textOf = (error: unknown): string =>
  shorten(error instanceof Error ? error.message : String(error))

/** At most 200 characters on one line. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= 200 ? line : `${line.slice(0, 197)}...`
}
