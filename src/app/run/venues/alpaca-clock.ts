import { formatUtcIso, previousSession, type Session, type TimeUs } from '../../../core/mod.ts'
import type { Config } from '../../config/schema.ts'
import { newYorkText } from '../market-hours.ts'

/** A rehearsal of shares begins so long before they are decided. */
const LEAD_US = 10_000_000

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
export const clockNotice = (time: TimeUs): string =>
  `simulated: the venue's clock stands at ${newYorkText(time)}, so that its market is open; the ` +
  'journal and the dashboard have that time'
