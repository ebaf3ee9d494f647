import { type EconomicKind, fromNewYork, type TimeUs, toNewYork } from '../../core/mod.ts'

const HOUR_US = 3_600_000_000
const DAY_US = 24 * HOUR_US

/** The clock by which a calendar's times are written. */
export type ReleaseClock = 'New York' | 'UTC' | 'UTC-4' | 'UTC-5'

/** Kinds that have come out at 8:30 in New York for decades. */
const AT_HALF_PAST_EIGHT: readonly EconomicKind[] = [
  'CPI',
  'NFP',
  'PPI',
  'retailSales',
  'joblessClaims',
]
const HALF_PAST_EIGHT_US = 8.5 * HOUR_US

/** A line's time as written: us since 1970-01-01 00:00 of an unnamed clock. */
export interface WrittenTime {
  readonly kind: EconomicKind
  readonly local: number
}

/** The instant at which a clock shows `local`. */
export function fromClock(clock: ReleaseClock, local: number): TimeUs {
  switch (clock) {
    case 'New York':
      return fromNewYork(local)
    case 'UTC':
      return local
    case 'UTC-4':
      return local + 4 * HOUR_US
    case 'UTC-5':
      return local + 5 * HOUR_US
  }
}

/** Which clock it is, and how many of the releases that tell agree. */
export interface ClockVerdict {
  readonly clock: ReleaseClock
  readonly agreeing: number
  readonly telling: number
}

/**
 * Judges by which clock times are written: that under which most of the releases that always come
 * at 8:30 in New York do. `said` wins where several fit equally, or nothing tells.
 */
export function judgeClock(times: readonly WrittenTime[], said: ReleaseClock): ClockVerdict {
  const telling = times.filter(({ kind }) => AT_HALF_PAST_EIGHT.includes(kind))
  let best: ClockVerdict = { clock: said, agreeing: -1, telling: telling.length }
  for (const clock of [said, 'New York', 'UTC', 'UTC-4', 'UTC-5'] as const) {
    const agreeing = telling.filter(({ local }) => {
      const inDay = toNewYork(fromClock(clock, local))
      return inDay - Math.floor(inDay / DAY_US) * DAY_US === HALF_PAST_EIGHT_US
    }).length
    if (agreeing > best.agreeing) best = { clock, agreeing, telling: telling.length }
  }
  return best
}
