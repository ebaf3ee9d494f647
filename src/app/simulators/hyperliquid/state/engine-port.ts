import type {
  CancelOrder,
  Event,
  InstrumentId,
  MarketCursor,
  Money,
  NewOrder,
  TimeUs,
} from '../../../../core/mod.ts'
import type { DepthSource } from '../market/depth.ts'

/** What the venue uses of the matching engine, which runs here without any latency of its own. */
export interface MatchingEngine {
  /** Opens an account with cash in the quote currency and returns its number. */
  addAccount(balance: Money): number
  submit(account: number, order: NewOrder, decisionTime: TimeUs): void
  cancel(account: number, cancel: CancelOrder, decisionTime: TimeUs): void
  advanceMarket(cursor: MarketCursor): void
  advanceTime(time: TimeUs): void
  /** Reports about the account known at `until`, oldest first, once each. */
  takeReports(until: TimeUs, account: number): readonly Event[]
  position(account: number, instrument: InstrumentId): number
  balance(account: number): Money
  book(instrument: InstrumentId): DepthSource
  /** Quanta, possibly a half; not positive when unknown. */
  markPrice(instrument: InstrumentId): number
  /** Everything as plain data, for an engine made with the same options. */
  snapshot(): unknown
}
