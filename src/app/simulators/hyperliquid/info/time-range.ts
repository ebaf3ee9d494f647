import { asUnsigned, type JsonObject } from '../../json.ts'

/** Milliseconds, both ends included. */
export interface TimeRange {
  readonly from: number
  readonly to: number
}

/** Reads startTime and the optional endTime; null when one of them is not a time. */
export function readTimeRange(request: JsonObject, startIsOptional = false): TimeRange | null {
  const start = request['startTime'] ?? (startIsOptional ? 0 : undefined)
  const from = asUnsigned(start)
  const to = request['endTime'] == null ? Number.MAX_SAFE_INTEGER : asUnsigned(request['endTime'])
  return from === null || to === null ? null : { from, to }
}

/** The first `limit` entries (oldest first) whose time lies in the range. */
export function inTimeRange<T extends { readonly time: number }>(
  entries: readonly T[],
  range: TimeRange,
  limit: number,
): T[] {
  const found: T[] = []
  for (const entry of entries) {
    if (entry.time < range.from || entry.time > range.to) continue
    found.push(entry)
    if (found.length === limit) break
  }
  return found
}
