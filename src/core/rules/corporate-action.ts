import type { DayNumber } from '../calendar/civil-day.ts'
import type { InstrumentId } from '../domain/units.ts'

/** What a company does to its shares on an ex-date, a day of New York. */
export interface CorporateAction {
  readonly instrument: InstrumentId
  readonly day: DayNumber
  /** Paid on each share that is held, after the split of the same day; money (10^-8), 0 for none. */
  readonly dividendE8: number
  /** New shares for an old one x 1e9; 10^9 for none. */
  readonly ratioE9: number
  /** Set where the shares are no more from this day on: what each is paid out with; money (10^-8). */
  readonly payoutE8?: number
}

/** The ratio of shares that are not split. */
export const NO_SPLIT_E9 = 1_000_000_000
