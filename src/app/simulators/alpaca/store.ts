import type { TimeUs } from '../../../core/mod.ts'
import type { Json } from '../json.ts'
import { createMemoryStore, type VenueStore } from '../store/venue-store.ts'
import type { VenueSnapshot } from './state/venue-state.ts'

/** Version of everything in a store; another one is refused. */
export const STORE_VERSION = 1

/** What changed the venue's state from outside, with the venue time at which it did. */
export type LogEntry =
  | {
      readonly kind: 'account'
      readonly time: TimeUs
      readonly key: string
      /** Decimal digits of the count of 10^-9 dollars. */
      readonly cash: string
    }
  | {
      /** The market stood still from `time` to `until`. */
      readonly kind: 'pause'
      readonly time: TimeUs
      readonly until: TimeUs
    }
  | {
      readonly kind: 'halt'
      readonly time: TimeUs
      readonly symbol: string
      readonly halted: boolean
    }
  | {
      readonly kind: 'dividend'
      readonly time: TimeUs
      readonly symbol: string
      readonly perShare: string
    }
  | {
      readonly kind: 'request'
      readonly time: TimeUs
      readonly account: number
      readonly method: string
      readonly path: string
      readonly query: string
      readonly idempotencyKey: string | null
      readonly body: Json
    }

/** The durable memory of a simulated Alpaca. */
export type AlpacaStore = VenueStore<LogEntry, VenueSnapshot>

/** One that forgets everything with the process. */
export const memoryStore = (): AlpacaStore => createMemoryStore()
