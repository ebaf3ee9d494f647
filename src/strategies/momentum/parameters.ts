import type { Execution } from '../routing.ts'
import type { Sizer } from '../sizing/sizer.ts'

/** Parameters of trend following. */
export interface MomentumParameters extends Execution {
  /** Closes of the slow average and of the slow z. */
  readonly slowWindow: number
  /** Closes of the fast z. */
  readonly fastWindow: number
  /** A long needs a slow z above it, a short one below its negative. */
  readonly slowEntry: number
  /** The same for the fast z. */
  readonly fastEntry: number
  /** A long is left when the slow z falls below it; 0 is a change of sign. */
  readonly slowExit: number
  readonly direction: 'long' | 'both'
  /** Adverse move from the average entry price, as a fraction; null is off. */
  readonly stopLoss: number | null
  /** Longest holding time from the first fill, us; null is off. */
  readonly timeStopUs: number | null
  /** In its place while US stock exchanges are open, us. */
  readonly timeStopStockHoursUs?: number
  /** Money per entry, in quote units, where `sizer` is fixed. */
  readonly notional: number
  readonly sizer: Sizer
  /** Longest run of empty bars that does not restart the windows, as the signal's own. */
  readonly maxGap: number
}
