import {
  assert,
  type CancelOrder,
  type Event,
  type InstrumentId,
  type MarketCursor,
  type NewOrder,
  type TimeUs,
} from '../../../../core/mod.ts'
import type { Listing } from '../listing.ts'
import type { DepthSource } from '../market/depth.ts'
import type { Account } from './account.ts'

/** What the venue uses of the matching engine, which has no latency and no money of its own. */
export interface MatchingEngine {
  /** Opens an account and returns its number. */
  addAccount(): number
  submit(account: number, order: NewOrder, decisionTime: TimeUs): void
  cancel(account: number, cancel: CancelOrder, decisionTime: TimeUs): void
  advanceMarket(cursor: MarketCursor): void
  advanceTime(time: TimeUs): void
  /** Reports about the account known at `until`, oldest first, once each. */
  takeReports(until: TimeUs, account: number): readonly Event[]
  position(account: number, instrument: InstrumentId): number
  /** Takes a position away without a trade. The account must have no orders on the instrument. */
  seizePosition(account: number, instrument: InstrumentId): void
  book(instrument: InstrumentId): DepthSource
  /** Quanta, possibly a half; not positive when unknown. */
  markPrice(instrument: InstrumentId): number
  /** Everything as plain data, for an engine made with the same options. */
  snapshot(): unknown
}

/** An account's positions and the engine's are folds of the same executions. */
export function assertPositions(
  account: Account,
  listing: Listing,
  engine: Pick<MatchingEngine, 'position'>,
): void {
  for (const { id, symbol } of listing.instruments) {
    const lots = account.positions.get(id)?.lots ?? 0
    const engines = engine.position(account.index, id)
    assert(lots === engines, `${account.address} ${symbol}: ${lots} lots here, ${engines} there`)
  }
}
