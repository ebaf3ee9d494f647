import type { TimeUs } from '../../core/mod.ts'

/** The present of a venue. */
export interface VenueClock {
  now(): TimeUs
  /** Moves the clock on to a time if it is behind it. */
  notBefore(time: TimeUs): void
}

/**
 * Wall time in us at the start, carried on by a clock that never goes back. With a start of its own
 * it begins there and runs `speed` times as fast as the wall's.
 */
export function createClock(options: { startTime?: TimeUs; speed?: number } = {}): VenueClock {
  const speed = options.speed ?? 1
  const origin = performance.now()
  const start = options.startTime ?? (performance.timeOrigin + origin) * 1000
  let offsetUs = 0
  const now = (): TimeUs =>
    Math.floor(start + (performance.now() - origin) * 1000 * speed) + offsetUs
  return {
    now,
    notBefore(time) {
      offsetUs += Math.max(0, time - now())
    },
  }
}
