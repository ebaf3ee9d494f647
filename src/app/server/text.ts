import type { Instant } from './views.ts'

/** Shown where a value does not exist. Never 0, never NaN. */
export const MISSING = '—'
const MINUS = '−'

/** Integer microseconds since 1970 as ISO-8601 UTC text with six decimals. */
export function instant(timeUs: number): Instant {
  const milliseconds = Math.floor(timeUs / 1000)
  const rest = Math.floor(timeUs - milliseconds * 1000)
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${String(rest).padStart(3, '0')}Z`
}

/** {@link instant}, or null for null. */
export const instantOrNull = (timeUs: number | null): Instant | null =>
  timeUs === null ? null : instant(timeUs)

/** A number with a fixed count of decimals and a real minus sign; {@link MISSING} for null. */
export function fixed(value: number | null, decimals: number): string {
  if (value === null || !Number.isFinite(value)) return MISSING
  const text = Math.abs(value).toFixed(decimals)
  return value < 0 && Number(text) !== 0 ? MINUS + text : text
}

/** Like {@link fixed} with a plus sign before positive numbers. */
export function signed(value: number | null, decimals: number): string {
  const text = fixed(value, decimals)
  return value !== null && Number.isFinite(value) && value > 0 && Number(text) !== 0
    ? `+${text}`
    : text
}

/** A span of seconds as people say it: "0.4 s", "42 s", "3 min 05 s", "2 h 14 min". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return MISSING
  if (seconds < 10) return `${fixed(Math.floor(Math.max(0, seconds) * 10) / 10, 1)} s`
  const whole = Math.floor(seconds)
  if (whole < 120) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 120) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/** Short name of one of our orders: number of its intent and of the attempt, for example "69.0". */
export function orderLabel(clientOrderId: string): string {
  if (!/^[0-9a-f]{32}$/.test(clientOrderId)) return clientOrderId.slice(-8)
  const intent = Number.parseInt(clientOrderId.slice(16, 26), 16)
  return `${intent}.${Number.parseInt(clientOrderId.slice(26), 16)}`
}
