import {
  type InstrumentId,
  newYorkDay,
  previousSession,
  type Session,
  type StrategyView,
  sessionAt,
} from '../../core/mod.ts'
import type { EquitiesParameters } from './parameters.ts'

/** The calendar that equities are decided by. */
export const CALENDAR = 'us-equities'

/** What an instant asks of the strategy. */
export type Moment =
  /** The market is closed: the executor lets no order out and nothing rest. */
  | { readonly kind: 'closed' }
  /** It is open and nothing is decided now but stops. */
  | { readonly kind: 'watching'; readonly session: Session }
  /** Everything is left before the closing bell. */
  | { readonly kind: 'flattening'; readonly session: Session }
  /** The names that are due are decided, all at once. */
  | {
      readonly kind: 'deciding'
      /** Null where only bars are fed: what is decided goes out for the next open. */
      readonly session: Session | null
      readonly due: readonly InstrumentId[]
    }

/**
 * What a heartbeat asks for. `decided` holds by instrument what was decided last: the session's
 * day, or where only bars are fed the bar's count.
 */
export function momentOf(
  p: EquitiesParameters,
  view: StrategyView,
  decided: readonly number[],
): Moment {
  if (p.prices === 'bar') {
    return { kind: 'deciding', session: null, due: dueOnBars(p, view, decided) }
  }
  const session = sessionAt(CALENDAR, view.now)
  if (session === null) return { kind: 'closed' }
  const { flattenLeadUs } = p
  if (flattenLeadUs !== null && view.now >= session.closeTime - flattenLeadUs) {
    return { kind: 'flattening', session }
  }
  const due = view.instruments.flatMap(({ id }) => (decided[id] === session.day ? [] : [id]))
  return due.length > 0 && isDecisionTime(p, view, session, due)
    ? { kind: 'deciding', session, due }
    : { kind: 'watching', session }
}

/** Names with a new bar, once all have theirs of that session or the wait for them is over. */
function dueOnBars(
  { quoteWaitUs }: EquitiesParameters,
  view: StrategyView,
  decided: readonly number[],
): readonly InstrumentId[] {
  let newest = -1
  let knownTime = 0
  let oldest = Number.POSITIVE_INFINITY
  const due: InstrumentId[] = []
  for (const { id } of view.instruments) {
    const bar = view.bar(id)
    oldest = Math.min(oldest, bar?.openTime ?? -1)
    if (bar === null || bar.count === decided[id]) continue
    due.push(id)
    newest = Math.max(newest, bar.openTime)
    knownTime = Math.max(knownTime, bar.knownTime)
  }
  return oldest < newest && view.now < knownTime + quoteWaitUs ? [] : due
}

/**
 * All names together, so that the strongest get the slots: when each has a quote since the bell or
 * the wait is over, `preclose` not before its time. A session that starts, or is connected again,
 * after the time waits as long: none of its quotes can be there yet.
 */
function isDecisionTime(
  p: EquitiesParameters,
  view: StrategyView,
  session: Session,
  due: readonly InstrumentId[],
): boolean {
  const isPreclose = p.decision === 'preclose'
  const time = isPreclose ? session.closeTime - p.precloseLeadUs : session.openTime
  const { booksSince = 0 } = view
  if (view.now < time || booksSince === null) return false
  const waitUntil = isPreclose
    ? booksSince + p.quoteWaitUs
    : Math.max(time, booksSince) + p.quoteWaitUs
  if (view.now >= waitUntil) return true
  return due.every((id) => isQuoted(view, session, id))
}

/** True with a fresh book that moved since the opening bell. */
export const isQuoted = (view: StrategyView, session: Session, id: InstrumentId): boolean =>
  view.isBookFresh(id) && view.bookAge(id) <= view.now - session.openTime

/** True when the last bar is that of the session before this one. */
export function isLastClose(view: StrategyView, session: Session, id: InstrumentId): boolean {
  const bar = view.bar(id)
  const before = previousSession(CALENDAR, session.openTime)
  return bar !== null && before !== null && newYorkDay(bar.openTime) === before.day
}

/**
 * The view of a session: no quote of before its bell counts, and a z whose last close is missing
 * is not known.
 */
export function sessionView(view: StrategyView, session: Session): StrategyView {
  const known = (id: InstrumentId): boolean => isLastClose(view, session, id)
  return Object.create(view, {
    isBookFresh: { value: (id: InstrumentId) => isQuoted(view, session, id) },
    zScore: { value: (id: InstrumentId) => (known(id) ? view.zScore(id) : null) },
  }) as StrategyView
}
