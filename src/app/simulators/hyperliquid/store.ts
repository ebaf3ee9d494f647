import type { TimeUs } from '../../../core/mod.ts'
import type { JsonObject } from '../json.ts'
import { createMemoryStore, type VenueStore } from '../store/venue-store.ts'
import type { VenueSnapshot } from './state/venue-snapshot.ts'

/** Version of everything in a store; another one is refused. */
export const STORE_VERSION = 2

/** What changed the venue's state from outside, with the venue time at which it did. */
export type LogEntry =
  | {
      readonly kind: 'deposit'
      readonly time: TimeUs
      readonly address: string
      /**
       * By dex name ("" is the native one) or "spot": money as decimal digits of its integer count.
       */
      readonly amounts: Readonly<Record<string, string>>
    }
  | {
      /** The market stood still from `time` to `until`. */
      readonly kind: 'pause'
      readonly time: TimeUs
      readonly until: TimeUs
    }
  | {
      readonly kind: 'action'
      readonly time: TimeUs
      readonly signer: string
      readonly user: string
      readonly nonce: number
      readonly action: JsonObject
      /** Milliseconds after which it is refused; absent: never. */
      readonly expiresAfter?: number
    }

/** The durable memory of a simulated Hyperliquid. */
export type HyperliquidStore = VenueStore<LogEntry, VenueSnapshot>

/** One that forgets everything with the process. */
export const memoryStore = (): HyperliquidStore => createMemoryStore()
