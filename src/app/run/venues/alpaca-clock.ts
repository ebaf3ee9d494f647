import {
  dateParts,
  formatUtcIso,
  previousSession,
  type Session,
  type TimeUs,
  toNewYork,
} from '../../../core/mod.ts'
import type { Config } from '../../config/schema.ts'

/** A rehearsal of shares begins so long before they are decided. */
const LEAD_US = 10_000_000
const DAY_US = 86_400_000_000

/**
 * The instant at which the venue of a rehearsal of shares begins: shortly before the decision of
 * the last session that is over, or where one that is resumed had come to. Null for coins, whose
 * market is always open.
 */
export function rehearsalStart(
  config: Config,
  now: TimeUs,
  notBefore: TimeUs | null,
): string | null {
  const symbols = config.venue?.instruments ?? []
  if (symbols.every((symbol) => symbol.includes('/'))) return null
  if (notBefore !== null) return formatUtcIso(notBefore)
  const session = previousSession('us-equities', now)
  if (session === null) return null
  return formatUtcIso(decisionTime(config, session) - LEAD_US)
}

function decisionTime({ strategy: { equities } }: Config, session: Session): TimeUs {
  if (equities?.decision !== 'preclose') return session.openTime
  return session.closeTime - equities.precloseLead
}

/** What a person must know of a venue whose clock is not the wall's. */
export function clockNotice(time: TimeUs): string {
  const local = toNewYork(time)
  const { year, month, day } = dateParts(Math.floor(local / DAY_US))
  const two = (value: number): string => String(value).padStart(2, '0')
  const seconds = Math.floor((local % DAY_US) / 1_000_000)
  const clock = [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((part) => two(Math.floor(part)))
    .join(':')
  return (
    `simulated: the venue's clock stands at ${year}-${two(month)}-${two(day)} ${clock} New York, ` +
    'so that its market is open; the journal and the dashboard have that time'
  )
}
