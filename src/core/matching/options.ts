import type { MakeBookKernel } from '../book/book-kernel.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { BorrowTerm } from '../rules/borrow.ts'
import type { CorporateAction } from '../rules/corporate-action.ts'
import type { InterestTerm } from '../rules/interest.ts'
import type { TradingCosts } from '../rules/trading-costs.ts'

/**
 * What is assumed about the queue before a resting order when its level shrinks without a trade:
 * `conservative`: cancellations happen behind us, as far as the displayed quantity allows;
 * `proRata`: they are spread evenly over the level; `optimistic`: they happen before us first.
 */
export type QueueModel = 'conservative' | 'proRata' | 'optimistic'

/** What holding shares overnight costs and earns. */
export interface ShareCosts {
  /** By instrument id, what borrowing it costs; null where shorts pay no rent. */
  readonly borrow: readonly (readonly BorrowTerm[])[] | null
  /** What borrowed money costs; null where it costs nothing. */
  readonly interest?: readonly InterestTerm[] | null
  /** What cash earns; nothing unless given. */
  readonly cashInterest?: readonly InterestTerm[]
  /** Dividends and splits of prices as traded; none where prices are adjusted for them. */
  readonly actions: readonly CorporateAction[]
}

/**
 * How a simulated venue behaves. Part of its identity: a snapshot restores under the same options.
 */
export interface ExchangeOptions {
  /** The universe; ids are 0, 1, 2, ... and all quote in one currency. */
  readonly instruments: readonly Instrument[]
  readonly queueModel: QueueModel
  /** Decision to arrival at the venue, us. */
  readonly entryLatencyUs: number
  /** Something happening at the venue to our knowing it, us. */
  readonly responseLatencyUs: number
  /**
   * `next`: an order is matched only against states and trades with venueTime at or after its
   * arrival (sampled recordings). `current`: the venue's book is authoritative at every instant
   * (generated market, live wire server), so an arriving order meets the book as it stands.
   */
  readonly arrivalMatch: 'next' | 'current'
  /** Funding interval, us (3,600,000,000 for hourly); 0 for none. */
  readonly fundingIntervalUs: number
  /** Set to match against bars only: half the spread and the impact as parts per 10^9 of price. */
  readonly bars: { readonly halfSpreadE9: number; readonly impactE9: number } | null
  /**
   * Set to trade shares by the hour instead: finished bars teach what is usual, trade records are
   * prices to trade at, with these costs and at most a share of the usual volume; `bars` is null.
   */
  readonly hours?: TradingCosts
  /** Digits after the point to which fees and funding are rounded half to even, 0 to 8. */
  readonly moneyDecimals: number
  /** True where a sale of an equity pays the SEC's and FINRA's fees of its date beside its rate. */
  readonly hasSellFees?: boolean
  /** What shares cost and earn overnight; nothing unless given. */
  readonly shareCosts?: ShareCosts
  /** What may take runs of records; applied one by one unless given. Never changes what happens. */
  readonly bookKernel?: MakeBookKernel
}
