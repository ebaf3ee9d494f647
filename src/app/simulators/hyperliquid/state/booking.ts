import { type Money, notional, type Side, type TimeUs } from '../../../../core/mod.ts'
import type { ListedPerp, Listing } from '../listing.ts'
import { type Account, applyExecution, noteFunding, type PositionChange } from './account.ts'
import { type FillFee, fillFee, noteVolume, userRates } from './fees.ts'
import { isIsolated, leverageOf } from './margin.ts'
import { shareDown } from './margin-table.ts'

/** What went through the venue's books in one token: the other side of all accounts. */
export interface Totals {
  /** From outside the venue: deposits; negative parts are withdrawals. */
  deposited: Money
  /** Profits paid to accounts, before fees. */
  profit: Money
  fees: Money
  /** Funding paid to accounts. */
  funding: Money
  /** Taken over, with their debts, by the liquidator. */
  seized: Money
}

/** Totals by token index. */
export type Books = Map<number, Totals>

/** The totals of a token, made when there are none. */
export function totalsOf(books: Books, token: number): Totals {
  const found = books.get(token)
  if (found !== undefined) return found
  const totals = { deposited: 0n, profit: 0n, fees: 0n, funding: 0n, seized: 0n }
  books.set(token, totals)
  return totals
}

/** Adds to the cash of an account on a dex. */
export function addCash(account: Account, dex: number, amount: Money): void {
  account.cash.set(dex, (account.cash.get(dex) ?? 0n) + amount)
}

/** Adds to a spot balance. */
export function addSpot(account: Account, token: number, amount: Money): void {
  account.spot.set(token, (account.spot.get(token) ?? 0n) + amount)
}

/** A fill to be booked. */
export interface Fill {
  readonly side: Side
  /** Quanta. */
  readonly price: number
  readonly lots: number
  readonly isTaker: boolean
  readonly time: TimeUs
  readonly builderTenthsBp: number
  /** Seizures cost nothing and count for no fee tier. */
  readonly isFree: boolean
}

/** What a booked fill did. */
export interface BookedFill {
  readonly change: PositionChange
  readonly fee: FillFee
}

const free: FillFee = { total: 0n, builder: 0n, deployer: 0n }

/**
 * Books a fill: moves the position, pays profit and fee into the cash of the coin's dex, and sets
 * aside margin for what it opened of an isolated position: notional by leverage, as far as there is
 * cash.
 */
export function bookFill(
  at: { readonly listing: Listing; readonly books: Books },
  account: Account,
  perp: ListedPerp,
  fill: Fill,
): BookedFill {
  const { instrument } = perp
  const { collateral, terms } = at.listing.dexs[perp.dex]!
  const { price, lots, side, isTaker, time } = fill
  const change = applyExecution(account, instrument, {
    side,
    price,
    lots,
    isIsolated: isIsolated(account, perp),
  })
  const value = notional(instrument, price, lots)
  const rates = userRates(account, time)
  const { builderTenthsBp } = fill
  const fee = fill.isFree
    ? free
    : fillFee(value, { rates, isTaker, perp, dex: terms, builderTenthsBp })
  if (!fill.isFree) noteVolume(account, { time, isTaker, value })
  addCash(account, perp.dex, change.closedPnl + change.releasedMargin - fee.total)
  const totals = totalsOf(at.books, collateral.index)
  totals.profit += change.closedPnl
  totals.fees += fee.total
  setMarginAside(account, perp, notional(instrument, price, change.openedLots))
  return { change, fee }
}

function setMarginAside(account: Account, perp: ListedPerp, openedValue: Money): void {
  const position = account.positions.get(perp.instrument.id)
  if (position === undefined || position.margin === null) return
  const wanted = shareDown(openedValue, leverageOf(account, perp.instrument))
  const cash = account.cash.get(perp.dex) ?? 0n
  const given = wanted < cash ? wanted : cash > 0n ? cash : 0n
  position.margin += given
  addCash(account, perp.dex, -given)
}

/**
 * Books a funding payment, positive when received: an isolated position's goes to its own margin or
 * to cash, as the rules want it (unsettled at the venue), everything else to cash.
 */
export function bookFunding(
  at: { readonly listing: Listing; readonly books: Books },
  account: Account,
  perp: ListedPerp,
  amount: Money,
): void {
  const position = account.positions.get(perp.instrument.id)
  noteFunding(account, perp.instrument.id, amount)
  const goesToMargin = at.listing.rules.isolatedFunding === 'margin'
  if (goesToMargin && position !== undefined && position.margin !== null) position.margin += amount
  else addCash(account, perp.dex, amount)
  totalsOf(at.books, at.listing.dexs[perp.dex]!.collateral.index).funding += amount
}
