import type { TimeUs } from '../../../../core/mod.ts'
import type { Agenda } from '../../agenda.ts'
import type { FaultPlan } from '../../faults.ts'
import type { Keys } from '../keys.ts'
import type { VenueState } from '../state/venue-state.ts'

/** What connections work with. */
export interface SocketContext {
  readonly state: VenueState
  readonly agenda: Agenda
  readonly faults: FaultPlan
  readonly keys: Keys
  /** Frames of trade updates are binary, as the paper venue's are. */
  readonly binaryUpdates: boolean
  /** Most symbols of trades and quotes together; null for any number. */
  readonly symbolLimit: number | null
  /** True when the subscription covers all exchanges. */
  readonly hasSip: boolean
  /** Brings the venue to the present and returns it. */
  present(): TimeUs
}
