import type { Instrument } from '../domain/instrument.ts'
import type { TimeUs } from '../domain/units.ts'
import { assert } from '../lib/assert.ts'
import type { VenueAccountSnapshot } from './account.ts'
import { type Clearing, isFunded } from './clearing.ts'
import type { Command } from './command.ts'
import type { ConsumedSnapshot } from './consumed-liquidity.ts'
import type { FundingSnapshot } from './funding.ts'
import type { Outbox } from './outbox.ts'
import type { ParticipationSnapshot } from './participation.ts'
import { TradeWindow, type TradeWindowSnapshot } from './trade-window.ts'
import { VENUE_BOOK, type VenueMarket } from './venue-market.ts'
import { type SideIndex, sideIndex, type VenueOrder } from './venue-order.ts'

/** Format of {@link ExchangeSnapshot}; another version is refused. */
export const EXCHANGE_SNAPSHOT_VERSION = 6

/** One instrument's market as plain data. */
export interface MarketSnapshot {
  readonly bookStatus: 'unknown' | 'gapped' | 'known'
  /** (price, quantity) pairs, best first. */
  readonly bids: readonly number[]
  readonly asks: readonly number[]
  readonly consumed: ConsumedSnapshot
  readonly resting: readonly VenueOrder[]
  readonly waiting: readonly VenueOrder[]
  readonly trades: TradeWindowSnapshot | null
  readonly lastPrice: number
  readonly mark: number
  readonly oracle: number
  readonly rateE9: number
  readonly rateTime: TimeUs | null
}

/** A whole simulated exchange as plain data: survives JSON. */
export interface ExchangeSnapshot {
  readonly version: number
  readonly now: TimeUs
  readonly hasStarted: boolean
  readonly sequence: number
  readonly executions: number
  readonly markets: readonly MarketSnapshot[]
  readonly accounts: readonly {
    readonly account: VenueAccountSnapshot
    readonly outbox: ReturnType<Outbox['snapshot']>
  }[]
  readonly pending: readonly Command[]
  /** Books whose state is complete at a time: (instrument, time). */
  readonly unsettled: readonly (readonly [number, TimeUs])[]
  readonly funding: FundingSnapshot
  /** Day of New York whose beginning is next for what shares owe; null where nothing is. */
  readonly overnight: number | null
  /** Newest venue time per instrument and stream, null when none. */
  readonly streamTimes: readonly (TimeUs | null)[]
  readonly duplicateTrades: number
  readonly historyFrames: number
  /** What is usual to trade by the hour; null where nothing goes by it. */
  readonly hours: ParticipationSnapshot | null
}

const copyOrder = (held: VenueOrder): VenueOrder => ({ ...held, place: { ...held.place } })

function levels(market: VenueMarket, side: SideIndex): number[] {
  const { book } = market
  const flat: number[] = []
  for (let i = 0; i < book.depth(side); i++) {
    flat.push(book.priceAt(side, i), book.quantityAt(side, i))
  }
  return flat
}

/** Writes a market down. */
export function snapshotMarket(market: VenueMarket): MarketSnapshot {
  const { status } = market.book
  return {
    bookStatus: status === 'unknown' || status === 'gapped' ? status : 'known',
    bids: levels(market, 0),
    asks: levels(market, 1),
    consumed: market.consumed.snapshot(),
    resting: [...market.resting[0], ...market.resting[1]].map(copyOrder),
    waiting: market.waiting.map(copyOrder),
    trades: market.trades?.snapshot() ?? null,
    lastPrice: market.lastPrice,
    mark: market.mark,
    oracle: market.oracle,
    rateE9: market.rateE9,
    rateTime: Number.isFinite(market.rateTime) ? market.rateTime : null,
  }
}

/** Loads a market and hands its orders to their accounts' owner. */
export function restoreMarket(market: VenueMarket, snapshot: MarketSnapshot): VenueOrder[] {
  restoreBook(market, snapshot)
  market.consumed.restore(snapshot.consumed)
  for (const held of snapshot.resting) {
    market.resting[sideIndex(held.order.side)].push(copyOrder(held))
  }
  for (const held of snapshot.waiting) market.waiting.push(copyOrder(held))
  if (snapshot.trades !== null) {
    market.trades = new TradeWindow()
    market.trades.restore(snapshot.trades)
  }
  market.lastPrice = snapshot.lastPrice
  market.mark = snapshot.mark
  market.oracle = snapshot.oracle
  market.rateE9 = snapshot.rateE9
  market.rateTime = snapshot.rateTime ?? Number.NEGATIVE_INFINITY
  return [...market.resting[0], ...market.resting[1], ...market.waiting]
}

function restoreBook(market: VenueMarket, snapshot: MarketSnapshot): void {
  if (snapshot.bookStatus === 'unknown') return
  const bids = [...snapshot.bids]
  const asks = [...snapshot.asks]
  // A full side may have dropped deeper levels: one level more than fits says so to the book.
  if (bids.length === 2 * VENUE_BOOK.capacity && bids.at(-2)! > 1) bids.push(bids.at(-2)! - 1, 1)
  if (asks.length === 2 * VENUE_BOOK.capacity) asks.push(asks.at(-2)! + 1, 1)
  const pool = new Float64Array([...bids, ...asks])
  market.book.applySnapshot(pool, 0, bids.length / 2, asks.length / 2)
  assert(market.book.status !== 'unknown', 'book of the snapshot is malformed')
  if (snapshot.bookStatus === 'gapped') market.book.markGap()
}

/** Loads accounts and reports; `orders` are all live ones. */
export function restoreAccounts(
  clearing: Clearing,
  instruments: readonly Instrument[],
  snapshot: ExchangeSnapshot,
  orders: readonly VenueOrder[],
): void {
  for (const { account, outbox } of snapshot.accounts) {
    const index = clearing.openAccount(0n)
    clearing.account(index).restore(account)
    clearing.outboxes[index]!.restore(outbox)
  }
  for (const held of [...orders].sort((a, b) => a.sequence - b.sequence)) {
    clearing.account(held.account).orders.set(held.order.clientOrderId, held)
  }
  for (const { positions } of clearing.accounts) {
    positions.forEach(({ quantity }, i) => {
      if (quantity !== 0 && isFunded(instruments[i]!)) clearing.fundedPositions++
    })
  }
  clearing.clock[0] = snapshot.now
  clearing.executions = snapshot.executions
}
