import type { InstrumentId, TimeUs } from '../../../../core/mod.ts'
import type { Listing } from '../listing.ts'
import type { Depth, DepthSource } from '../market/depth.ts'
import type { MarketData } from '../market/market-data.ts'
import type { Account } from './account.ts'
import type { Books } from './booking.ts'
import type { AccountValue, MarginView } from './margin.ts'
import type { Notice } from './notices.ts'
import type { OrderDraft, OrderRecord, OrderStatus, WireLiquidation } from './order.ts'
import type { Profile } from './profiles.ts'
import type { TriggerBook } from './triggers.ts'

/**
 * What the venue's rules (admission, transfers, liquidation, triggers, ...) may ask of the venue
 * and do to it. The venue's state is one, and the rules know nothing else of it.
 */
export interface VenueFloor {
  /** Everything up to here has happened. */
  readonly time: TimeUs
  readonly listing: Listing
  /** By instrument id. */
  readonly data: readonly MarketData[]
  /** By address, lower case. */
  readonly accounts: ReadonlyMap<string, Account>
  readonly clearinghouse: { readonly books: Books }
  readonly desk: {
    readonly profiles: ReadonlyMap<string, Profile>
    readonly triggers: {
      readonly book: TriggerBook
      waiting(account: Account): readonly OrderRecord[]
      note(account: Account, order: OrderRecord): void
      react(): void
    }
  }
  /** The account of an address (lower case), opened empty if there is none. */
  accountOrNew(address: string): Account
  /** The market's own liquidity, without what the users took of it. */
  book(instrument: InstrumentId): DepthSource
  /** The public book: the market's liquidity and all resting orders. */
  depth(instrument: InstrumentId): Depth
  /** Mark price in quanta; 0 when unknown. */
  mark(instrument: InstrumentId): number
  /** Oracle price in quanta, the mark while there is none; 0 when unknown. */
  oracle(instrument: InstrumentId): number
  /** What margin calculations need to know of an account on a dex, the native one by default. */
  marginView(account: Account, dex?: number): MarginView
  /** An account's clearinghouse on a dex at the present marks. */
  valueOf(account: Account, dex: number): AccountValue
  /** Creates an order's record now; nothing else happens to it. */
  create(account: Account, draft: OrderDraft): OrderRecord
  /** Hands a created order to the matching engine now. */
  submit(account: Account, order: OrderRecord): OrderRecord
  /** Places an order now and matches it. */
  place(account: Account, draft: OrderDraft): OrderRecord
  /** Cancels a resting order now; true when it was still there. */
  cancel(account: Account, order: OrderRecord, as?: OrderStatus): boolean
  /** Ends an order that the matching engine does not hold, and tells. */
  end(account: Account, order: OrderRecord, status: OrderStatus): void
  /** The liquidator takes a whole position over at the mark, outside the book. */
  closeOutside(account: Account, id: InstrumentId, liquidation: WireLiquidation): void
  /** Tells subscribers something as it is. */
  tell(notice: Notice): void
  /** Tells the present states of orders. */
  tellOrders(account: Account, orders: readonly OrderRecord[]): void
}
