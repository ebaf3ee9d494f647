import type { TimeUs } from '../../../../core/mod.ts'
import type { Asset } from '../listing.ts'
import type { Books } from './ledger.ts'
import type { MarginView } from './margin.ts'
import type { AssetData } from './market-data.ts'
import type { Notice } from './notices.ts'
import type { Account, Order } from './types.ts'

/** Numbers given out so far. */
export interface Counters {
  order: number
  activity: number
  event: number
}

/** What the venue's rules may ask of the venue and do to it. */
export interface Floor extends MarginView {
  /** Everything up to here has happened. */
  readonly time: TimeUs
  readonly seed: number
  readonly assets: readonly Asset[]
  readonly data: readonly AssetData[]
  readonly accounts: readonly Account[]
  readonly books: Books
  readonly counters: Counters
  /** Orders that are not closed, by asset, oldest first. */
  readonly openOrders: readonly Set<Order>[]
  /** Tells subscribers. */
  tell(notice: Notice): void
}

/** The account of an order. */
export const accountOf = (floor: Floor, order: Order): Account => floor.accounts[order.account]!

/** Orders of a set by id, as they are now. */
export const ordersOf = (account: Account, ids: readonly string[]): Order[] =>
  ids.map((id) => account.orders.get(id)!)
