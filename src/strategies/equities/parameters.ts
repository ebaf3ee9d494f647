import type { CurrentValue } from '../../core/mod.ts'
import type { ResidualParameters } from './residual-parameters.ts'
import type { SectorCaps } from './sector-caps.ts'

/** When and how reversion on daily bars of US equities decides. */
export interface EquitiesParameters {
  /**
   * `open`: on the z of the last close, after the opening bell. `preclose`: shortly before the
   * closing bell, on a provisional close. Where only bars are fed, `open` decides when the bars of
   * a session are known; `preclose` needs a book.
   */
  readonly decision: 'open' | 'preclose'
  /** Whether a book is fed beside the bars. */
  readonly prices: 'bar' | 'book'
  /** The `open` decision waits for quotes of all names at most this long after the bell, us. */
  readonly quoteWaitUs: number
  /** The `preclose` decision is made so long before the closing bell, us. */
  readonly precloseLeadUs: number
  /** Everything is left, and nothing entered, from so long before the closing bell, us; null is off. */
  readonly flattenLeadUs: number | null
  /** Symbols that may be sold short; null is all that the venue lets. */
  readonly shortable: ReadonlySet<string> | null
  /** Null is without caps. */
  readonly sectors: SectorCaps | null
  /** The window of the signal, which the provisional close enters. */
  readonly window: { readonly size: number; readonly current: CurrentValue }
  /** Decides on the s-score of residual returns in place of the z of closes; null is closes. */
  readonly residual: ResidualParameters | null
}
