import {
  dateParts,
  type Instrument,
  nextSession,
  sessionAt,
  type TimeUs,
  toNewYork,
} from '../../core/mod.ts'

const DAY_US = 86_400_000_000

/** "2026-11-20 09:29:50 New York". */
export function newYorkText(time: TimeUs): string {
  const local = toNewYork(time)
  const { year, month, day } = dateParts(Math.floor(local / DAY_US))
  const seconds = Math.floor((local % DAY_US) / 1_000_000)
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  const clock = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(two).join(':')
  return `${year}-${two(month)}-${two(day)} ${clock} New York`
}

/** What a person must know who starts a session of shares while nobody trades; null otherwise. */
export function closedNotice(
  instruments: readonly Pick<Instrument, 'kind'>[],
  now: TimeUs,
): string | null {
  const hasShares = instruments.some(({ kind }) => kind === 'equity')
  if (!hasShares || sessionAt('us-equities', now) !== null) return null
  const next = nextSession('us-equities', now)
  const when = next === null ? '' : `, ${newYorkText(next.openTime)}`
  return `the market of shares is closed: none is traded until it opens${when}`
}
