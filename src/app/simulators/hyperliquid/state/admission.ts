import {
  type Instrument,
  MONEY_UNIT,
  type Money,
  notional,
  type Side,
} from '../../../../core/mod.ts'
import { drawCollateral } from './abstraction.ts'
import type { Account } from './account.ts'
import { canPlace, exceedsTier, reducibleLots } from './margin.ts'
import type { OrderDraft, OrderRecord, OrderStatus } from './order.ts'
import type { VenueFloor } from './venue-floor.ts'

/** Open orders of a user from which on reduce-only and trigger orders are refused. */
export const OPEN_ORDERS_FREE = 1_000
const OPEN_ORDERS_MAX = 5_000
const VOLUME_PER_OPEN_ORDER: Money = 5_000_000n * MONEY_UNIT
/** Largest distance of a limit price from the mark, as a fraction. */
const BAND = 0.8

/** Why an order is refused before it reaches the book. */
export type Refusal =
  /** No mark price, or a coin that is not listed any more. */
  | 'halted'
  | Extract<
      OrderStatus,
      | 'oracleRejected'
      | 'minTradeNtlRejected'
      | 'reduceOnlyRejected'
      | 'tooManyOpenOrdersRejected'
      | 'perpMarginRejected'
      | 'perpMaxPositionRejected'
      | 'positionIncreaseAtOpenInterestCapRejected'
      | 'positionFlipAtOpenInterestCapRejected'
      | 'tooAggressiveAtOpenInterestCapRejected'
    >

/** Applies the venue's rules to an order that is readable and on the tick; null when it may go. */
export function findRefusal(
  state: VenueFloor,
  account: Account,
  draft: OrderDraft,
): Refusal | null {
  const { instrument, side, price, lots, reduceOnly } = draft
  const mark = state.mark(instrument.id)
  if (mark === 0 || state.listing.perps[instrument.id]!.isDelisted) return 'halted'
  if (Math.abs(price - mark) > BAND * mark) return 'oracleRejected'
  if (!reduceOnly && notional(instrument, price, lots) < instrument.minimumNotional) {
    return 'minTradeNtlRejected'
  }
  const reducible = reduceOnly ? reducibleLots(account, instrument.id, side) : 0
  const isCut = state.listing.rules.reduceOnlySize === 'clamp'
  if (reduceOnly && (isCut ? reducible === 0 : lots > reducible)) return 'reduceOnlyRejected'
  const open = openOrders(state, account)
  if (open >= openOrdersAllowed(account.volume)) return 'tooManyOpenOrdersRejected'
  if (reduceOnly) return open >= OPEN_ORDERS_FREE ? 'tooManyOpenOrdersRejected' : null
  return findCapRefusal(state, account, draft) ?? findMarginRefusal(state, account, draft)
}

/**
 * Refuses what the account's margin does not carry, not even with what dex abstraction draws: the
 * rule that also holds when an order that waited executes.
 */
export function findMarginRefusal(
  state: VenueFloor,
  account: Account,
  order: { readonly instrument: Instrument; readonly side: Side; readonly lots: number },
): 'perpMarginRejected' | 'perpMaxPositionRejected' | null {
  const view = state.marginView(account, state.listing.perps[order.instrument.id]!.dex)
  if (exceedsTier(account, view, order)) return 'perpMaxPositionRejected'
  const isCarried = canPlace(account, view, order) || drawCollateral(state, account, order)
  return isCarried ? null : 'perpMarginRejected'
}

/** Ends an order that has lost its margin since it was admitted; false when it has. */
export function isStillCarried(state: VenueFloor, account: Account, order: OrderRecord): boolean {
  if (order.reduceOnly) return true
  const instrument = state.listing.instruments[order.instrument]!
  const wanted = { instrument, side: order.side, lots: order.leavesLots }
  const refusal = findMarginRefusal(state, account, wanted)
  if (refusal === null) return true
  state.end(account, order, refusal)
  state.desk.triggers.note(account, order)
  state.desk.triggers.react()
  return false
}

/** Orders of an account that rest or wait. */
export function openOrders(state: VenueFloor, account: Account): number {
  const waiting = state.desk.triggers.book.waiting.get(account.address)?.size ?? 0
  return account.open.size + waiting
}

/** Open orders a user may have: 1,000 and one per 5 million traded, at most 5,000. */
export const openOrdersAllowed = (volume: Money): number =>
  Math.min(OPEN_ORDERS_MAX, OPEN_ORDERS_FREE + Number(volume / VOLUME_PER_OPEN_ORDER))

/** Open interest of the venue's users in lots: all long positions. The market's own is not known. */
export function openInterestLots(state: VenueFloor, id: number): number {
  let lots = 0
  for (const { positions } of state.accounts.values()) {
    lots += Math.max(0, positions.get(id)?.lots ?? 0)
  }
  return lots
}

/**
 * At the cap of open interest nobody may turn a position round, enlarge one at once, or rest an
 * order that would at a price more aggressive than the oracle (how these three are told apart is
 * unsettled).
 */
function findCapRefusal(state: VenueFloor, account: Account, draft: OrderDraft): Refusal | null {
  const { instrument, side, price, lots } = draft
  const { id } = instrument
  const { openInterestCap } = state.listing.perps[id]!
  if (openInterestCap === null) return null
  const held = openInterestLots(state, id)
  if (notional(instrument, state.mark(id), held) < openInterestCap) return null
  const reducible = reducibleLots(account, id, side)
  if (lots <= reducible) return null
  if (reducible > 0) return 'positionFlipAtOpenInterestCapRejected'
  const { bids, asks } = state.depth(id)
  const best = side === 'buy' ? asks[0]?.price : bids[0]?.price
  const crosses = best !== undefined && (side === 'buy' ? price >= best : price <= best)
  if (crosses) return 'positionIncreaseAtOpenInterestCapRejected'
  const oracle = state.oracle(id)
  const isAggressive = side === 'buy' ? price > oracle : price < oracle
  return isAggressive ? 'tooAggressiveAtOpenInterestCapRejected' : null
}
