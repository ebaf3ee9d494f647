import type { TimeUs } from '../../../../core/mod.ts'
import type { WireLevel } from '../market/depth.ts'
import type { WireTrade } from '../market/tape.ts'
import type { WireFill, WireFunding, WireLedgerUpdate } from './account.ts'
import type { WireTwapRecord } from './twap.ts'
import type { WireOpenOrder } from './wire-order.ts'

/** An order's change of state in the venue's own words. */
export interface WireOrderUpdate {
  readonly order: WireOpenOrder
  readonly status: string
  readonly statusTimestamp: number
}

/** A TWAP began or ended. */
export interface TwapNotice {
  readonly kind: 'twap'
  readonly time: TimeUs
  readonly user: string
  readonly record: WireTwapRecord
}

/** Something that subscribers are told, at the venue time it happened. */
export type Notice =
  | TwapNotice
  | ({ readonly time: TimeUs } & (
      | {
          readonly kind: 'orders'
          readonly user: string
          readonly updates: readonly WireOrderUpdate[]
        }
      | { readonly kind: 'fills'; readonly user: string; readonly fills: readonly WireFill[] }
      | { readonly kind: 'funding'; readonly user: string; readonly funding: WireFunding }
      | { readonly kind: 'ledger'; readonly user: string; readonly update: WireLedgerUpdate }
      /** The venue liquidates the user: the value of what it closes, decimal texts. */
      | {
          readonly kind: 'liquidation'
          readonly user: string
          readonly notional: string
          readonly accountValue: string
        }
      /** Orders that ended without the user asking. */
      | {
          readonly kind: 'nonUserCancel'
          readonly user: string
          readonly cancels: readonly { readonly coin: string; readonly oid: number }[]
        }
      | { readonly kind: 'trades'; readonly coin: string; readonly trades: readonly WireTrade[] }
      /** Best bid and ask changed; null for an empty side. */
      | {
          readonly kind: 'bbo'
          readonly coin: string
          readonly bbo: readonly [WireLevel | null, WireLevel | null]
        }
    ))
