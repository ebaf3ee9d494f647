import type { CalendarCoverage, CalendarSpan, EconomicEvent } from '../../core/mod.ts'

/** What a calendar knows of a span of time. */
export interface CalendarReading {
  /** By time, each kind and instant once. */
  readonly events: readonly EconomicEvent[]
  readonly coverage: CalendarCoverage
  /** What a reader should know of it, in sentences: a clock that is not New York's, gaps, age. */
  readonly notes: readonly string[]
  /** How old it is where it should be newer, us; null while it is as new as it should be. */
  readonly staleUs: number | null
}

/** A source of scheduled US figures and rate decisions. */
export interface EconomicCalendar {
  readonly name: string
  /** Events of [from, until). Throws InputError or AdapterError when it has nothing at all. */
  read(span: CalendarSpan): Promise<CalendarReading>
}
