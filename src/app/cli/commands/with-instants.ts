import { formatUtcIso } from '../../../core/mod.ts'

/** Names under which data reports hold an instant. */
const NAMES = new Set(['firstTime', 'lastTime', 'from', 'to'])

/** A data report as the envelope shows it: instants (us) as ISO 8601 in UTC, at any depth. */
export function withInstants(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withInstants)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (typeof inner !== 'number' || !NAMES.has(name)) return [name, withInstants(inner)]
      return [name, Number.isFinite(inner) ? formatUtcIso(inner) : null]
    }),
  )
}
