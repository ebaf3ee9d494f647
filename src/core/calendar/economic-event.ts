import type { TimeUs } from '../domain/units.ts'

/** Releases of US figures, and rate decisions, that move every market. */
export const economicKinds = [
  'CPI',
  'NFP',
  'FOMC',
  'PCE',
  'PPI',
  'GDP',
  'retailSales',
  'joblessClaims',
  'JOLTS',
] as const

/** One of {@link economicKinds}. */
export type EconomicKind = (typeof economicKinds)[number]

/** What a kind is called among people. */
export const economicTitles: Readonly<Record<EconomicKind, string>> = {
  CPI: 'CPI',
  NFP: 'NFP',
  FOMC: 'FOMC',
  PCE: 'PCE',
  PPI: 'PPI',
  GDP: 'GDP',
  retailSales: 'Retail Sales',
  joblessClaims: 'Jobless Claims',
  JOLTS: 'JOLTS',
}

/** One release at its scheduled instant. */
export interface EconomicEvent {
  readonly kind: EconomicKind
  readonly time: TimeUs
}

/** From when up to but not including when a calendar knows all events of a kind. */
export interface CalendarSpan {
  readonly from: TimeUs
  readonly until: TimeUs
}

/** What a calendar knows, by kind; a kind that is not here is not known at all. */
export type CalendarCoverage = Readonly<Partial<Record<EconomicKind, CalendarSpan>>>

/** Events by time, of one kind and instant only the first. */
export function distinctEvents(events: readonly EconomicEvent[]): readonly EconomicEvent[] {
  const order = (event: EconomicEvent): number => economicKinds.indexOf(event.kind)
  return events
    .toSorted((a, b) => a.time - b.time || order(a) - order(b))
    .filter(({ kind, time }, i, sorted) => {
      const before = sorted[i - 1]
      return before === undefined || before.kind !== kind || before.time !== time
    })
}
