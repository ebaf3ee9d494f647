import type { TimeUs } from '../../../core/mod.ts'

/** Requests of each key within minutes of the clock. */
export interface RateLimit {
  /** Counts a request; what the venue says of it in headers. */
  take(
    key: string,
    time: TimeUs,
  ): { readonly ok: boolean; readonly headers: Readonly<Record<string, string>> }
}

const MINUTE_US = 60_000_000

/** So many requests a minute and key; null for any number. */
export function createRateLimit(perMinute: number | null): RateLimit {
  const used = new Map<string, { minute: number; count: number }>()
  return {
    take(key, time) {
      if (perMinute === null) return { ok: true, headers: {} }
      const minute = Math.floor(time / MINUTE_US)
      const known = used.get(key)
      const now = known?.minute === minute ? known : { minute, count: 0 }
      used.set(key, now)
      const isAllowed = now.count < perMinute
      if (isAllowed) now.count++
      return {
        ok: isAllowed,
        headers: {
          'x-ratelimit-limit': String(perMinute),
          'x-ratelimit-remaining': String(perMinute - now.count),
          'x-ratelimit-reset': String((minute + 1) * 60),
        },
      }
    },
  }
}
